package svc.supervise.logic;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import svc.os.Attributes;
import svc.os.Limit;
import svc.os.Processors;
import svc.os.Resource;
import svc.os.Spawn;
import svc.os.Spawn.Stream;
import svc.os.User;
import svc.service.Declaration;
import svc.service.Durations;
import svc.service.Key;
import svc.service.Keys;
import svc.service.LogFiles;
import svc.service.Mark;
import svc.service.Pipelines;
import svc.type.Task;

/**
 * What a service's processes are given: directory, environment, streams, user.
 *
 * @param mark tells the service's processes from all others
 * @param supervisor our name, which they carry too
 * @param inherited the environment that every service starts from, {@code NAME=value}
 * @param runDirectory where the FIFOs are that {@code log} goes through
 * @param logDirectory where {@code log} goes, one file a service
 */
public record ChildSetup(
    Mark mark,
    String supervisor,
    List<String> inherited,
    String runDirectory,
    String logDirectory) {

  /** PATH of who has nothing of ours. */
  private static final String USUAL_PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /**
   * @param action what is to run; a command beside it leaves the terminal to it
   * @param user the declaration's user as the system knows it, or null when it names none
   * @param more what its {@linkplain #environmentFiles environment files} say, {@code NAME=value}
   */
  public Spawn request(Declaration declaration, Action.Spawn action, User user, List<String> more) {
    boolean starts = action.task() == Task.START || action.task() == Task.MAIN;
    boolean terminal = declaration.has(Keys.TERMINAL) && starts;
    return new Spawn(
            action.words(),
            environment(declaration, user, action.number(), more),
            directory(declaration),
            orNull(declaration.text(Keys.USER)),
            orNull(declaration.text(Keys.GROUP)),
            Integer.parseInt(declaration.text(Keys.UMASK), 8),
            starts ? stream(declaration, Keys.STDIN, terminal) : input(declaration),
            stream(declaration, Keys.STDOUT, terminal),
            stream(declaration, Keys.STDERR, terminal))
        .with(attributes(declaration, terminal));
  }

  private static Attributes attributes(Declaration declaration, boolean terminal) {
    return new Attributes(
        orNull(root(declaration)),
        declaration.has(Keys.GROUPS) ? declaration.names(Keys.GROUPS) : null,
        limits(declaration),
        wholeOrNull(declaration.text(Keys.NICE)),
        wholeOrNull(declaration.text(Keys.OOM_SCORE)),
        Processors.parse(declaration.text(Keys.PROCESSORS)).orElse(null),
        terminal ? absolute(base(declaration), declaration.text(Keys.TERMINAL)) : null);
  }

  private static List<Limit> limits(Declaration declaration) {
    List<Limit> limits = new ArrayList<>();
    for (Resource resource : Resource.values()) {
      String text = declaration.text(Keys.limit(resource));
      Limit.parse(resource, text).ifPresent(limits::add);
    }
    return limits;
  }

  // Paths

  private static String own(Declaration declaration) {
    String file = declaration.file();
    boolean below = file.startsWith("/") && file.lastIndexOf('/') > 0;
    return below ? file.substring(0, file.lastIndexOf('/')) : "/";
  }

  /** What is / for it, or empty. */
  private static String root(Declaration declaration) {
    String said = declaration.text(Keys.CHROOT);
    return said.isEmpty() ? "" : absolute(own(declaration), said);
  }

  /**
   * Where a service starts: what it says, seen from its declaration's directory, as s6 starts a
   * service in its own. In a root of its own seen from that.
   */
  public static String directory(Declaration declaration) {
    String base = root(declaration).isEmpty() ? own(declaration) : "/";
    String said = declaration.text(Keys.DIRECTORY);
    return said.isEmpty() ? base : absolute(base, said);
  }

  /** From where we see the paths of what we open for it, which is never in its root. */
  private static String base(Declaration declaration) {
    return root(declaration).isEmpty() ? directory(declaration) : own(declaration);
  }

  /** Where we find what its own processes call by this path. */
  public static String resolve(Declaration declaration, String path) {
    return root(declaration) + absolute(directory(declaration), path);
  }

  /**
   * A file with variables.
   *
   * @param path absolute
   * @param optional whether it may be missing
   */
  public record VariableFile(String path, boolean optional) {}

  public static List<VariableFile> environmentFiles(Declaration declaration) {
    List<VariableFile> files = new ArrayList<>();
    for (String said : declaration.all(Keys.ENVIRONMENT_FILE)) {
      boolean optional = said.startsWith("-");
      String path = optional ? said.substring(1) : said;
      files.add(new VariableFile(absolute(base(declaration), path), optional));
    }
    return files;
  }

  private static String absolute(String base, String path) {
    if (path.startsWith("/")) return path;
    return base.endsWith("/") ? base + path : base + "/" + path;
  }

  private static Integer wholeOrNull(String text) {
    return text.isEmpty() ? null : Integer.valueOf(text);
  }

  private static String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private List<String> environment(
      Declaration declaration, User user, long number, List<String> more) {
    Map<String, String> variables = new LinkedHashMap<>();
    boolean clear = declaration.flag(Keys.CLEAR_ENVIRONMENT);
    (clear ? List.of(USUAL_PATH) : inherited).forEach(entry -> assign(variables, entry));
    if (user != null) {
      variables.put("HOME", user.home());
      variables.put("USER", user.name());
      variables.put("LOGNAME", user.name());
      variables.put("SHELL", user.shell());
    }
    more.forEach(entry -> assign(variables, entry));
    declaration.all(Keys.ENVIRONMENT).forEach(entry -> assign(variables, entry));
    variables.putAll(mark.service(declaration.name(), supervisor, number));
    List<String> entries = new ArrayList<>();
    variables.forEach((name, value) -> entries.add(name + "=" + value));
    return entries;
  }

  /**
   * What sd_listen_fds(3) asks of whoever hands sockets on; its LISTEN_PID is the kernel's part.
   */
  public static List<String> listening(String service, int count) {
    String name = service.replace(':', '_');
    return List.of(
        "LISTEN_FDS=" + count,
        "LISTEN_FDNAMES=" + String.join(":", Collections.nCopies(count, name)));
  }

  /**
   * What sd_notify(3) and sd_watchdog_enabled(3) ask of whoever hears.
   *
   * @param watchdog in nanoseconds
   */
  public static List<String> speaking(String socket, long watchdog) {
    String notify = "NOTIFY_SOCKET=" + socket;
    if (watchdog == Durations.FOREVER) return List.of(notify);
    return List.of(notify, "WATCHDOG_USEC=" + watchdog / 1_000);
  }

  private static void assign(Map<String, String> variables, String entry) {
    int equals = entry.indexOf('=');
    if (equals > 0) variables.put(entry.substring(0, equals), entry.substring(equals + 1));
  }

  /** What a service's commands beside it read; what others write to it is for the service alone. */
  private Stream input(Declaration declaration) {
    return Pipelines.reads(declaration) ? Stream.NULL : stream(declaration, Keys.STDIN, false);
  }

  private Stream stream(Declaration declaration, Key key, boolean terminal) {
    String text = declaration.text(key);
    if (terminal && !declaration.has(key)) return Stream.TERMINAL;
    return switch (text) {
      case "null" -> Stream.NULL;
      case "inherit" -> Stream.INHERIT;
      case "log" -> new Stream.Fifo(LogFiles.fifo(runDirectory, declaration.name()));
      case Pipelines.FROM_SERVICES ->
          new Stream.Fifo(Pipelines.fifo(runDirectory, declaration.name()));
      default -> named(declaration, text);
    };
  }

  /** Another's input stays that one's. */
  private Stream named(Declaration declaration, String text) {
    String reader = Pipelines.reader(text);
    return reader.isEmpty()
        ? new Stream.File(absolute(base(declaration), text.substring("file:".length())))
        : new Stream.Fifo(Pipelines.fifo(runDirectory, reader), false);
  }
}
