package svc.supervise;

import java.nio.charset.StandardCharsets;
import svc.os.Content;
import svc.os.Errno;
import svc.os.Kernel;

/**
 * When a timer last ran, kept beside the logs, {@code .last-run/NAME}: milliseconds since 1970 in
 * decimal. The records under the run directory do not outlive the machine; what is made up after it
 * was off has to be known all the same. Loop thread.
 */
final class RunNote {

  private static final String DIRECTORY = "/.last-run";

  /** More digits than any time has. */
  private static final int LIMIT = 32;

  private RunNote() {}

  /** The time, or 0 when it is not known; a part of it would be another time. */
  static long read(Kernel kernel, String logDirectory, String service) {
    Content content = kernel.read(logDirectory + DIRECTORY + "/" + service, LIMIT);
    String text = new String(content.bytes(), StandardCharsets.US_ASCII);
    return text.matches("[0-9]{1,18}\n") ? Long.parseLong(text.strip()) : 0;
  }

  static Errno write(Kernel kernel, String logDirectory, String service, long time) {
    String directory = logDirectory + DIRECTORY;
    Errno errno = kernel.makeDirectory(directory, 0750);
    if (!errno.ok()) return errno;
    byte[] text = (time + "\n").getBytes(StandardCharsets.US_ASCII);
    return kernel.replace(directory + "/" + service, text);
  }
}
