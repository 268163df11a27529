package svc.nv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Writing and reading in place costs the garbage collector nothing. */
class AllocationTest {
  private static final int WARM = 2_000;
  private static final int MEASURED = 2_000;

  private static final NvText METHOD = NvText.of("ipc:method");
  private static final byte[] BYTES = {'b', 'y', 't', 'e', 's'};
  private static final long[] NUMBERS = {1, 2, 3};

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
  private final ByteBuffer slice = ByteBuffer.wrap(BYTES);
  private final NvWriter writer = new NvWriter();
  private final NvReader reader = new NvReader();
  private final byte[] copy = new byte[64];

  @Test
  void writingAndReadingAllocateNothing() throws NvException {
    long sum = 0;
    for (int i = 0; i < WARM; i++) {
      sum += roundTrip(i);
    }
    long before = allocated();
    for (int i = 0; i < MEASURED; i++) {
      sum += roundTrip(i);
    }
    long bytes = allocated() - before;
    assertTrue(sum > 0);
    assertEquals(0, bytes / MEASURED, bytes + " bytes in " + MEASURED + " round trips");
  }

  private long roundTrip(int i) throws NvException {
    writer.wrap(buffer, 0).number("ipc:id", i).string(METHOD, "status").bool("ipc:reply", true);
    writer.string("bytes", BYTES, 0, 5).string("slice", slice, 0, 5).numbers("numbers", NUMBERS);
    for (int service = 0; service < 4; service++) {
      writer.beginList(service == 0 ? "a" : service == 1 ? "b" : service == 2 ? "c" : "d", 0);
      writer.number("pid", i).string("state", "running").endList();
    }
    writer.beginLists("lists", 2, 0).nul("x").nextList(0).endLists();
    reader.wrap(buffer, 0, writer.end());
    return readAll();
  }

  private long readAll() throws NvException {
    long sum = 0;
    while (reader.next()) {
      switch (reader.type()) {
        case NUMBER -> sum += reader.nameEquals("ipc:id") ? reader.number() : 0;
        case STRING -> sum += string();
        case NUMBER_ARRAY -> sum += reader.number(2);
        case NVLIST -> sum += list();
        default -> sum++;
      }
    }
    return sum;
  }

  private long string() {
    reader.copyValue(copy, 0);
    return reader.nameEquals(METHOD) && reader.stringEquals("status") ? copy[0] : 1;
  }

  private long list() throws NvException {
    reader.enter();
    long pid = reader.next() && reader.nameEquals("pid") ? reader.number() : 0;
    reader.leave();
    return pid;
  }

  private static long allocated() {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
