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
    StringBuilder lines = new StringBuilder(PROCESS + "=" + ourselves() + "\n");
    texts.forEach((name, value) -> lines.append(name).append('=').append(value).append('\n'));
    String text = lines.toString();
    return kernel.replace(path, (checksum(text) + "\n" + text).getBytes(StandardCharsets.UTF_8));
  }

  private String ourselves() {
    return name(kernel, kernel.pid());
  }

  private static String checksum(String text) {
    CRC32C checksum = new CRC32C();
    checksum.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(checksum.getValue());
  }

  /** Takes it away. Null when there is none. */
  Map<String, String> take() {
    Content content = kernel.read(path, LIMIT);
    kernel.delete(path);
    String text = new String(content.bytes(), StandardCharsets.UTF_8);
    int first = text.indexOf('\n') + 1;
    if (first == 0 || !text.substring(0, first - 1).equals(checksum(text.substring(first))))
      return null;
    Map<String, String> texts = new LinkedHashMap<>();
    for (String line : text.substring(first).split("\n")) {
      int equals = line.indexOf('=');
      if (equals > 0) texts.put(line.substring(0, equals), line.substring(equals + 1));
    }
    return ourselves().equals(texts.get(PROCESS)) ? texts : null;
  }
}
