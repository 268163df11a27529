package svc.nv;

import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are, there is a list or an {@link NvException}. The seed is fixed. */
class HostileBytesTest {
  private static final long SEED = 20171009;
  private static final int MUTANTS_PER_VECTOR = 200;
  private static final int[] NO_DESCRIPTORS = {};
  private static final int[] SOME = {3, 4, 5};

  private final Random random = new Random(SEED);
  private int accepted;
  private int refused;

  @Test
  void mutantsOfGoodPacketsGiveAListOrARefusal() throws NvException {
    List<byte[]> packets = packets();
    for (byte[] packet : packets) {
      for (int i = 0; i < MUTANTS_PER_VECTOR; i++) {
        judge(mutant(packet));
      }
    }
    assertTrue(accepted > 1000 && refused > 1000, accepted + " accepted, " + refused + " refused");
  }

  @Test
  void everyTruncationIsRefused() {
    for (byte[] packet : packets()) {
      for (int length = 0; length < Math.min(packet.length, 600); length++) {
        ByteBuffer part = ByteBuffer.wrap(packet, 0, length);
        assertThrows(NvException.class, () -> NvList.unpack(part, SOME, NvLimits.DEFAULT));
      }
    }
  }

  @Test
  void randomBytesBehindAGoodHeaderGiveAListOrARefusal() throws NvException {
    for (int i = 0; i < 20_000; i++) {
      byte[] packet = new byte[19 + random.nextInt(200)];
      random.nextBytes(packet);
      repair(packet);
      judge(packet);
    }
    assertTrue(refused > 1000);
  }

  private List<byte[]> packets() {
    List<byte[]> packets = new ArrayList<>();
    for (Vectors.Vector vector : Vectors.golden()) {
      NvList list = vector.list();
      if (list.packedSize() <= 20_000) {
        packets.add(list.pack());
        byte[] big = new byte[list.packedSize()];
        list.pack(ByteBuffer.wrap(big), ByteOrder.BIG_ENDIAN);
        packets.add(big);
      }
    }
    NvList child = NvList.builder().descriptors("b", 1, 2).build();
    packets.add(NvList.builder().descriptor("a", 0).list("c", child).build().pack());
    return packets;
  }

