package svc.supervise.logic;

import java.nio.charset.StandardCharsets;
import svc.os.Content;
import svc.os.ProcessInfo;

/**
 * Whether a pid file names the main process of the service that was just started. It may be a
 * leftover, half written, or name a stranger: a wrong one is never believed, since its process
 * would be signalled.
 *
 * @param pid the main process, or 0
 * @param problem what is wrong with the file, or empty
 */
public record PidFile(int pid, int group, String problem) {

  /** Bytes that are read of one: it holds one number. */
  public static final int LIMIT = 64;

  private static PidFile wrong(String problem) {
    return new PidFile(0, 0, problem);
  }

  /** The number that a pid file holds, or 0 when it holds none. */
  public static int number(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.US_ASCII).strip();
    return text.matches("[1-9][0-9]{0,8}") ? Integer.parseInt(text) : 0;
  }

  /**
   * @param process the process that the file names, or null when there is none
   * @param descends whether that process descends from our own
   * @param startedAt when the start command began, in the unit of {@link ProcessInfo#started}
   */
  public static PidFile judge(
      String path, Content content, ProcessInfo process, boolean descends, long startedAt) {
    if (!content.errno().ok()) return wrong("pid file " + path + ": " + content.errno());
    int pid = number(content.bytes());
    if (pid == 0) return wrong("pid file " + path + " holds no process id");
    if (process == null || process.zombie())
      return wrong("pid file " + path + " names " + pid + ", which does not run");
    if (process.started() < startedAt) {
      return wrong(
          "pid file "
              + path
              + " is stale: it names "
              + pid
              + ", which ran before the service was started");
    }
    if (!descends)
      return wrong("pid file " + path + " names " + pid + ", which is no process of this service");
    return new PidFile(pid, process.group(), "");
  }
}
