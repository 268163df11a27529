package svc.service;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import svc.os.Resource;

/**
 * The keys that every declaration may have; a type adds its own. The reference is made from them.
 */
public final class Keys {

  /** {@code service.type}: the service type that runs it. */
  public static final Key TYPE =
      Key.of("service", "type", Kind.NAME, "daemon", "the service type that runs it");

  /** {@code service.description}: one line for people. */
  public static final Key DESCRIPTION =
      Key.of("service", "description", Kind.TEXT, "", "one line for people");

  /**
   * {@code service.supervisor}: the svc-supervise that runs it; a name of its own is a fault
   * domain.
   */
  public static final Key SUPERVISOR =
      Key.of(
          "service",
          "supervisor",
          Kind.NAME,
          "main",
          "the svc-supervise that runs it; a name of its own is a fault domain");

  /** {@code service.user}: the user that it runs as, by name or number. */
  public static final Key USER =
      Key.of("service", "user", Kind.TEXT, "", "the user that it runs as, by name or number");

  /** {@code service.group}: the group that it runs as; the user's own if not given. */
  public static final Key GROUP =
      Key.of(
          "service",
          "group",
          Kind.TEXT,
          "",
          "the group that it runs as; the user's own if not given");

  /** {@code service.groups}: its supplementary groups; those that its user has if not given. */
  public static final Key GROUPS =
      Key.of(
          "service",
          "groups",
          Kind.GROUPS,
          "",
          "its supplementary groups, and no others; those of the user in the database if not"
              + " given");

  /** {@code service.chroot}: the directory that is / for it. */
  public static final Key CHROOT =
      Key.of("service", "chroot", Kind.PATH, "", "the directory that is / for it");

  /** {@code service.directory}: where it starts; the declaration's own directory if not given. */
  public static final Key DIRECTORY =
      Key.of(
          "service",
          "directory",
          Kind.PATH,
          "",
          "where it starts; the declaration's own directory if not given");

  /** {@code service.umask}: the mode bits that its new files lack. */
  public static final Key UMASK =
      Key.of("service", "umask", Kind.MODE, "022", "the mode bits that its new files lack");

  /** {@code service.environment}: a variable of its environment. */
  public static final Key ENVIRONMENT =
      Key.list("service", "environment", Kind.ASSIGNMENT, "a variable of its environment");

  /** {@code service.environment-file}: more of them, from a file that is read at each start. */
  public static final Key ENVIRONMENT_FILE =
      Key.list(
          "service",
          "environment-file",
          Kind.OPTIONAL_PATH,
          "a file with more of them, read at each start");

  /** {@code service.clear-environment}: whether it has nothing of the runtime's environment. */
  public static final Key CLEAR_ENVIRONMENT =
      Key.of(
          "service",
          "clear-environment",
          Kind.FLAG,
          "no",
          "it has nothing of svc's own environment");

  /** {@code service.nice}: its priority. */
  public static final Key NICE =
      Key.of("service", "nice", Kind.NICE, "", "its priority; the lower the more it gets");

  /** {@code service.oom-score-adj}: how ready Linux is to kill it when memory is short. */
  public static final Key OOM_SCORE =
      Key.of(
          "service",
          "oom-score-adj",
          Kind.OOM_SCORE,
          "",
          "how ready Linux is to kill it when memory is short; -1000 is never");

  /** {@code service.cpu-affinity}: the processors that it runs on. */
  public static final Key PROCESSORS =
      Key.of("service", "cpu-affinity", Kind.PROCESSORS, "", "the processors that it runs on");

  /** {@code service.cgroup}: whether its processes have a cgroup of their own. */
  public static final Key CGROUP =
      Key.of(
          "service",
          "cgroup",
          Kind.FLAG,
          "yes",
          "its processes have a cgroup of their own where svc can make one; whatever is in it ends"
              + " with the service");

  /**
   * {@code service.terminal}: its controlling terminal, and its streams where they are not given.
   */
  public static final Key TERMINAL =
      Key.of(
          "service",
          "terminal",
          Kind.PATH,
          "",
          "a device that is its controlling terminal, and those of its streams that are not given");

