package svc.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Two services in order, which write down when they come and go. */
final class Services {

  /**
   * Says FIRST or SECOND to a file, and that it is ready; when it goes the same in lower case. That
   * a process has been started says nothing of when it writes.
   */
  private static final String SCRIPT =
      "exec = sh -c 'echo %1$s >>%3$s; trap \"echo %2$s >>%3$s; exit\" TERM;"
          + " echo >&3; exec 3>&-; while :; do sleep 1000 & wait; done'\n"
          + "[ready]\nby = descriptor\n";

  private Services() {}

  /**
   * @param journal where they write, as they see it
   */
  static void declare(Path directory, String journal) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve("first.ini"),
        "[service]\n" + SCRIPT.formatted("FIRST", "first", journal));
    Files.writeString(
        directory.resolve("second.ini"),
        "[service]\n"
            + SCRIPT.formatted("SECOND", "second", journal)
            + "[depend]\nrequires = first\n");
  }

  /** What they write in a life in order. */
  static final String IN_ORDER = "FIRST\nSECOND\nsecond\nfirst\n";
}
