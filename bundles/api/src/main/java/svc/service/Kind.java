package svc.service;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import svc.os.Address;
import svc.os.ExitStatus;
import svc.os.Limit;
import svc.os.Processors;
import svc.os.Resource;
import svc.os.Signal;

/** What a key's value looks like. */
public enum Kind {
  /** Any text. */
  TEXT("text", value -> true),
  /** A program and its arguments ({@link Words}). */
  COMMAND("a program and its arguments, quoted as in a shell", Kind::isCommand),
  /** A name as services, types and supervisors have it. */
  NAME("a name of letters, digits and . _ @ : + -", Kind::isName),
  /** Names with blanks or commas between them. */
  NAMES("names of services, with blanks between them", Kind::areNames),
  /** A whole number and its unit, or {@code none} ({@link Durations}). */
  DURATION(
      "a duration with its unit, as 500ms, 10s, 5m or 1h, or none",
      value -> Durations.parse(value).isPresent()),
  /** A signal by name or number ({@link Signal#parse}). */
  SIGNAL("a signal, as TERM, SIGHUP, RTMIN+3 or 15", value -> Signal.parse(value).isPresent()),
  /** A whole number of up to six digits. */
  NUMBER("a whole number from 0 to 999999", value -> value.matches("[0-9]{1,6}")),
  /** A path, absolute or not. */
  PATH("a path", value -> !value.isBlank()),
  /** Permission bits in octal, as umask(2) has them. */
  MODE("an octal mode, as 022", value -> value.matches("0?[0-7]{3}")),
  /** A variable of an environment (environ(7)). */
  ASSIGNMENT("NAME=value", value -> value.matches("[A-Za-z_][A-Za-z0-9_]*=.*")),
  /** Where a program reads from. */
  INPUT("null, services, inherit or file:PATH", Kind::isInput),
  /** Where a program writes to. */
  STREAM("log, null, inherit, file:PATH or service:NAME", Kind::isOutput),
  /** Groups by name or number, with blanks or commas between them. */
  GROUPS("groups by name or number, with blanks between them", Kind::areGroups),
  /** A priority as nice(1) has it. */
  NICE("a whole number from -20 to 19", value -> isWhole(value, -20, 19)),
  /** What oom_score_adj is set to (proc(5)). */
  OOM_SCORE("a whole number from -1000 to 1000", value -> isWhole(value, -1000, 1000)),
  /** Numbers of processors ({@link svc.os.Processors}). */
  PROCESSORS("numbers of processors, as 0-3,5", value -> Processors.parse(value).isPresent()),
  /** How much of something a process may have ({@link svc.os.Limit}). */
  LIMIT(
      "a number, as 1024 or 64M, or unlimited; SOFT:HARD where the two differ",
      value -> Limit.parse(Resource.NOFILE, value).isPresent()),
  /** A path, or one that need not exist. */
  OPTIONAL_PATH(
      "a path, with - before it when the file may be missing",
      value -> !value.isBlank() && !value.equals("-")),
  /** What the manager does about a service that has failed. */
  REACTION("none or shutdown", List.of("none", "shutdown")::contains),
  /** A number of bytes ({@link Sizes}). */
  SIZE("a size, as 4096, 64K, 10M or 2G", value -> Sizes.bytes(value) > 0),
  /** How long a line may be: pieces of a kilobyte at least, and of a size that fits in memory. */
  LINE_SIZE(
      "a size from 1K to 1M",
      value -> Sizes.bytes(value) >= 1 << 10 && Sizes.bytes(value) <= 1 << 20),
  /** What lines of a log begin with. */
  STAMP("none, iso or tai64n", List.of("none", "iso", "tai64n")::contains),
  /** What happens to output that cannot be written. */
  WHEN_FULL("wait or drop", List.of("wait", "drop")::contains),
  /** Whether something is so. */
  FLAG("yes or no", List.of("yes", "no")::contains),
  /** A path, or one after an exclamation mark. */
  TEST_PATH("a path; ! before it negates", value -> !without(value).isBlank()),
  /** A word, or one after an exclamation mark. */
  TEST_WORD("a word; ! before it negates", value -> without(value).matches("\\S+")),
  /** In what a system may run, or that after an exclamation mark. */
  TEST_PLACE(
      "none, vm, container, or a name as docker, podman, kubernetes, nspawn, lxc, runc, kvm, qemu,"
          + " vmware, virtualbox, xen, microsoft, amazon or google; ! before it negates",
      Kind::isPlace),
  /** Where something listens ({@link svc.os.Address}). */
  ADDRESS(
      "unix:/PATH, unix:@NAME, tcp:HOST:PORT or udp:HOST:PORT, HOST a number as 127.0.0.1 or"
          + " [::1], or * for all",
      value -> Address.parse(value).isPresent()),
  /** When a service is started again by itself. */
  POLICY(
      "always, on-failure, on-status or never",
      List.of("always", "on-failure", "on-status", "never")::contains),
  /** How processes may end ({@link svc.os.ExitStatus}). */
  STATUSES("exit statuses and signals, as 1 75 SIGABRT", Kind::areStatuses),
  /** A signal and how long after the last one. */
  STEP("a signal and a duration, as QUIT 5s", Kind::isStep),
  /** How a service says that it can do its work. */
  READINESS(
      "start, descriptor, notify or check",
      List.of("start", "descriptor", "notify", "check")::contains);