  /** {@code service.stdin}: what it reads. */
  public static final Key STDIN = Key.of("service", "stdin", Kind.INPUT, "null", "what it reads");

  /** {@code service.stdout}: where its output goes. */
  public static final Key STDOUT =
      Key.of("service", "stdout", Kind.STREAM, "log", "where its output goes");

  /** {@code service.stderr}: where its errors go. */
  public static final Key STDERR =
      Key.of("service", "stderr", Kind.STREAM, "log", "where its errors go");

  /** {@code service.stop-signal}: what asks it to end. */
  public static final Key STOP_SIGNAL =
      Key.of("service", "stop-signal", Kind.SIGNAL, "TERM", "what asks it to end");

  /** {@code service.stop-timeout}: how long it may take to end before it is killed. */
  public static final Key STOP_TIMEOUT =
      Key.of(
          "service",
          "stop-timeout",
          Kind.DURATION,
          "10s",
          "how long it may take to end before it is killed");

  /** {@code service.start-timeout}: how long it may take to come up before it is killed. */
  public static final Key START_TIMEOUT =
      Key.of(
          "service",
          "start-timeout",
          Kind.DURATION,
          "60s",
          "how long it may take to come up before it is killed");

  /** {@code service.on-failure}: what the manager does when it has failed for good. */
  public static final Key ON_FAILURE =
      Key.of(
          "service",
          "on-failure",
          Kind.REACTION,
          "none",
          "what the manager does when it has failed for good; shutdown stops everything, and the"
              + " manager ends with its exit status");

  /**
   * {@code depend.requires}: started before it; without them it is not started, and it goes when
   * they fail.
   */
  public static final Key REQUIRES =
      Key.list(
          "depend",
          "requires",
          Kind.NAMES,
          "started before it; without them it is not started, and it goes when they fail");

  /**
   * {@code depend.follows}: required, and stopped and started again whenever one of them is, or
   * ends and is started again.
   */
  public static final Key FOLLOWS =
      Key.list(
          "depend",
          "follows",
          Kind.NAMES,
          "required, and it is stopped and started again with them, whoever restarts them");

  /** {@code depend.wants}: started along with it; their failure does not matter. */
  public static final Key WANTS =
      Key.list(
          "depend", "wants", Kind.NAMES, "started along with it; their failure does not matter");

  /** {@code depend.after}: started before it where both are started. */
  public static final Key AFTER =
      Key.list("depend", "after", Kind.NAMES, "started before it where both are started");

  /** {@code depend.before}: started after it where both are started. */
  public static final Key BEFORE =
      Key.list("depend", "before", Kind.NAMES, "started after it where both are started");

  /** {@code depend.conflicts}: never up at the same time. */
  public static final Key CONFLICTS =
      Key.list("depend", "conflicts", Kind.NAMES, "never up at the same time");

  /** {@code condition.path-exists}: started only when there is such a file or directory. */
  public static final Key PATH_EXISTS =
      Key.list(
          "condition",
          "path-exists",
          Kind.TEST_PATH,
          "started only when there is such a file or directory");

  /** {@code condition.path-missing}: started only when there is none. */
  public static final Key PATH_MISSING =
      Key.list("condition", "path-missing", Kind.TEST_PATH, "started only when there is none");

  /** {@code condition.directory-not-empty}: started only when something is in it. */
  public static final Key DIRECTORY_NOT_EMPTY =
      Key.list(
          "condition",
          "directory-not-empty",
          Kind.TEST_PATH,
          "started only when there is such a directory, with something in it");

  /** {@code condition.virtualization}: started only there. */
  public static final Key VIRTUALIZATION =
      Key.list(
          "condition",
          "virtualization",
          Kind.TEST_PLACE,
          "started only there; a container in a virtual machine is a container");

  /** {@code condition.kernel-command-line}: started only when that word is on it. */
  public static final Key KERNEL_COMMAND_LINE =
      Key.list(
          "condition",
          "kernel-command-line",
          Kind.TEST_WORD,
          "started only when that word is on it, or that word and = and anything");

