package svc.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import svc.nv.NvException;
import svc.nv.NvLimits;
import svc.nv.NvList;

/** The packed lists of a file, one after the other. */
final class Packets {

  private static final int HEADER = 19;
  private static final int FLAGS = 2;
  private static final int SIZE = 11;
  private static final int BIG_ENDIAN = 0x80;

  /** As much of a pipe is held in memory; a file is mapped. */
  private static final int STREAM_LIMIT = 16 << 20;

  private final String file;
  private final ByteBuffer bytes;
  private final int flags;

  private Packets(String file, ByteBuffer bytes, int flags) {
    this.file = file;
    this.bytes = bytes;
    this.flags = flags;
  }

  /**
   * @param file {@code -} is standard input
   * @param flags that each list must have, or {@link NvList#ANY_FLAGS}
   */
  static Packets open(Session session, String file, int flags) throws Failure {
    try {
      return new Packets(file, read(session, file), flags);
    } catch (IOException e) {
      throw Failure.file(file, e);
    }
  }

  private static ByteBuffer read(Session session, String file) throws IOException {
    if (file.equals("-")) return read(session.in());
    Path path = Path.of(file);
    if (Files.isDirectory(path)) throw new IOException("a directory");
    if (!Files.isRegularFile(path) && Files.exists(path)) {
      try (InputStream stream = Files.newInputStream(path)) {
        return read(stream);
      }
    }
    try (FileChannel channel = FileChannel.open(path)) {
      if (channel.size() > Integer.MAX_VALUE) throw new IOException("longer than 2 GiB");
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    }
  }

  private static ByteBuffer read(InputStream stream) throws IOException {
    byte[] bytes = stream.readNBytes(STREAM_LIMIT + 1);
    if (bytes.length > STREAM_LIMIT) throw new IOException("longer than " + STREAM_LIMIT);
    return ByteBuffer.wrap(bytes);
  }

  /** The next list, or null at the end. A file without any is malformed. */
  NvList next() throws Failure {
    int offset = bytes.position();
    if (offset > 0 && !bytes.hasRemaining()) return null;
    ByteBuffer packet = bytes.slice(offset, length());
    try {
      NvList list = NvList.unpack(packet, flags, NvLimits.DEFAULT);
      bytes.position(offset + packet.limit());
      return list;
    } catch (NvException e) {
      throw Failure.failed(
          file + ": offset " + (offset + e.offset()) + ": " + Text.line(e.reason()));
    }
  }

  /** As its header says; when that cannot be, all that is left, for the reader to refuse. */
  private int length() {
    int left = bytes.remaining();
    if (left < HEADER) return left;
    int at = bytes.position();
    boolean big = (bytes.get(at + FLAGS) & BIG_ENDIAN) != 0;
    bytes.order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    long size = bytes.getLong(at + SIZE);
    return size >= 0 && size <= left - HEADER ? HEADER + (int) size : left;
  }
}
