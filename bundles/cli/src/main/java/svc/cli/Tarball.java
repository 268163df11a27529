package svc.cli;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * A {@code .tar.gz} (tar(5): ustar, with GNU's and pax's long names) that is unpacked without its
 * topmost directory. What it says of owners is passed over, nobody else can write to what comes
 * out, and nothing comes out of it that is not below the directory it is unpacked to.
 */
final class Tarball implements AutoCloseable {

  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final int MODE = 100;
  private static final int SIZE = 124;
  private static final int TYPE = 156;
  private static final int LINK = 157;
  private static final int PREFIX = 345;
  private static final int PREFIX_SIZE = 155;

  /** A small Java comes along; more than that is none of ours. */
  private static final long MOST_BYTES = 2L << 30;

  private static final int MOST_ENTRIES = 100_000;
  private static final int LONGEST_NAME = 4096;

  private final InputStream in;
  private final Path directory;
  private final byte[] header = new byte[BLOCK];
  private String longName;
  private String longLink;
  private long bytes;

  private Tarball(InputStream in, Path directory) {
    this.in = in;
    this.directory = directory;
  }

  /**
   * @param directory is there, and empty
   */
  static void unpack(Path file, Path directory) throws IOException, Failure {
    try (Tarball tarball =
        new Tarball(new GZIPInputStream(Files.newInputStream(file), 1 << 16), directory)) {
      for (int entries = 0; tarball.next(); entries++)
        if (entries > MOST_ENTRIES) throw refused("more than " + MOST_ENTRIES + " entries");
    } catch (EOFException | java.util.zip.ZipException e) {
      throw refused(file + " is no complete .tar.gz: " + e.getMessage());
    }
  }

  private static Failure refused(String why) {
    return Failure.failed("nothing changed: " + Text.line(why));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /** One header and what belongs to it; false at the end. */
  private boolean next() throws IOException, Failure {
    if (in.readNBytes(header, 0, BLOCK) < BLOCK) throw new EOFException("cut short");
    if (header[0] == 0) return false;
    long size = octal(SIZE, 12);
    if (size < 0 || (bytes += size) > MOST_BYTES) throw refused("more than 2 GiB");
    switch (header[TYPE]) {
      case 'L' -> longName = name(size);
      case 'K' -> longLink = name(size);
      case 'x' -> longNames(new String(small(size), StandardCharsets.UTF_8));
      case 'g' -> skip(size);
      default -> {
        entry(size);
        longName = null;
        longLink = null;
      }
    }
    skip(-size & BLOCK - 1);
    return true;
  }

  private void entry(long size) throws IOException, Failure {
    String name = longName == null ? ustarName() : longName;
    Path target = inside(name);
    boolean topmost = target.equals(directory);
    switch (header[TYPE]) {
      case 0, '0' -> {
        if (topmost) throw refused(name + ": expected all in one directory");
        file(target, size);
      }
      case '5' -> Files.createDirectories(target);
      case '2' -> link(target, longLink == null ? text(LINK, NAME) : longLink);
      default -> throw refused(name + ": neither file nor directory");
    }
  }

  /** Without the topmost directory; nothing on the way to it is a link. */
  private Path inside(String name) throws Failure {
    Path path = Path.of(name).normalize();
    boolean leaves = name.startsWith("/") || path.startsWith("..") || name.isEmpty();
    if (leaves) throw refused(name + " leaves the tree");
    int parts = path.getNameCount();
    Path target = parts == 1 ? directory : directory.resolve(path.subpath(1, parts));
    for (Path each = target.getParent(); each.startsWith(directory); each = each.getParent())
      if (Files.isSymbolicLink(each)) throw refused(name + " leads through a link");
    return target;
  }

  private void file(Path target, long size) throws IOException {
    Files.createDirectories(target.getParent());
    try (var out =
        Files.newOutputStream(
            target,
            java.nio.file.StandardOpenOption.CREATE_NEW,
            java.nio.file.StandardOpenOption.WRITE)) {
      byte[] buffer = new byte[1 << 16];
      for (long left = size; left > 0; ) {
        int got = in.read(buffer, 0, (int) Math.min(left, buffer.length));
        if (got < 0) throw new EOFException("cut short");
        out.write(buffer, 0, got);
        left -= got;
      }
    }
    boolean program = (octal(MODE, 8) & 0111) != 0;
    Set<PosixFilePermission> mode =
        EnumSet.of(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.OTHERS_READ);
    if (program) {
      mode.add(PosixFilePermission.OWNER_EXECUTE);
      mode.add(PosixFilePermission.GROUP_EXECUTE);
      mode.add(PosixFilePermission.OTHERS_EXECUTE);
    }
    Files.setPosixFilePermissions(target, mode);
  }

  private void link(Path target, String to) throws IOException, Failure {
    Path leads = target.resolveSibling(to).normalize();
    if (to.startsWith("/") || !leads.startsWith(directory))
      throw refused(target.getFileName() + " leads out of the tree, to " + to);
    Files.createDirectories(target.getParent());
    Files.createSymbolicLink(target, Path.of(to));
  }

  // Names

  private String ustarName() {
    String prefix = text(PREFIX, PREFIX_SIZE);
    boolean ustar = text(257, 5).equals("ustar") && !prefix.isEmpty();
    return ustar ? prefix + "/" + text(0, NAME) : text(0, NAME);
  }

  private String name(long size) throws IOException, Failure {
    String name = new String(small(size), StandardCharsets.UTF_8);
    int end = name.indexOf(0);
    return end < 0 ? name : name.substring(0, end);
  }

  private byte[] small(long size) throws IOException, Failure {
    if (size > LONGEST_NAME) throw refused("a name of " + size + " bytes");
    byte[] bytes = in.readNBytes((int) size);
    if (bytes.length < size) throw new EOFException("cut short");
    return bytes;
  }

  /** Records of pax, {@code LENGTH KEY=VALUE}. */
  private void longNames(String records) {
    for (String line : records.split("\n")) {
      int blank = line.indexOf(' ');
      if (line.startsWith("path=", blank + 1)) longName = line.substring(blank + 6);
      if (line.startsWith("linkpath=", blank + 1)) longLink = line.substring(blank + 10);
    }
  }

  private String text(int at, int length) {
    int end = at;
    while (end < at + length && header[end] != 0) end++;
    return new String(header, at, end - at, StandardCharsets.UTF_8);
  }

  /** Negative when it is none: sizes above 8 GiB are written otherwise. */
  private long octal(int at, int length) {
    String digits = text(at, length).strip();
    return digits.matches("[0-7]{1,12}") ? Long.parseLong(digits, 8) : digits.isEmpty() ? 0 : -1;
  }

  private void skip(long count) throws IOException {
    in.skipNBytes(count);
  }
}
