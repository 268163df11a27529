package svc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import svc.service.Kind;

@Command(
    name = "svc-supervise",
    description = {
      "Keeps services in their wanted state; svc-manager starts it and says which.",
      "With a PROGRAM it keeps that one running, without a manager, until it is sent SIGTERM."
    },
    synopsisHeading = "Usage: ",
    customSynopsis = {
      "svc-supervise [--name NAME] [--run-dir DIR] [--log-dir DIR] [--plugins DIR]",
      "       svc-supervise [--respawn-delay N] [--respawn-max N] [--respawn-period N]",
      "                     [--chdir P] [--chroot P] [--stdout P] [--stderr P] [--uid U] [--gid G]",
      "                     [--umask M] [--manager-fd N] -- PROGRAM ARGS",
      ""
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class SuperviseCommand extends HostCommand {

  /** As many restarts as svc counts: none is too many within a second. */
  private static final String NO_LIMIT = "999999";

  private static final int LONGEST_NAME = 128;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Which of a manager's supervisors this is (default: ${DEFAULT-VALUE}).")
  String name = "main";

  @Option(
      names = "--respawn-delay",
      paramLabel = "N",
      description = "Seconds to wait before it is started again (default: 0, which is 200 ms).")
  int delay;

  @Option(
      names = "--respawn-max",
      paramLabel = "N",
      description = "How many restarts are too many, and svc-supervise ends (default: 0, none).")
  int most;

  @Option(
      names = "--respawn-period",
      paramLabel = "N",
      description = "Within how many seconds (default: 0, however long).")
  int period;

  @Option(names = "--chdir", paramLabel = "P", description = "Where it starts.")
  String directory;

  @Option(names = "--chroot", paramLabel = "P", description = "What is / for it.")
  String root;

  @Option(
      names = "--stdout",
      paramLabel = "P",
      description = "A file that its output is appended to (default: that of svc-supervise).")
  String out;

  @Option(
      names = "--stderr",
      paramLabel = "P",
      description = "The same for its errors (default: that of svc-supervise).")
  String err;

  @Option(
      names = "--uid",
      paramLabel = "U",
      description = "The user that it runs as, by name or number, with that user's groups.")
  String user;

  @Option(
      names = "--gid",
      paramLabel = "G",
      description = "The group that it runs as (default: the user's own).")
  String group;

  @Option(names = "--umask", paramLabel = "M", description = "Its umask, in octal (default: 022).")
  String mask;

  @Option(
      names = "--manager-fd",
      paramLabel = "N",
      description = {
        "A connected Unix stream socket that svc-supervise was started with; the other end may send",
        "the requests status, kill and restart, as nv lists."
      })
  Integer descriptor;

  @Parameters(
      paramLabel = "PROGRAM",
      arity = "0..*",
      description = "The program and its arguments; those that look like options stand behind --.")
  List<String> words = new ArrayList<>();

  SuperviseCommand(Session session) {
    super(session);
  }

  @Override
  public Integer call() throws Failure {
    if (!Kind.isName(name))
      throw Failure.usage(
          "--name: expected " + Kind.NAME.expected() + ", found " + Text.line(name));
    return words.isEmpty() ? underManager() : alone();
  }

  private Integer underManager() throws Failure {
    if (!told().equals(new SuperviseCommand(session).told()) || descriptor != null)
      throw Failure.usage("expected a PROGRAM; those options are about one");
    return start(Places.of(session, null, runDirectory, logDirectory), Map.of());
  }

  private int start(Places places, Map<String, String> more) throws Failure {
    Map<String, String> properties = properties(places);
    properties.put("svc.main", "supervise");
    properties.put("svc.name", name);
    properties.putAll(more);
    places.prepare(session);
    return host("supervise", properties);
  }

  // Without a manager

  private Integer alone() throws Failure {
    check();
    String own = runDirectory == null ? temporary() : null;
    try {
      Places places = Places.of(session, null, own == null ? runDirectory : own, logDirectory);
      return start(
          places,
          Map.of(
              "svc.alone", String.join("\0", told()),
              "svc.alone.name", service(),
              "svc.alone.file", Path.of("svc-supervise").toAbsolutePath().toString(),
              "svc.alone.descriptor", String.valueOf(descriptor == null ? -1 : descriptor)));
    } finally {
      if (own != null) remove(own);
    }
  }

  private void check() throws Failure {
    require(delay >= 0, "--respawn-delay", "seconds", delay);
    require(most >= 0 && most <= 999_998, "--respawn-max", "a number from 0 to 999998", most);
    require(period >= 0, "--respawn-period", "seconds", period);
    require(mask == null || Kind.MODE.accepts(mask), "--umask", Kind.MODE.expected(), mask);
    require(descriptor == null || isSocket(), "--manager-fd", "a socket's descriptor", descriptor);
    require(!words.get(0).isEmpty(), "PROGRAM", "a name or a path", words.get(0));
  }

  private static void require(boolean holds, String what, String expected, Object found)
      throws Failure {
    if (holds) return;
    throw Failure.usage(what + ": expected " + expected + ", found " + Text.line("" + found));
  }

  /** 0, 1 and 2 are the standard streams, which the program may inherit. */
  private boolean isSocket() {
    if (descriptor < 0) return false;
    try {
      Path link = Path.of("/proc/self/fd/" + descriptor);
      return Files.readSymbolicLink(link).toString().startsWith("socket:");
    } catch (IOException e) {
      return false;
    }
  }

  private static String temporary() throws Failure {
    try {
      return Files.createTempDirectory("svc-supervise-run-").toString();
    } catch (IOException e) {
      throw Failure.failed("no place for records: " + e.getMessage());
    }
  }

  private void remove(String directory) {
    try {
      Tree.delete(Path.of(directory));
    } catch (IOException e) {
      session.err().println("svc-supervise: " + directory + " stays: " + e.getMessage());
    }
  }

  /** Names it in messages and in its environment. */
  private String service() {
    String program = words.get(0).substring(words.get(0).lastIndexOf('/') + 1);
    String name = program.replaceAll("[^A-Za-z0-9._@:+-]", "_").replaceFirst("^[^A-Za-z0-9]+", "");
    String cut = name.substring(0, Math.min(name.length(), LONGEST_NAME));
    return Kind.isName(cut) ? cut : "program";
  }

  /** The program as a declaration has it, SECTION.KEY=VALUE each. */
  private List<String> told() {
    List<String> told = new ArrayList<>();
    if (!words.isEmpty()) told.add("service.exec=" + quoted());
    told.add("service.stdout=" + (out == null ? "inherit" : "file:" + out));
    told.add("service.stderr=" + (err == null ? "inherit" : "file:" + err));
    add(told, "service.directory", directory);
    add(told, "service.chroot", root);
    add(told, "service.user", user);
    add(told, "service.group", group);
    add(told, "service.umask", mask);
    told.add("restart.policy=always");
    told.add("restart.delay=" + (delay == 0 ? "200ms" : delay + "s"));
    told.add("restart.limit=" + (most == 0 ? NO_LIMIT : String.valueOf(most)));
    // none of which more than a second's have to be remembered
    String within = period == 0 ? "none" : period + "s";
    told.add("restart.period=" + (most == 0 ? "1s" : within));
    return told;
  }

  private static void add(List<String> told, String key, String value) {
    if (value != null) told.add(key + "=" + value);
  }

  /** As a shell reads it: in quotes all stands for itself but the quote. */
  private String quoted() {
    return String.join(
        " ", words.stream().map(word -> "'" + word.replace("'", "'\\''") + "'").toList());
  }
}
