package svc.nv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@link NvWriter} and {@link NvReader}, beside what {@link NvList} makes of the same. */
class FlyweightTest {
  private final ByteBuffer buffer = ByteBuffer.allocate(4096);
  private final NvWriter writer = new NvWriter();
  private final NvReader reader = new NvReader();

  @Test
  void writesWhatAListPacks() {
    byte[] bytes = {5, 6, 7};
    ByteBuffer slice = ByteBuffer.wrap("xhellox".getBytes());
    writer.wrap(buffer, 3).nul("null").bool("bool", true).number("number", 42);
    writer.string("string", "żółw").string("bytes", "hello".getBytes(), 1, 3);
    writer.string("slice", slice, 1, 5).binary("binary", bytes, 1, 2).binary("part", slice, 0, 2);
    writer.bools("bools", new boolean[] {true, false}).numbers("numbers", new long[] {1, 2});
    writer.strings("strings", new String[] {"a", "", "ż"}).descriptor("fd").descriptors("fds", 2);
    writer.beginList("list", NvList.NO_UNIQUE).nul("a").nul("a").endList();
    writer.beginList("empty", 0).endList();
    writer.beginLists("lists", 2, 0).descriptor("in").nextList(1).nul("z").endLists().nul("end");
    int length = writer.end();

    NvList child = NvList.builder(NvList.NO_UNIQUE).nul("a").nul("a").build();
    NvList expected =
        NvList.builder()
            .nul("null")
            .bool("bool", true)
            .number("number", 42)
            .string("string", "żółw")
            .string("bytes", "ell")
            .string("slice", "hello")
            .binary("binary", new byte[] {6, 7})
            .binary("part", "xh".getBytes())
            .bools("bools", true, false)
            .numbers("numbers", 1, 2)
            .strings("strings", List.of("a", "", "ż"))
            .descriptor("fd", 10)
            .descriptors("fds", 11, 12)
            .list("list", child)
            .list("empty", NvList.EMPTY)
            .lists(
                "lists",
                List.of(
                    NvList.builder().descriptor("in", 13).build(),
                    NvList.builder(1).nul("z").build()))
            .nul("end")
            .build();
    byte[] written = new byte[length];
    buffer.get(3, written);
    assertArrayEquals(expected.pack(), written);
    assertEquals(4, writer.descriptorCount());
  }

