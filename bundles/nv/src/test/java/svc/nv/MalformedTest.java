package svc.nv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import svc.nv.Vectors.Vector;

/** What the C library refuses is refused, and where. */
class MalformedTest {
  static List<Vector> malformed() {
    return Vectors.malformed();
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void judgesAsTheCLibraryDoes(Vector vector) throws NvException {
    byte[] packet = vector.hex("hex");
    int flags = vector.json().get("flags").asInt();
    if (vector.json().get("verdict").asText().equals("reject")) {
      ByteBuffer source = ByteBuffer.wrap(packet);
      assertThrows(NvException.class, () -> NvList.unpack(source, flags, NvLimits.DEFAULT));
      assertEquals(0, source.position());
    } else {
      NvList unpacked = NvList.unpack(ByteBuffer.wrap(packet), flags, NvLimits.DEFAULT);
      assertEquals(Vectors.list(vector.json().get("unpacked")), unpacked);
    }
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void theReaderRefusesWhatTheListRefuses(Vector vector) throws NvException {
    byte[] packet = vector.hex("hex");
    boolean flagsOnly = vector.id().equals("flag-mismatch");
    if (vector.json().get("verdict").asText().equals("reject") && !flagsOnly) {
      assertThrows(NvException.class, () -> readAll(packet));
    } else {
      readAll(packet);
    }
  }

  private static void readAll(byte[] packet) throws NvException {
    NvReader reader = new NvReader().wrap(ByteBuffer.wrap(packet), 0, packet.length);
    while (reader.next()) {}
  }

  @Test
  void saysWhereAndWhy() {
    byte[] packet = NvList.builder().bool("b", true).build().pack();
    packet[40] = 2;
    NvException refused =
        assertThrows(
            NvException.class,
            () -> NvList.unpack(ByteBuffer.wrap(packet).slice(), NvLimits.DEFAULT));
    assertEquals(40, refused.offset());
    assertEquals("a bool that is neither 0 nor 1", refused.reason());
    assertEquals("offset 40: a bool that is neither 0 nor 1", refused.getMessage());
  }

  @Test
  void takesTheFlagsOfTheHeaderUnlessOthersAreExpected() throws NvException {
    byte[] packet = NvList.builder(NvList.NO_UNIQUE).nul("a").nul("a").build().pack();
    NvList any = NvList.unpack(ByteBuffer.wrap(packet), NvLimits.DEFAULT);
    assertEquals(NvList.NO_UNIQUE, any.flags());
    NvException refused =
        assertThrows(
            NvException.class,
            () -> NvList.unpack(ByteBuffer.wrap(packet), NvList.IGNORE_CASE, NvLimits.DEFAULT));
    assertEquals("offset 2: flags are 2, expected 1", refused.getMessage());
  }

  @Test
  void acceptsAListThatThePacketsEndClosesAndAMarkerOfTheOtherKind() throws NvException {
    NvList list =
        NvList.builder().list("c", NvList.builder().list("d", NvList.EMPTY).build()).build();
    byte[] packet = list.pack();
    packet[packet.length - 20] = (byte) 254;
    assertEquals(list, NvList.unpack(ByteBuffer.wrap(packet), NvLimits.DEFAULT));
  }

  @Test
  void refusesAnArrayThatEndsEarly() {
    NvList list = NvList.builder().lists("a", List.of(NvList.EMPTY, NvList.EMPTY)).build();
    byte[] packet = list.pack();
    int firstNext = 19 + 21 + 19;
    assertEquals((byte) 254, packet[firstNext]);
    packet[firstNext] = (byte) 255;
    assertThrows(NvException.class, () -> NvList.unpack(ByteBuffer.wrap(packet), NvLimits.DEFAULT));
  }

  @Test
  void keepsTheOrderOfBytesThatAnArraysElementSwitchedTo() throws NvException {
    byte[] little =
        NvList.builder().lists("a", List.of(NvList.EMPTY)).number("n", 1).build().pack();
    byte[] big = new byte[little.length];
    NvList.builder()
        .lists("a", List.of(NvList.EMPTY))
        .number("n", 1)
        .build()
        .pack(ByteBuffer.wrap(big), java.nio.ByteOrder.BIG_ENDIAN);
    byte[] mixed = little.clone();
    System.arraycopy(big, 40, mixed, 40, big.length - 40);
    NvList list = NvList.unpack(ByteBuffer.wrap(mixed), NvLimits.DEFAULT);
    assertEquals(1, list.number("n", 0));
    assertArrayEquals(little, list.pack());
  }
}
