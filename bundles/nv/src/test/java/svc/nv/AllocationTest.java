package svc.nv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writing and reading in place costs the garbage collector nothing: not one byte. */
class AllocationTest {
  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final int WARM = 2_000;
  private static final int MEASURED = 2_000;

  private static final NvText METHOD = NvText.of("ipc:method");
  private static final byte[] BYTES = {'b', 'y', 't', 'e', 's'};
  private static final long[] NUMBERS = {1, 2, 3};
  private static final boolean[] BOOLS = {true, false};
  private static final String[] STRINGS = {"a", "", "b"};

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
  private final ByteBuffer slice = ByteBuffer.wrap(BYTES);
  private final NvWriter writer = new NvWriter();
  private final NvReader reader = new NvReader();
  private final byte[] copy = new byte[64];

  private interface Work {
    long run(int i) throws NvException;
  }

  @Test
  void writingAllocatesNothing() throws NvException {
    assertEquals(0, allocatedBy(this::write));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, NvList.IGNORE_CASE, NvList.NO_UNIQUE})
  void readingAllocatesNothing(int flags) throws NvException {
    int length = write(7, flags);
    assertEquals(0, allocatedBy(i -> read(length)));
  }

  @Test
  void theWayThereAndBackAllocatesNothing() throws NvException {
    assertEquals(0, allocatedBy(i -> read(write(i))));
  }

  /** Bytes that this thread allocated in all measured runs together. */
  private static long allocatedBy(Work work) throws NvException {
    long sum = run(work, WARM) + allocated();
    long before = allocated();
    sum += run(work, MEASURED);
    long bytes = allocated() - before;
    assertNotEquals(0, sum);
    return bytes;
  }

  private static long run(Work work, int times) throws NvException {
    long sum = 0;
    for (int i = 0; i < times; i++) {
      sum += work.run(i);
    }
    return sum;
  }

  private int write(int i) {
    return write(i, 0);
  }

  /** A list of 16 pairs, some of them lists. */
  private int write(int i, int flags) {
    writer.wrap(buffer, 0, flags, ByteOrder.LITTLE_ENDIAN).nul("ipc:null");
    writer.number("ipc:id", i).string(METHOD, "status").bool("ipc:reply", true);
    writer.string("bytes", BYTES, 0, 5).string("slice", slice, 0, 5).numbers("numbers", NUMBERS);
    writer.binary("binary", BYTES, 1, 3).bools("bools", BOOLS).strings("strings", STRINGS);
    for (int service = 0; service < 4; service++) {
      writer.beginList(service == 0 ? "a" : service == 1 ? "b" : service == 2 ? "c" : "d", 0);
      writer.number("pid", i).string("state", "running").endList();
    }
    writer.beginLists("lists", 2, 0).nul("x").nextList(0).endLists();
    return writer.descriptors("fds", 2).end();
  }

  private long read(int length) throws NvException {
    reader.wrap(buffer, 0, length, 2);
    long sum = 0;
    int pairs = 0;
    for (; reader.next(); pairs++) {
      sum += value();
    }
    return pairs == 16 ? sum : 0;
  }

  private long value() throws NvException {
    return switch (reader.type()) {
      case NUMBER -> reader.nameEquals("ipc:id") ? reader.number() : 0;
      case STRING -> string();
      case BOOL -> reader.bool() ? 1 : 0;
      case BOOL_ARRAY -> reader.bool(0) ? 1 : 0;
      case NUMBER_ARRAY -> reader.number(2);
      case STRING_ARRAY -> strings();
      case NVLIST -> list();
      case DESCRIPTOR_ARRAY -> reader.descriptor(1);
      default -> 1;
    };
  }

  private long string() {
    reader.copyValue(copy, 0);
    return reader.nameEquals(METHOD) && reader.stringEquals("status") ? copy[0] : 1;
  }

  private long strings() {
    long sum = 0;
    while (reader.nextString()) {
      sum += reader.elementLength();
    }
    return sum;
  }

  private long list() throws NvException {
    reader.enter();
    long pid = reader.next() && reader.nameEquals("pid") ? reader.number() : 0;
    reader.leave();
    return pid;
  }

  private static long allocated() {
    return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
