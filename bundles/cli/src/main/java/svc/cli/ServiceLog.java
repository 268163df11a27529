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
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * What a service has written: {@code NAME.log}, and what was written before that was begun, {@code
 * NAME.log.20261126T134401.123Z}, maybe with {@code .gz}; their names sort by age. Lines are bytes,
 * of whatever encoding.
 */
final class ServiceLog {

  static final String SUFFIX = ".log";
  private static final Pattern OLDER = Pattern.compile("\\.\\d{8}T\\d{6}\\.\\d{3}Z(\\.gz)?");

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
    return directory.resolve(service + SUFFIX);
  }

  /** All that there is, the oldest first. */
  List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    String name = service + SUFFIX;
    if (!Files.isDirectory(directory)) return files;
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(directory, file -> isOlder(name, file))) {
      found.forEach(files::add);
    }
    files.sort(null);
    if (Files.isRegularFile(current())) files.add(current());
    return files;
  }

  private static boolean isOlder(String name, Path file) {
    String other = file.getFileName().toString();
    return other.startsWith(name) && OLDER.matcher(other.substring(name.length())).matches();
  }

  /** The names of all services that wrote something, sorted. */
  static List<String> services(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path file : found) {
        String name = file.getFileName().toString();
        if (Files.isRegularFile(file))
          names.add(name.substring(0, name.length() - SUFFIX.length()));
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
    return file.toString().endsWith(".gz") ? new BufferedInputStream(new GZIPInputStream(in)) : in;
  }
}
