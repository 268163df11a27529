package svc.nv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NvListTest {
  private static final NvList CHILD = NvList.builder().number("x", 1).build();

  private static final NvList ALL =
      NvList.builder()
          .nul("null")
          .bool("bool", true)
          .number("number", -1)
          .string("string", "zażółć")
          .list("list", CHILD)
          .descriptor("descriptor", 7)
          .binary("binary", new byte[] {1, 0, 2})
          .bools("bools", true, false)
          .numbers("numbers", 1, 2)
          .strings("strings", List.of("a", "", "ż"))
          .lists("lists", List.of(CHILD, NvList.EMPTY))
          .descriptors("descriptors", 8, 9)
          .build();

  @Test
  void findsAValueByNameAndType() {
    assertEquals(-1, ALL.number("number", 5));
    assertTrue(ALL.bool("bool", false));
    assertEquals("zażółć", ALL.string("string", ""));
    assertEquals(CHILD, ALL.list("list", null));
    assertEquals(7, ALL.descriptor("descriptor", -1));
    assertArrayEquals(new byte[] {1, 0, 2}, ALL.binary("binary", null));
    assertArrayEquals(new boolean[] {true, false}, ALL.bools("bools"));
    assertArrayEquals(new long[] {1, 2}, ALL.numbers("numbers"));
    assertEquals(List.of("a", "", "ż"), ALL.strings("strings"));
    assertEquals(List.of(CHILD, NvList.EMPTY), ALL.lists("lists"));
    assertArrayEquals(new int[] {8, 9}, ALL.descriptors("descriptors"));
  }

  @Test
  void fallsBackWhenTheNameOrTheTypeIsAnother() {
    assertEquals(5, ALL.number("absent", 5));
    assertEquals(5, ALL.number("string", 5));
    assertEquals("f", ALL.string("number", "f"));
    assertNull(ALL.string("absent", null));
    assertEquals(NvList.EMPTY, ALL.list("absent", NvList.EMPTY));
    byte[] fallback = {1};
    assertEquals(fallback, ALL.binary("absent", fallback));
    assertEquals(List.of(), ALL.strings("list"));
    assertEquals(List.of(), ALL.lists("strings"));
    assertEquals(0, ALL.numbers("absent").length);
  }

  @Test
  void tellsWhatThereIs() {
    assertTrue(ALL.exists("null"));
    assertFalse(ALL.exists("nul"));
    assertEquals(NvType.STRING_ARRAY, ALL.typeOf("strings"));
    assertNull(ALL.typeOf("absent"));
    assertFalse(ALL.isEmpty());
    assertTrue(NvList.EMPTY.isEmpty());
    assertEquals(
        List.of(NvType.values()), // the pairs are in another order than the types
        ALL.pairs().stream().map(NvPair::type).sorted().toList());
    assertEquals("zażółć", ALL.pairs().get(3).value());
  }

  @Test
  void theFirstMatchOfNameAndTypeWins() {
    NvList list =
        NvList.builder(NvList.NO_UNIQUE)
            .number("k", 1)
            .string("k", "two")
            .number("k", 3)
            .string("k", "four")
            .build();
    assertEquals(1, list.number("k", 0));
    assertEquals("two", list.string("k", ""));
    assertEquals(NvType.NUMBER, list.typeOf("k"));
  }

  @Test
  void foldsLettersOfAsciiOnly() {
    NvList list = NvList.builder(NvList.IGNORE_CASE).number("Key", 1).number("Ż", 2).build();
    assertEquals(1, list.number("kEY", 0));
    assertEquals(2, list.number("Ż", 0));
    assertEquals(0, list.number("ż", 0));
    assertEquals(0, NvList.builder().number("Key", 1).build().number("key", 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> NvList.builder(NvList.IGNORE_CASE).nul("Key").nul("kEY"));
  }

  @Test
  void refusesWhatTheFormatCannotCarry() {
    NvList.Builder builder = NvList.builder().nul("taken");
    assertThrows(IllegalArgumentException.class, () -> builder.bool("taken", true));
    assertThrows(IllegalArgumentException.class, () -> builder.nul("n".repeat(2048)));
    assertThrows(IllegalArgumentException.class, () -> builder.nul("a\0b"));
    assertThrows(IllegalArgumentException.class, () -> builder.string("s", "a\0b"));
    assertThrows(IllegalArgumentException.class, () -> builder.binary("b", new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> builder.bools("b"));
    assertThrows(IllegalArgumentException.class, () -> builder.numbers("n"));
    assertThrows(IllegalArgumentException.class, () -> builder.strings("s", List.of()));
    assertThrows(IllegalArgumentException.class, () -> builder.lists("l", List.of()));
    assertThrows(IllegalArgumentException.class, () -> builder.descriptors("d"));
    assertThrows(IllegalArgumentException.class, () -> builder.descriptor("d", -1));
    assertThrows(IllegalArgumentException.class, () -> NvList.builder(4));
    assertEquals(NvList.builder().nul("taken").build(), builder.build());
  }

  @Test
  void isNotChangedThroughItsParts() {
    byte[] bytes = {1, 2};
    NvList.Builder builder = NvList.builder().binary("b", bytes);
    NvList list = builder.build();
    bytes[0] = 9;
    list.binary("b", null)[0] = 9;
    ((byte[]) list.pairs().get(0).value())[0] = 9;
    builder.nul("later");
    assertEquals(NvList.builder().binary("b", new byte[] {1, 2}).build(), list);
    assertThrows(UnsupportedOperationException.class, () -> list.pairs().clear());
  }

  @Test
  void findsEveryNameOfALargeList() {
    for (int flags : new int[] {0, NvList.IGNORE_CASE, NvList.NO_UNIQUE}) {
      NvList.Builder builder = NvList.builder(flags);
      IntStream.range(0, 1000).forEach(i -> builder.number("name" + i, i));
      NvList list = builder.build();
      assertTrue(
          IntStream.range(0, 1000).allMatch(i -> list.number("name" + i, -1) == i), "" + flags);
      assertEquals(flags == NvList.IGNORE_CASE, list.exists("NAME7"));
      assertFalse(list.exists("name1000"));
    }
  }

  @Test
  void findsALaterTypeOfANameInALargeList() {
    NvList.Builder builder = NvList.builder(NvList.NO_UNIQUE).nul("k");
    IntStream.range(0, 100).forEach(i -> builder.number("n" + i, i));
    assertEquals("late", builder.string("k", "late").build().string("k", ""));
  }

  @Test
  void refusesADuplicateInALargeList() {
    NvList.Builder builder = NvList.builder();
    IntStream.range(0, 100).forEach(i -> builder.number("n" + i, i));
    assertThrows(IllegalArgumentException.class, () -> builder.nul("n3"));
    assertThrows(IllegalArgumentException.class, () -> builder.nul("n99"));
  }

  @Test
  void isEqualWhenItsPacketAndDescriptorsAre() {
    assertNotEquals(CHILD, NvList.builder(NvList.NO_UNIQUE).number("x", 1).build());
    assertNotEquals(
        NvList.builder().descriptor("d", 1).build(), NvList.builder().descriptor("d", 2).build());
    NvList ab = NvList.builder().nul("a").nul("b").build();
    assertNotEquals(ab, NvList.builder().nul("b").nul("a").build());
    assertEquals(ab, NvList.builder().nul("a").nul("b").build());
  }

  @Test
  void survivesTheWayWithItsDescriptors() throws NvException {
    assertArrayEquals(new int[] {7, 8, 9}, ALL.descriptors());
    ByteBuffer packet = ByteBuffer.wrap(ALL.pack());
    NvList list = NvList.unpack(packet, new int[] {107, 108, 109}, NvLimits.DEFAULT);
    assertArrayEquals(new int[] {107, 108, 109}, list.descriptors());
    assertEquals(107, list.descriptor("descriptor", -1));
    assertArrayEquals(ALL.pack(), list.pack());
  }

  @Test
  void needsTheDescriptorsThatItsHeadersAnnounce() {
    ByteBuffer packet = ByteBuffer.wrap(ALL.pack());
    for (int[] few : List.of(new int[0], new int[2])) {
      assertThrows(NvException.class, () -> NvList.unpack(packet, few, NvLimits.DEFAULT));
    }
  }

  @Test
  void holdsToTheLimits() throws NvException {
    byte[] packet = ALL.pack();
    // the root's, the strings, the list's, the two elements and the first one's
    int pairs = 12 + 3 + 1 + 2 + 1;
    int[] descriptors = {1, 2, 3};
    NvLimits exact = new NvLimits(1, packet.length, pairs, 3);
    assertArrayEquals(packet, NvList.unpack(ByteBuffer.wrap(packet), descriptors, exact).pack());
    Stream.of(
            new NvLimits(0, packet.length, pairs, 3),
            new NvLimits(1, packet.length - 1, pairs, 3),
            new NvLimits(1, packet.length, pairs - 1, 3),
            new NvLimits(1, packet.length, pairs, 2))
        .forEach(
            limits ->
                assertThrows(
                    NvException.class,
                    () -> NvList.unpack(ByteBuffer.wrap(packet), descriptors, limits)));
  }

  @Test
  void packsAtThePositionOfABuffer() throws NvException {
    ByteBuffer target = ByteBuffer.allocate(100).position(10);
    CHILD.pack(target);
    assertEquals(10 + CHILD.packedSize(), target.position());
    assertThrows(java.nio.BufferOverflowException.class, () -> ALL.pack(target));
    target.flip().position(10);
    assertEquals(CHILD, NvList.unpack(target.slice(), NvLimits.DEFAULT));
    assertEquals(CHILD, NvList.unpack(target, NvLimits.DEFAULT));
  }
}
