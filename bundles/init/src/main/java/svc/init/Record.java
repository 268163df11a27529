package svc.init;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import svc.os.Content;
import svc.os.Errno;
import svc.os.Kernel;
import svc.os.ProcessInfo;

/**
 * What an init leaves for the next one in the same process: the file {@code init} in the run
 * directory. A line with the checksum of all that follows (RFC 3720), then {@code NAME=value} each.
 * One that is torn, or was left by another process, counts as none. Loop thread.
 */
final class Record {

  private static final int LIMIT = 64 << 10;
  private static final String PROCESS = "process";

  private final Kernel kernel;
  private final String path;

  Record(Kernel kernel, String path) {
    this.kernel = kernel;
    this.path = path;
  }

  /** A process as it is named for ever, {@code PID START}, or empty when there is none. */
  static String name(Kernel kernel, int pid) {
    ProcessInfo process = pid == 0 ? null : kernel.process(pid);
    return process == null ? "" : pid + " " + process.started();
  }

  Errno write(Map<String, String> texts) {
    String text = text(name(kernel, kernel.pid()), texts);
    return kernel.replace(path, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Takes it away. Null when there is none. */
  Map<String, String> take() {
    Content content = kernel.read(path, LIMIT);
    kernel.delete(path);
    String text = new String(content.bytes(), StandardCharsets.UTF_8);
    return texts(name(kernel, kernel.pid()), text);
  }

  /**
   * The file's content.
   *
   * @param process who writes it
   */
  static String text(String process, Map<String, String> texts) {
    StringBuilder lines = new StringBuilder(PROCESS + "=" + process + "\n");
    texts.forEach((name, value) -> lines.append(name).append('=').append(value).append('\n'));
    return checksum(lines.toString()) + "\n" + lines;
  }

  /**
   * What was written, or null when that was torn.
   *
   * @param process the one that has to have written it
   */
  static Map<String, String> texts(String process, String text) {
    int first = text.indexOf('\n') + 1;
    if (first == 0 || !text.substring(0, first - 1).equals(checksum(text.substring(first))))
      return null;
    Map<String, String> texts = new LinkedHashMap<>();
    for (String line : text.substring(first).split("\n")) {
      int equals = line.indexOf('=');
      if (equals > 0) texts.put(line.substring(0, equals), line.substring(equals + 1));
    }
    return process.equals(texts.get(PROCESS)) ? texts : null;
  }

  private static String checksum(String text) {
    CRC32C checksum = new CRC32C();
    checksum.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(checksum.getValue());
  }
}
