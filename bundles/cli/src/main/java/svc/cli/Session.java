package svc.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command finds around it.
 *
 * @param home the installed tree, or null when it is not known
 * @param uid the user that we are
 * @param terminal whether a person reads {@link #out} in colour
 */
record Session(
    Map<String, String> environment,
    InputStream in,
    PrintStream out,
    PrintStream err,
    Path home,
    Runtimes runtimes,
    int uid,
    boolean terminal) {

  /** The process that this is. */
  static Session ofProcess(InputStream in, PrintStream out, PrintStream err) {
    String home = System.getProperty("svc.home");
    return new Session(
        System.getenv(),
        in,
        out,
        err,
        home == null ? null : Path.of(home),
        new LaunchedRuntimes(),
        ourUid(),
        isTerminal() && System.getenv().getOrDefault("NO_COLOR", "").isEmpty());
  }

  private static int ourUid() {
    try {
      return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException e) {
      throw new IllegalStateException("/proc is not mounted: " + e, e);
    }
  }

  /** Where standard output goes. System.console() would ask for standard input's sake too. */
  private static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }

  /** An environment variable; one that is empty counts as not set. */
  String variable(String name, String fallback) {
    String value = environment.get(name);
    return value == null || value.isEmpty() ? fallback : value;
  }

  void print(String line) {
    out.print(line);
    out.print('\n');
  }

  /**
   * Brings out what was printed.
   *
   * @throws Failure a silent one when nobody reads it any more
   */
  void flush() throws Failure {
    if (out.checkError()) throw Failure.silent();
  }
}