  private byte[] mutant(byte[] packet) {
    byte[] mutant = packet.clone();
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      int at = random.nextInt(mutant.length);
      switch (random.nextInt(4)) {
        case 0 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> mutant[at] = (byte) random.nextInt(256);
        case 2 -> mutant[at] = (byte) (random.nextBoolean() ? 0xff : 0);
        default -> mutant = java.util.Arrays.copyOf(mutant, Math.max(19, at));
      }
    }
    if (random.nextBoolean()) {
      repair(mutant);
    }
    return mutant;
  }

  /** Makes the root's header fit, so that what lies behind it is looked at. */
  private void repair(byte[] packet) {
    boolean big = packet[2] < 0;
    ByteBuffer header =
        ByteBuffer.wrap(packet).order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    header.put(0, (byte) 0x6c).put(2, (byte) (packet[2] & 0x83));
    header.putLong(3, random.nextInt(4)).putLong(11, packet.length - 19);
  }

  private void judge(byte[] packet) throws NvException {
    NvList list;
    try {
      list = NvList.unpack(ByteBuffer.wrap(packet), SOME, NvLimits.DEFAULT);
    } catch (NvException e) {
      refused++;
      assertTrue(e.offset() >= 0 && e.offset() <= packet.length, e.getMessage());
      assertReaderThrowsNothingElse(packet);
      return;
    }
    accepted++;
    readAll(packet);
    assertRepacksToItself(list);
  }

  private static void assertReaderThrowsNothingElse(byte[] packet) {
    try {
      readAll(packet);
    } catch (NvException expected) {
      assertTrue(expected.offset() >= 0);
    }
  }

  private static void readAll(byte[] packet) throws NvException {
    NvReader reader = new NvReader().wrap(ByteBuffer.wrap(packet), 0, packet.length, SOME.length);
    while (reader.next()) {
      while (reader.type() == NvType.STRING_ARRAY && reader.nextString()) {
        reader.element();
      }
    }
  }

  /** What was accepted may have been written oddly; packed once it is canonical, and stays so. */
  private static void assertRepacksToItself(NvList list) throws NvException {
    byte[] canonical = list.pack();
    assertEquals(list.packedSize(), canonical.length);
    int[] descriptors = list.descriptors();
    NvLimits roomy = new NvLimits(1000, 1 << 24, 1 << 20, 1 << 20);
    NvList again = NvList.unpack(ByteBuffer.wrap(canonical), descriptors, roomy);
    assertEquals(list, again);
    assertArrayEquals(canonical, again.pack());
  }

  @Test
  void takesOrRefusesAHundredThousandLevelsWithoutOverflowingTheStack() {
    int levels = 100_000;
    ByteBuffer buffer = ByteBuffer.allocate(levels * 70);
    NvWriter writer = new NvWriter().wrap(buffer, 0);
    for (int i = 0; i < levels; i++) {
      writer.beginList("l", 0);
    }
    for (int i = 0; i < levels; i++) {
      writer.endList();
    }
    buffer.limit(writer.end());
    assertThrows(NvException.class, () -> NvList.unpack(buffer.duplicate(), NvLimits.DEFAULT));
    NvLimits deep = new NvLimits(levels, 1 << 24, 1 << 20, 0);
    assertTimeout(
        ofSeconds(20),
        () -> {
          NvList list = NvList.unpack(buffer.duplicate(), deep);
          assertArrayEquals(bytes(buffer), list.pack());
          assertEquals(list, NvList.unpack(buffer.duplicate(), deep));
          NvReader reader = new NvReader(deep).wrap(buffer, 0, buffer.limit());
          assertTrue(reader.next() && !reader.next());
        });
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.limit()];
    buffer.get(0, bytes);
    return bytes;
  }

  @Test
  void takesAsManyPairsAsTheLimitInTimeThatIsNotQuadraticAndRefusesOneMore() {
    int most = NvLimits.DEFAULT.maxPairs();
    for (int flags : new int[] {0, NvList.IGNORE_CASE, NvList.NO_UNIQUE}) {
      byte[] packet = numbers(most, flags);
      assertTimeout(
          ofSeconds(10),
          () -> {
            NvList list = NvList.unpack(ByteBuffer.wrap(packet), NvLimits.DEFAULT);
            assertEquals(most, list.pairs().size());
            assertEquals(most - 1, list.number("n" + (most - 1), 0));
            readAll(packet);
          });
    }
    byte[] packet = numbers(most + 1, 0);
    assertEquals(
        "more pairs than the limit",
        assertThrows(NvException.class, () -> readAll(packet)).reason());
  }

  private static byte[] numbers(int count, int flags) {
    ByteBuffer buffer = ByteBuffer.allocate(NvLimits.DEFAULT.maxBytes());
    NvWriter writer = new NvWriter().wrap(buffer, 0, flags, ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      writer.number("n" + i, i);
    }
    return bytes(buffer.limit(writer.end()));
  }

  @Test
  void countsTheStringsOfAnArrayBecauseEachBecomesAnObject() throws NvException {
    List<String> strings = Collections.nCopies(100, "");
    byte[] packet = NvList.builder().strings("s", strings).strings("t", strings).build().pack();
    for (int most : new int[] {201, 202}) {
      NvLimits limits = new NvLimits(0, packet.length, most, 0);
      NvReader reader = new NvReader(limits).wrap(ByteBuffer.wrap(packet), 0, packet.length);
      assertTrue(reader.next());
      if (most == 202) {
        assertTrue(reader.next());
        assertEquals(packet.length, NvList.unpack(ByteBuffer.wrap(packet), limits).packedSize());
      } else {
        assertThrows(NvException.class, reader::next);
        assertThrows(NvException.class, () -> NvList.unpack(ByteBuffer.wrap(packet), limits));
      }
    }
  }

  @Test
  void takesNamesThatAllHaveTheSameHashInTimeThatIsNotQuadratic() {
    NvList.Builder builder = NvList.builder();
    for (int i = 0; i < 1 << 15; i++) {
      StringBuilder name = new StringBuilder();
      for (int bit = 0; bit < 15; bit++) {
        name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      builder.number(name, i);
    }
    byte[] packet = builder.build().pack();
    assertTimeout(
        ofSeconds(10),
        () -> {
          assertEquals(
              1 << 15, NvList.unpack(ByteBuffer.wrap(packet), NvLimits.DEFAULT).pairs().size());
          readAll(packet);
        });
  }

  @Test
  void doesNotAllocateForListsThatAreOnlyAnnounced() {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
    NvWriter writer = new NvWriter().wrap(buffer, 0);
    for (int i = 0; i < 200; i++) {
      writer.beginLists("a", 10_000 / (i + 1) + 1, 0);
    }
    // the lists that are announced are not there: the zeros behind are no header
    byte[] packet = bytes(buffer);
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    repair(packet);
    long before = allocated();
    assertThrows(NvException.class, () -> NvList.unpack(ByteBuffer.wrap(packet), NvLimits.DEFAULT));
    assertTrue(allocated() - before < 1 << 20);
  }

  private static long allocated() {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  @Test
  void theEmptyBufferIsRefused() {
    assertThrows(
        NvException.class,
        () -> NvList.unpack(ByteBuffer.allocate(0), NO_DESCRIPTORS, NvLimits.DEFAULT));
  }
}
