package svc.os;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a process ended, for somebody who was not there. Whoever waits for a process makes a note of
 * it, a file that is named by its number; whoever reaps it adds its exit status, when the note is
 * still there. One line of text: {@code STARTED}, or {@code STARTED exited 3}, {@code STARTED
 * killed 9}.
 *
 * @param started as {@link ProcessInfo#started}: with the number it names one process for ever
 * @param status null while the process runs
 */
public record ExitNote(long started, ExitStatus status) {

  /** Bytes of the longest note. */
  static final int LIMIT = 64;

  private static final Pattern TEXT =
      Pattern.compile("([0-9]{1,18})(?: (exited|killed|unknown) ([0-9]{1,3}))?\n");

  /**
   * Where the note of a process is.
   *
   * @param directory where the notes are
   * @param pid of the process
   * @return a path in that directory
   */
  public static String path(String directory, int pid) {
    return directory + "/" + pid;
  }

  /**
   * The note as a file has it.
   *
   * @return the file's content
   */
  public byte[] bytes() {
    return (started + words() + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private String words() {
    if (status == null) return "";
    return switch (status.kind()) {
      case EXITED -> " exited " + status.value();
      case KILLED -> " killed " + status.value();
      case UNKNOWN -> " unknown 0";
    };
  }

  /**
   * The note in a file's bytes, or null when they are none, as those of a file half written.
   *
   * @param bytes all of the file's
   * @return the note, or null
   */
  public static ExitNote of(byte[] bytes) {
    Matcher text = TEXT.matcher(new String(bytes, StandardCharsets.US_ASCII));
    if (!text.matches()) return null;
    return new ExitNote(Long.parseLong(text.group(1)), status(text.group(2), text.group(3)));
  }

  private static ExitStatus status(String kind, String value) {
    if (kind == null) return null;
    return switch (kind) {
      case "exited" -> ExitStatus.exited(Integer.parseInt(value));
      case "killed" -> ExitStatus.killed(Integer.parseInt(value));
      default -> ExitStatus.UNKNOWN;
    };
  }

  /**
   * The note in a file, or null. Loop thread.
   *
   * @param kernel of this process
   * @param path of the note
   * @return the note, or null
   */
  public static ExitNote read(Kernel kernel, String path) {
    return of(kernel.read(path, LIMIT).bytes());
  }
}
