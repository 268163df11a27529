package svc.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.zip.GZIPInputStream;
import svc.service.LogFiles;

/** What a service has written, in the files that {@link LogFiles} names. Lines are bytes. */
final class ServiceLog {

  /** Longer ones are shown in parts. */
  private static final int LINE_LIMIT = 1 << 20;

  private final Path directory;
  private final String service;

  ServiceLog(Path directory, String service) {
    this.directory = directory;
    this.service = service;
  }

  /** Whether a service of this name wrote anything here. */
  boolean exists() throws IOException {
    return !files().isEmpty();
  }

  /** What is written to now. */
  Path current() {
    return directory.resolve(LogFiles.current(service));
  }

  /** All that there is, the oldest first. */
  List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    if (!Files.isDirectory(directory)) return files;
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(
            directory, file -> LogFiles.isOlder(service, file.getFileName().toString()))) {
      found.forEach(files::add);
    }
    files.sort(null);
    if (Files.isRegularFile(current())) files.add(current());
    return files;
  }

  /** The names of all services that wrote something, sorted. */
  static List<String> services(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*" + LogFiles.SUFFIX)) {
      for (Path file : found) {
        String name = file.getFileName().toString();
        if (Files.isRegularFile(file))
          names.add(name.substring(0, name.length() - LogFiles.SUFFIX.length()));
      }
    }
    names.sort(null);
    return names;
  }

  /**
   * The last lines, over all files, the oldest first; memory is that of the lines.
   *
   * @param count how many at most
   */
  List<byte[]> last(int count) throws IOException {
    Deque<byte[]> lines = new ArrayDeque<>();
    List<Path> files = files();
    for (int i = files.size() - 1; i >= 0 && lines.size() < count; i--) {
      Deque<byte[]> own = new ArrayDeque<>();
      read(files.get(i), own, count - lines.size());
      while (!own.isEmpty()) lines.addFirst(own.removeLast());
    }
    return List.copyOf(lines);
  }

  private static void read(Path file, Deque<byte[]> lines, int count) throws IOException {
    try (InputStream in = open(file)) {
      byte[] line = new byte[256];
      int length = 0;
      for (int next = in.read(); next >= 0; next = in.read()) {
        if (next != '\n') {
          if (length == line.length) line = Arrays.copyOf(line, 2 * length);
          line[length++] = (byte) next;
        }
        if (next == '\n' || length == LINE_LIMIT) {
          keep(lines, Arrays.copyOf(line, length), count);
          length = 0;
        }
      }
      if (length > 0) keep(lines, Arrays.copyOf(line, length), count);
    }
  }

  private static void keep(Deque<byte[]> lines, byte[] line, int count) {
    lines.addLast(line);
    if (lines.size() > count) lines.removeFirst();
  }

  private static InputStream open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    return file.toString().endsWith(LogFiles.COMPRESSED)
        ? new BufferedInputStream(new GZIPInputStream(in))
        : in;
  }
}