  private static final List<String> PLACES =
      List.of(
          "none",
          "vm",
          "container",
          "docker",
          "podman",
          "kubernetes",
          "nspawn",
          "lxc",
          "runc",
          "kvm",
          "qemu",
          "vmware",
          "virtualbox",
          "xen",
          "microsoft",
          "amazon",
          "google");

  private static boolean isPlace(String value) {
    return PLACES.contains(without(value));
  }

  private static String without(String value) {
    return value.startsWith("!") ? value.substring(1).strip() : value;
  }

  private static final Pattern NAME_FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@:+-]{0,127}");
  private static final Pattern BETWEEN_NAMES = Pattern.compile("[\\s,]+");

  private final String expected;
  private final Predicate<String> valid;

  Kind(String expected, Predicate<String> valid) {
    this.expected = expected;
    this.valid = valid;
  }

  /** {@return what a value has to be, for people} */
  public String expected() {
    return expected;
  }

  /**
   * Whether a value is of this kind. Nothing is looked up: a path need not exist.
   *
   * @param value as it stands in the file
   * @return whether it is
   */
  public boolean accepts(String value) {
    return valid.test(value);
  }

  /**
   * Whether a text can name a service: a letter or digit, then up to 127 letters, digits and {@code
   * . _ @ : + -}.
   *
   * @param value any text
   * @return whether it can
   */
  public static boolean isName(String value) {
    return NAME_FORM.matcher(value).matches();
  }

  private static boolean areNames(String value) {
    for (String name : BETWEEN_NAMES.split(value)) if (!isName(name)) return false;
    return true;
  }

  private static boolean areGroups(String value) {
    return !value.isBlank() && !value.startsWith(",");
  }

  private static boolean isWhole(String value, int least, int most) {
    if (!value.matches("-?[0-9]{1,4}")) return false;
    int number = Integer.parseInt(value);
    return least <= number && number <= most;
  }

  private static boolean isCommand(String value) {
    return Words.split(value)
        .filter(words -> !words.isEmpty() && !words.get(0).isEmpty())
        .isPresent();
  }

  private static boolean areStatuses(String value) {
    for (String each : value.split("[\\s,]+")) if (ExitStatus.parse(each).isEmpty()) return false;
    return true;
  }

  private static boolean isStep(String value) {
    String[] words = value.split("\\s+");
    return words.length == 2 && SIGNAL.accepts(words[0]) && DURATION.accepts(words[1]);
  }

  private static boolean isInput(String value) {
    return value.equals(Pipelines.FROM_SERVICES) || isStream(value);
  }

  private static boolean isOutput(String value) {
    return value.equals("log") || isName(Pipelines.reader(value)) || isStream(value);
  }

  private static boolean isStream(String value) {
    return List.of("null", "inherit").contains(value)
        || value.startsWith("file:") && value.length() > "file:".length();
  }
}
