package svc.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Two services in order, which write down when they come and go. */
final class Services {

  /** Says FIRST or SECOND to a file when it is up, and again, in lower case, when it goes. */
  private static final String SCRIPT =
      "exec = sh -c 'echo %1$s >>%3$s; trap \"echo %2$s >>%3$s; exit\" TERM;"
          + " while :; do sleep 1000 & wait; done'\n";

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
