package svc.nv;

import java.nio.ByteBuffer;

/**
 * What must be known of a packet before the rest of it is read:
 *
 * <pre>
 *   +-------+---------+-------+-------------+------+
 *   | magic | version | flags | descriptors | size |
 *   +-------+---------+-------+-------------+------+
 *   0       1         2       3             11     19
 * </pre>
 *
 * @param packetSize bytes of the whole packet, this header included
 * @param descriptors how many come beside it
 */
public record NvHeader(int packetSize, int descriptors) {

  /** Bytes of a header. */
  public static final int SIZE = Wire.HEADER;

  /**
   * Reads the header at the buffer's start, whatever its position; {@link #SIZE} bytes are there.
   *
   * @param header a buffer
   * @param limits what is refused as too large
   * @return the header
   * @throws NvException when it is none, or one of a packet beyond the limits
   */
  public static NvHeader read(ByteBuffer header, NvLimits limits) throws NvException {
    check(header.get(0) == Wire.MAGIC, 0, "not the magic of a list");
    int flags = header.get(Wire.LIST_FLAGS) & 0xff;
    check((flags & ~Wire.FLAG_KNOWN) == 0, Wire.LIST_FLAGS, "unknown flags");
    boolean bigEndian = (flags & Wire.FLAG_BIG_ENDIAN) != 0;
    long descriptors = number(header, Wire.LIST_DESCRIPTORS, bigEndian);
    check(
        descriptors >= 0 && descriptors <= limits.maxDescriptors(),
        Wire.LIST_DESCRIPTORS,
        "more descriptors than the limit");
    long size = number(header, Wire.LIST_SIZE, bigEndian);
    check(
        size >= 0 && size <= limits.maxBytes() - SIZE,
        Wire.LIST_SIZE,
        "a packet longer than the limit");
    return new NvHeader(SIZE + (int) size, (int) descriptors);
  }

  private static long number(ByteBuffer header, int offset, boolean bigEndian) {
    long value = header.getLong(offset);
    return bigEndian ? value : Long.reverseBytes(value);
  }

  private static void check(boolean holds, int offset, String reason) throws NvException {
    if (!holds) throw new NvException(offset, reason);
  }
}
