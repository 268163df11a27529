package svc.ipc;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import svc.nv.NvException;
import svc.nv.NvLimits;
import svc.nv.NvList;

/**
 * A list as it is kept in a file: {@code record} NVLIST and {@code crc32c} NUMBER, the checksum of
 * that list's bytes (RFC 3720). A file that was torn, by a crash of the machine or a full disk, is
 * seen to be and not believed.
 */
public final class Sealed {

  /** More than a manager of ten thousand services writes down. */
  public static final int LIMIT = 16 << 20;

  private static final NvLimits LIMITS = new NvLimits(16, LIMIT, 1 << 20, 0);

  private Sealed() {}

  /**
   * A list with its checksum.
   *
   * @param record any list without descriptors
   * @return the file's content
   */
  public static byte[] seal(NvList record) {
    return NvList.builder()
        .list("record", record)
        .number("crc32c", checksum(record))
        .build()
        .pack();
  }

  /**
   * The list in a file's bytes, or null when they are not what was written.
   *
   * @param bytes all of the file's
   * @return the list, or null
   */
  public static NvList open(byte[] bytes) {
    try {
      NvList file = NvList.unpack(ByteBuffer.wrap(bytes), LIMITS);
      NvList record = file.list("record", NvList.EMPTY);
      return file.exists("record") && file.number("crc32c", -1) == checksum(record) ? record : null;
    } catch (NvException torn) {
      return null;
    }
  }

  private static long checksum(NvList record) {
    CRC32C checksum = new CRC32C();
    checksum.update(record.pack());
    return checksum.getValue();
  }
}