  /** {@code condition.environment}: started only when the manager has that variable. */
  public static final Key IN_ENVIRONMENT =
      Key.list(
          "condition",
          "environment",
          Kind.TEST_WORD,
          "started only when the manager has that variable: NAME, or NAME=value");

  /** {@code condition.architecture}: started only on such a processor. */
  public static final Key ARCHITECTURE =
      Key.list(
          "condition",
          "architecture",
          Kind.TEST_WORD,
          "started only on such a processor, as x86-64 or arm64, or as uname(1) says");

  /** {@code condition.host}: started only on the host of that name. */
  public static final Key HOST =
      Key.list(
          "condition",
          "host",
          Kind.TEST_WORD,
          "started only on the host of that name, * for any part of it, or of that machine-id(5)");

  /** {@code restart.policy}: when it is started again by itself. */
  public static final Key POLICY =
      Key.of("restart", "policy", Kind.POLICY, "on-failure", "when it is started again by itself");

  /** {@code restart.delay}: how long it is left alone before that. */
  public static final Key DELAY =
      Key.of("restart", "delay", Kind.DURATION, "200ms", "how long it is left alone before that");

  /** {@code restart.limit}: how many restarts a period allows before it has failed. */
  public static final Key LIMIT =
      Key.of(
          "restart",
          "limit",
          Kind.NUMBER,
          "5",
          "how many restarts a period allows before it has failed");

  /** {@code restart.period}: the period of that limit. */
  public static final Key PERIOD =
      Key.of("restart", "period", Kind.DURATION, "10s", "the period of that limit");

  /** {@code restart.max-delay}: the delay doubles from one restart to the next, up to this. */
  public static final Key MAX_DELAY =
      Key.of(
          "restart",
          "max-delay",
          Kind.DURATION,
          "0s",
          "the delay doubles from one restart to the next, up to this; not at all where it is"
              + " shorter");

  /** {@code restart.healthy}: after being up for that long its restarts count anew. */
  public static final Key HEALTHY =
      Key.of(
          "restart",
          "healthy",
          Kind.DURATION,
          "60s",
          "when it has been up for that long the delay is short again");

  /** {@code restart.statuses}: the ends after which {@code on-status} starts it again. */
  public static final Key STATUSES =
      Key.list(
          "restart",
          "statuses",
          Kind.STATUSES,
          "the ends after which the policy on-status starts it again");

  /** {@code service.stop-then}: a step of a stop that takes too long. */
  public static final Key STOP_THEN =
      Key.list(
          "service",
          "stop-then",
          Kind.STEP,
          "while it is stopped and has not ended: another signal, so long after the last one");

  /** {@code service.watchdog}: how long it may be silent. */
  public static final Key WATCHDOG =
      Key.of(
          "service",
          "watchdog",
          Kind.DURATION,
          "none",
          "while it is up it has to say WATCHDOG=1 more often than that (sd_notify(3)), or it is"
              + " ended by SIGABRT and has failed");

  /** {@code ready.by}: how it is known that it can do its work. */
  public static final Key READY_BY =
      Key.of(
          "ready",
          "by",
          Kind.READINESS,
          "start",
          "how it is known that a process can do its work: as soon as it runs, by a line that it"
              + " writes to a descriptor, by READY=1 (sd_notify(3)), or by a command");

  /** {@code ready.descriptor}: where the line is written to. */
  public static final Key READY_DESCRIPTOR =
      Key.of(
          "ready",
          "descriptor",
          Kind.NUMBER,
          "3",
          "by = descriptor: the number that it finds it at, from 3 to 63");

  /** {@code ready.check}: asks whether it can do its work. */
  public static final Key READY_CHECK =
      Key.of(
          "ready",
          "check",
          Kind.COMMAND,
          "",
          "by = check: run again and again until it ends with 0, as the service's user");

  /** {@code ready.interval}: between the end of a check and the next. */
  public static final Key READY_INTERVAL =
      Key.of("ready", "interval", Kind.DURATION, "1s", "by = check: the time between two checks");

  /** {@code reload.signal}: has it read its configuration anew. */
  public static final Key RELOAD_SIGNAL =
      Key.of("reload", "signal", Kind.SIGNAL, "", "has it read its configuration anew");