  @Test
  void readsWhatWasWritten() throws NvException {
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      writer.wrap(buffer, 0, NvList.IGNORE_CASE, order).number("Number", -2).bool("b", true);
      writer.string("s", "text").numbers("ns", new long[] {7, 8});
      writer.bools("bs", new boolean[] {false, true}).strings("ss", new String[] {"", "x", ""});
      reader.wrap(buffer, 0, writer.descriptor("fd").descriptors("fds", 2).end(), 3);
      assertEquals(NvList.IGNORE_CASE, reader.flags());
      assertTrue(reader.next() && reader.nameEquals("nUMBER"));
      assertEquals(-2, reader.number());
      assertThrows(IllegalStateException.class, reader::bool);
      assertTrue(reader.next() && reader.bool());
      assertTrue(reader.next() && reader.stringEquals("text"));
      assertFalse(reader.stringEquals("tex") || reader.stringEquals("textt"));
      assertEquals("text", reader.string().toString());
      assertEquals(4, reader.valueLength());
      assertEquals('t', buffer.get(reader.valueOffset()));
      assertTrue(reader.next() && reader.count() == 2 && reader.number(1) == 8);
      assertThrows(IndexOutOfBoundsException.class, () -> reader.number(2));
      assertTrue(reader.next() && reader.bool(1) && !reader.bool(0));
      assertTrue(reader.next());
      assertEquals(List.of("", "x", ""), strings());
      assertTrue(reader.next() && reader.descriptor() == 0);
      assertTrue(reader.next() && reader.descriptor(1) == 2);
      assertFalse(reader.next());
    }
  }

  private List<String> strings() {
    List<String> strings = new ArrayList<>();
    while (reader.nextString()) {
      strings.add(reader.element().toString());
    }
    return strings;
  }

  @Test
  void entersAndLeavesListsAndPassesOverThoseItDoesNotEnter() throws NvException {
    writer.wrap(buffer, 0).beginLists("a", 3, 0).number("x", 1).beginList("in", 0).nul("deep");
    writer.endList().number("y", 2).nextList(0).nextList(0).number("x", 3).endLists();
    writer.beginList("l", 0).number("x", 4).beginLists("b", 1, 0).endLists().endList();
    reader.wrap(buffer, 0, writer.number("end", 5).end());

    assertTrue(reader.next() && reader.count() == 3);
    reader.enter();
    assertTrue(reader.next() && reader.number() == 1);
    assertTrue(reader.next() && reader.type() == NvType.NVLIST);
    assertTrue(reader.next() && reader.number() == 2);
    assertFalse(reader.next());
    assertTrue(reader.nextList());
    assertFalse(reader.next());
    assertTrue(reader.nextList() && reader.next() && reader.number() == 3);
    assertFalse(reader.nextList());
    reader.leave();
    assertTrue(reader.next() && reader.nameEquals("l"));
    reader.enter();
    assertEquals(1, reader.depth());
    reader.leave();
    assertTrue(reader.next() && reader.number() == 5);
    assertFalse(reader.next());
    assertThrows(IllegalStateException.class, reader::leave);
  }

  @Test
  void leavesAnArrayFromTheMiddleOfItsFirstList() throws NvException {
    writer.wrap(buffer, 0).beginLists("a", 2, 0).number("x", 1).beginList("in", 0).endList();
    reader.wrap(buffer, 0, writer.nextList(0).nul("z").endLists().nul("end").end());
    assertTrue(reader.next());
    reader.enter();
    assertTrue(reader.next() && reader.next());
    reader.leave();
    assertTrue(reader.next() && reader.nameEquals("end"));
  }

  @Test
  void goesToTheNextListFromWithinAnUnreadOne() throws NvException {
    writer.wrap(buffer, 0).beginLists("a", 2, 0).number("x", 1).beginList("in", 0).endList();
    reader.wrap(buffer, 0, writer.nextList(0).nul("z").endLists().nul("end").end());
    assertTrue(reader.next());
    reader.enter();
    assertTrue(reader.nextList() && reader.next() && reader.nameEquals("z"));
  }

  @Test
  void findsDuplicateNamesOfLargeAndSmallListsInTheirOwnListOnly() throws NvException {
    ByteBuffer large = ByteBuffer.allocate(100_000);
    writer.wrap(large, 0).beginList("n0", 0).nul("n0").endList();
    for (int i = 1; i < 1000; i++) {
      writer.number("n" + i, i);
    }
    readAll(large, writer.end());
    writer.wrap(large, 0).beginList("n0", 0).nul("n0").endList();
    for (int i = 1; i < 1000; i++) {
      writer.number("n" + i, i);
    }
    assertDuplicate(large, writer.nul("n1").end());
    readAll(large, writer.wrap(large, 0).nul("Key").nul("kEY").end());
    writer.wrap(large, 0, NvList.IGNORE_CASE, ByteOrder.LITTLE_ENDIAN);
    assertDuplicate(large, writer.nul("Key").nul("kEY").end());
    writer.wrap(large, 0).beginLists("l", 1, 0).nul("a").nul("a").endLists();
    assertDuplicate(large, writer.end());
  }

  private void assertDuplicate(ByteBuffer packet, int length) {
    NvException refused = assertThrows(NvException.class, () -> readAll(packet, length));
    assertEquals("duplicate name", refused.reason());
  }

  @Test
  void isCompleteOnlyOnce() {
    int length = writer.wrap(buffer, 0).beginList("l", 0).nul("a").endList().end();
    byte[] packet = Arrays.copyOf(buffer.array(), length);
    assertEquals(length, writer.end());
    assertArrayEquals(packet, Arrays.copyOf(buffer.array(), length));
    assertThrows(BufferOverflowException.class, () -> writer.nul("late"));
  }

  private void readAll(ByteBuffer packet, int length) throws NvException {
    reader.wrap(packet, 0, length);
    while (reader.next()) {}
  }

  @Test
  void refusesToWriteBeyondTheBuffersLimit() {
    int length =
        writer
            .wrap(buffer, 0)
            .string("name", "value")
            .beginLists("l", 2, 0)
            .nextList(0)
            .endLists()
            .end();
    for (int limit = 0; limit < length; limit++) {
      ByteBuffer small = ByteBuffer.allocate(length).limit(limit);
      assertThrows(
          BufferOverflowException.class,
          () ->
              writer
                  .wrap(small, 0)
                  .string("name", "value")
                  .beginLists("l", 2, 0)
                  .nextList(0)
                  .endLists());
    }
  }

  @Test
  void refusesCallsOutOfOrder() {
    writer.wrap(buffer, 0);
    assertThrows(IllegalStateException.class, writer::endList);
    assertThrows(IllegalStateException.class, writer::endLists);
    assertThrows(IllegalStateException.class, () -> writer.nextList(0));
    writer.beginLists("a", 2, 0);
    assertThrows(IllegalStateException.class, writer::endList);
    assertThrows(IllegalStateException.class, writer::endLists);
    assertThrows(IllegalStateException.class, writer::end);
    assertThrows(IllegalStateException.class, () -> writer.nextList(0).nextList(0));
  }

  @Test
  void refusesToWriteWhatTheFormatCannotCarry() {
    writer.wrap(buffer, 0);
    assertThrows(IllegalArgumentException.class, () -> writer.nul("a\0"));
    assertThrows(IllegalArgumentException.class, () -> writer.nul("n".repeat(2048 - 1) + "x"));
    assertThrows(IllegalArgumentException.class, () -> writer.string("s", "\0"));
    assertThrows(IllegalArgumentException.class, () -> writer.string("s", new byte[2], 0, 2));
    assertThrows(
        IllegalArgumentException.class, () -> writer.string("s", ByteBuffer.allocate(1), 0, 1));
    assertThrows(IllegalArgumentException.class, () -> writer.binary("b", new byte[2], 0, 0));
    assertThrows(IllegalArgumentException.class, () -> writer.beginLists("l", 0, 0));
    assertThrows(IllegalArgumentException.class, () -> writer.beginList("l", 4));
  }
}
