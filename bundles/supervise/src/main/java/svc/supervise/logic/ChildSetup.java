package svc.supervise.logic;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import svc.os.Spawn;
import svc.os.Spawn.Stream;
import svc.os.User;
import svc.service.Declaration;
import svc.service.Durations;
import svc.service.Key;
import svc.service.Keys;
import svc.service.Mark;

/**
 * What a service's processes are given: directory, environment, streams, user.
 *
 * @param mark tells the service's processes from all others
 * @param supervisor our name, which they carry too
 * @param inherited the environment that every service starts from, {@code NAME=value}
 * @param logDirectory where {@code log} goes, one file a service
 */
public record ChildSetup(
    Mark mark, String supervisor, List<String> inherited, String logDirectory) {

  /**
   * @param user the declaration's user as the system knows it, or null when it names none
   * @param number of the start
   */
  public Spawn request(Declaration declaration, List<String> words, User user, long number) {
    return new Spawn(
        words,
        environment(declaration, user, number),
        directory(declaration),
        orNull(declaration.text(Keys.USER)),
        orNull(declaration.text(Keys.GROUP)),
        Integer.parseInt(declaration.text(Keys.UMASK), 8),
        stream(declaration, Keys.STDIN),
        stream(declaration, Keys.STDOUT),
        stream(declaration, Keys.STDERR));
  }

  /**
   * Where a service starts: what it says, seen from its declaration's directory, as s6 starts a
   * service in its own.
   */
  public static String directory(Declaration declaration) {
    String file = declaration.file();
    String own =
        file.startsWith("/") && file.lastIndexOf('/') > 0
            ? file.substring(0, file.lastIndexOf('/'))
            : "/";
    String said = declaration.text(Keys.DIRECTORY);
    return said.isEmpty() ? own : absolute(own, said);
  }

  /** A path as the service's own processes would understand it. */
  public static String resolve(Declaration declaration, String path) {
    return absolute(directory(declaration), path);
  }

  public String log(Declaration declaration) {
    return logDirectory + "/" + declaration.name() + ".log";
  }

  private static String absolute(String base, String path) {
    return path.startsWith("/") ? path : base + "/" + path;
  }

  private static String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private List<String> environment(Declaration declaration, User user, long number) {
    Map<String, String> variables = new LinkedHashMap<>();
    inherited.forEach(entry -> assign(variables, entry));
    if (user != null) {
      variables.put("HOME", user.home());
      variables.put("USER", user.name());
      variables.put("LOGNAME", user.name());
      variables.put("SHELL", user.shell());
    }
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

  private Stream stream(Declaration declaration, Key key) {
    String text = declaration.text(key);
    return switch (text) {
      case "null" -> Stream.NULL;
      case "inherit" -> Stream.INHERIT;
      case "log" -> new Stream.File(log(declaration));
      default -> new Stream.File(resolve(declaration, text.substring("file:".length())));
    };
  }
}