  /** {@code reload.exec}: the same by a command. */
  public static final Key RELOAD_EXEC =
      Key.of(
          "reload",
          "exec",
          Kind.COMMAND,
          "",
          "the same by a command, in place of a signal; 0 says that it went well");

  /** {@code reload.timeout}: how long that may take. */
  public static final Key RELOAD_TIMEOUT =
      Key.of(
          "reload",
          "timeout",
          Kind.DURATION,
          "60s",
          "how long that may take; then the command is killed, and the service stays as it is");

  /** {@code log.stamp}: what each line of its log begins with. */
  public static final Key LOG_STAMP =
      Key.of("log", "stamp", Kind.STAMP, "iso", "what each line of its log begins with");

  /** {@code log.max-size}: after that much another file is begun. */
  public static final Key LOG_MAX_SIZE =
      Key.of("log", "max-size", Kind.SIZE, "10M", "after that much another file is begun");

  /** {@code log.max-age}: what is written when the file is that old goes to another one. */
  public static final Key LOG_MAX_AGE =
      Key.of(
          "log",
          "max-age",
          Kind.DURATION,
          "none",
          "what is written when the file is that old goes to another one");

  /** {@code log.keep}: how many older files stay. */
  public static final Key LOG_KEEP =
      Key.of("log", "keep", Kind.NUMBER, "10", "how many older files stay");

  /** {@code log.compress}: whether older files are compressed by gzip. */
  public static final Key LOG_COMPRESS =
      Key.of("log", "compress", Kind.FLAG, "yes", "compress older files, as gzip does");

  /** {@code log.max-line}: a longer line is split. */
  public static final Key LOG_MAX_LINE =
      Key.of("log", "max-line", Kind.LINE_SIZE, "64K", "a longer line is split");

  /** {@code log.mode}: the mode of its files. */
  public static final Key LOG_MODE =
      Key.of("log", "mode", Kind.MODE, "0640", "the mode of its files");

  /** {@code log.when-full}: what happens to output that cannot be written. */
  public static final Key LOG_WHEN_FULL =
      Key.of(
          "log",
          "when-full",
          Kind.WHEN_FULL,
          "wait",
          "where its output cannot be written, have the service wait, or drop what it writes");

  /** Section {@code limit}: how much of each resource it may have. */
  public static final List<Key> LIMITS = Stream.of(Resource.values()).map(Keys::limit).toList();

  private static final List<Key> ALL_BUT_LIMITS =
      List.of(
          TYPE,
          DESCRIPTION,
          SUPERVISOR,
          USER,
          GROUP,
          GROUPS,
          CHROOT,
          DIRECTORY,
          UMASK,
          ENVIRONMENT,
          ENVIRONMENT_FILE,
          CLEAR_ENVIRONMENT,
          NICE,
          OOM_SCORE,
          PROCESSORS,
          CGROUP,
          TERMINAL,
          STDIN,
          STDOUT,
          STDERR,
          STOP_SIGNAL,
          STOP_THEN,
          STOP_TIMEOUT,
          START_TIMEOUT,
          WATCHDOG,
          ON_FAILURE,
          READY_BY,
          READY_DESCRIPTOR,
          READY_CHECK,
          READY_INTERVAL,
          RELOAD_SIGNAL,
          RELOAD_EXEC,
          RELOAD_TIMEOUT,
          REQUIRES,
          FOLLOWS,
          WANTS,
          AFTER,
          BEFORE,
          CONFLICTS,
          PATH_EXISTS,
          PATH_MISSING,
          DIRECTORY_NOT_EMPTY,
          VIRTUALIZATION,
          KERNEL_COMMAND_LINE,
          IN_ENVIRONMENT,
          ARCHITECTURE,
          HOST,
          POLICY,
          STATUSES,
          DELAY,
          MAX_DELAY,
          HEALTHY,
          LIMIT,
          PERIOD,
          LOG_STAMP,
          LOG_MAX_SIZE,
          LOG_MAX_AGE,
          LOG_KEEP,
          LOG_COMPRESS,
          LOG_MAX_LINE,
          LOG_MODE,
          LOG_WHEN_FULL);

