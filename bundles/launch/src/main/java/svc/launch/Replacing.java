package svc.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Tells a manager's clients that nobody listens for a moment, because the manager's process is
 * being executed anew: the file {@code replacing} in the run directory, {@code PID START} of that
 * process (proc(5), starttime), which stay what they are. It is believed while that process lives,
 * and not for long.
 */
public final class Replacing {

  private static final String NAME = "replacing";

  /** Of the fields after the command's name, which may contain anything. */
  private static final int START = 19;

  private static final Duration LONGEST = Duration.ofMinutes(2);

  private Replacing() {}

  /** This process is about to be. Where it cannot be said, clients see what they see. */
  static void mark(Path run) {
    try {
      long pid = ProcessHandle.current().pid();
      Files.writeString(run.resolve(NAME), pid + " " + start(String.valueOf(pid)) + "\n");
    } catch (IOException e) {
      System.err.println("svc: " + run.resolve(NAME) + ": " + e);
    }
  }

  /**
   * Whether a manager is being replaced.
   *
   * @param run its run directory
   */
  public static boolean isGoingOn(Path run) {
    return pid(run) != 0;
  }

  /**
   * Whether this process is a manager that has just been executed anew: who listens on its socket
   * is itself.
   *
   * @param run its run directory
   */
  public static boolean isOver(Path run) {
    return pid(run) == ProcessHandle.current().pid();
  }

  /** Of the process that is being replaced, or 0. */
  private static long pid(Path run) {
    try {
      Path file = run.resolve(NAME);
      Instant written = Files.getLastModifiedTime(file).toInstant();
      String[] words = Files.readString(file).strip().split(" ");
      boolean process = words.length == 2 && words[0].matches("[0-9]{1,9}");
      boolean lives =
          process
              && written.plus(LONGEST).isAfter(Instant.now())
              && words[1].equals(start(words[0]));
      return lives ? Long.parseLong(words[0]) : 0;
    } catch (IOException noneOrGone) {
      return 0;
    }
  }

  private static String start(String pid) throws IOException {
    String stat =
        Files.readString(
            Path.of("/proc", pid, "stat"), java.nio.charset.StandardCharsets.ISO_8859_1);
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[START];
  }
}
