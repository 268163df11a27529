package svc.posix;

import com.kenai.jffi.MemoryIO;
import java.util.List;
import svc.os.ExactText;

/**
 * Memory outside the heap for the arguments of one call at a time: filled from the start, forgotten
 * by {@link #reset}. It grows to the largest call ever made and then stays. One thread at a time.
 */
final class Arena {

  static final MemoryIO MEMORY = MemoryIO.getInstance();

  private static final int ALIGNMENT = 16;
  private static final int FIRST_SIZE = 16 << 10;

  /** Linux takes no more than this for arguments and environment (execve(2), 6 MiB). */
  private static final long LARGEST = 8 << 20;

  private long base;
  private long size;
  private long used;

  Arena() {
    size = FIRST_SIZE;
    base = MEMORY.allocateMemory(size, false);
  }

  /** Starts over, with room for at least this many bytes. */
  void reset(long room) {
    used = 0;
    if (room <= size) return;
    if (room > LARGEST) throw new IllegalArgumentException("a call with " + room + " bytes");
    MEMORY.freeMemory(base);
    size = room;
    base = MEMORY.allocateMemory(size, false);
  }

  /** Zeroed bytes. */
  long take(long bytes) {
    long address = base + used;
    used += (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    if (used > size) throw new IllegalStateException("no room for " + bytes + " bytes");
    MEMORY.setMemory(address, bytes, (byte) 0);
    return address;
  }

  /** A path of a call that has nothing else to pass. */
  long path(String path) {
    byte[] bytes = bytes(path);
    reset(room(bytes));
    return text(bytes);
  }

  /** A text as C wants it. */
  long text(byte[] bytes) {
    long address = take(bytes.length + 1);
    MEMORY.putByteArray(address, bytes, 0, bytes.length);
    return address;
  }

  /** A vector of texts that a null pointer ends, as execve(2) wants it. */
  long vector(List<byte[]> texts) {
    long vector = take(8L * (texts.size() + 1));
    for (int i = 0; i < texts.size(); i++) MEMORY.putLong(vector + 8L * i, text(texts.get(i)));
    return vector;
  }

  static long room(byte[] text) {
    return text.length + 1 + ALIGNMENT;
  }

  static long room(List<byte[]> texts) {
    long room = 8L * (texts.size() + 1) + ALIGNMENT;
    for (byte[] text : texts) room += room(text);
    return room;
  }

  static byte[] bytes(String text) {
    return ExactText.bytes(text);
  }

  void close() {
    MEMORY.freeMemory(base);
  }
}