  /** All of them, in the order of the reference. */
  public static final List<Key> COMMON =
      Stream.concat(ALL_BUT_LIMITS.stream(), LIMITS.stream()).toList();

  private static final Set<String> COMMON_NAMES =
      COMMON.stream().map(Key::toString).collect(Collectors.toUnmodifiableSet());

  private Keys() {}

  /**
   * The key that limits a resource.
   *
   * @param resource any
   * @return the key of that name in section {@code limit}
   */
  public static Key limit(Resource resource) {
    return Key.of("limit", resource.toString(), Kind.LIMIT, "", resource.help());
  }

  /**
   * What is wrong with the keys of a service and the form of their values.
   *
   * @param declaration any declaration
   * @param typeKeys those that its type has beside {@link #COMMON}, or in place of one of them
   * @return a problem for each key that is unknown, given too often or of another kind; the type's
   *     own problems are not among them
   */
  public static List<Problem> check(Declaration declaration, List<Key> typeKeys) {
    List<Problem> problems =
        checkAgainst(declaration, Stream.concat(typeKeys.stream(), COMMON.stream()).toList());
    return problems.isEmpty() ? together(declaration) : problems;
  }

  /** What is right by itself, and not beside another. */
  private static List<Problem> together(Declaration declaration) {
    List<Problem> problems = new ArrayList<>();
    boolean check = declaration.text(READY_BY).equals("check");
    if (check && !declaration.has(READY_CHECK))
      problems.add(declaration.problem(READY_CHECK, "missing; by = check needs it"));
    int descriptor = declaration.number(READY_DESCRIPTOR);
    if (descriptor < 3 || descriptor > 63)
      problems.add(
          declaration.problem(
              READY_DESCRIPTOR, "expected a number from 3 to 63, found " + descriptor));
    boolean statuses = declaration.text(POLICY).equals("on-status");
    if (statuses && !declaration.has(STATUSES))
      problems.add(declaration.problem(STATUSES, "missing; policy = on-status needs it"));
    return problems;
  }

  /**
   * The declaration with the defaults that its type has in place of the common ones. Who reads the
   * common keys from it need not know the type.
   *
   * @param declaration any declaration
   * @param typeKeys those of its type
   * @return the same, with lines added whose number is 0
   */
  public static Declaration complete(Declaration declaration, List<Key> typeKeys) {
    List<Declaration.Entry> entries = new ArrayList<>(declaration.entries());
    for (Key key : typeKeys) {
      if (!COMMON_NAMES.contains(key.toString()) || declaration.has(key)) continue;
      entries.add(new Declaration.Entry(key.section(), key.name(), key.fallback(), 0));
    }
    return new Declaration(declaration.name(), declaration.file(), entries);
  }

  /**
   * What is wrong with the keys of any file of this form and the form of their values.
   *
   * @param declaration what was read from the file
   * @param known all keys that it may have; of two with one name the first counts
   * @return a problem for each line that is not one of them
   */
  public static List<Problem> checkAgainst(Declaration declaration, List<Key> known) {
    List<Problem> problems = new ArrayList<>();
    Map<String, Integer> firstLines = new HashMap<>();
    for (Declaration.Entry entry : declaration.entries()) {
      String problem = check(entry, known, firstLines);
      if (problem != null) problems.add(declaration.problem(entry, problem));
    }
    return problems;
  }

  private static String check(
      Declaration.Entry entry, List<Key> known, Map<String, Integer> firstLines) {
    Key key = known.stream().filter(candidate -> candidate.names(entry)).findFirst().orElse(null);
    if (key == null)
      return "unknown key"
          + Nearest.hint(written(entry), known.stream().map(Key::toString).toList());
    Integer first = firstLines.putIfAbsent(key.toString(), entry.line());
    if (first != null && !key.repeatable()) return "given twice, first on line " + first;
    if (!key.kind().accepts(entry.value())) {
      return "expected " + key.kind().expected() + ", found \"" + entry.value() + "\"";
    }
    return null;
  }

  private static String written(Declaration.Entry entry) {
    return entry.section() + "." + entry.key();
  }
}
