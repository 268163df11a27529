package svc.nv;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import svc.nv.Vectors.Vector;

/** Our bytes are the C library's bytes. */
class GoldenTest {
  static List<Vector> golden() {
    return Vectors.golden();
  }

  @Test
  void thereAreVectors() {
    assertEquals(67, golden().size());
  }

  @ParameterizedTest
  @MethodSource("golden")
  void packsToTheBytesOfTheCLibrary(Vector vector) {
    NvList list = vector.list();
    assertEquals(vector.json().get("size").asInt(), list.packedSize());
    byte[] packed = list.pack();
    if (vector.packed() != null) {
      assertArrayEquals(vector.packed(), packed);
      assertArrayEquals(Vectors.bytes("golden/" + vector.id() + ".bin"), packed);
    }
    assertEquals(vector.json().get("sha256").asText(), Vectors.sha256(packed));
  }

  @ParameterizedTest
  @MethodSource("golden")
  void packsToTheSameBytesIntoADirectBufferOfEitherOrder(Vector vector) {
    byte[] expected = vector.list().pack();
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      ByteBuffer target = ByteBuffer.allocateDirect(expected.length + 7).order(order).position(7);
      vector.list().pack(target);
      assertEquals(0, target.remaining());
      byte[] packed = new byte[expected.length];
      target.get(7, packed);
      assertArrayEquals(expected, packed);
    }
  }

  @ParameterizedTest
  @MethodSource("golden")
  void packsToTheBytesOfABigEndianMachine(Vector vector) {
    byte[] packed = packBigEndian(vector.list());
    if (vector.hex("be_packed") != null) {
      assertArrayEquals(vector.hex("be_packed"), packed);
    }
    assertEquals(vector.json().get("be_sha256").asText(), Vectors.sha256(packed));
  }

  @ParameterizedTest
  @MethodSource("golden")
  void unpacksToTheContentFromEitherOrder(Vector vector) throws NvException {
    NvList list = vector.list();
    int flags = vector.json().get("unpack_flags").asInt();
    for (byte[] packet : List.of(list.pack(), packBigEndian(list))) {
      ByteBuffer source = ByteBuffer.wrap(packet);
      NvList unpacked = NvList.unpack(source, flags, NvLimits.DEFAULT);
      assertEquals(0, source.remaining());
      assertEquals(list, unpacked);
      assertEquals(list.hashCode(), unpacked.hashCode());
      assertEquals(dump(list), dump(unpacked));
      assertArrayEquals(list.pack(), unpacked.pack());
    }
  }

  @ParameterizedTest
  @MethodSource("golden")
  void theReaderGoesThroughAllOfItWithoutEnteringAnyList(Vector vector) throws NvException {
    NvList list = vector.list();
    NvReader reader = new NvReader().wrap(ByteBuffer.wrap(list.pack()), 0, list.packedSize());
    for (NvPair pair : list.pairs()) {
      assertTrue(reader.next());
      assertEquals(pair.type(), reader.type());
      assertEquals(pair.nameText(), reader.name());
      assertTrue(reader.nameEquals(pair.nameText()));
      assertTrue(reader.nameEquals(pair.nameText().toString()) || notUtf8(pair.nameText()));
    }
    assertTrue(!reader.next() && !reader.next());
  }

  @ParameterizedTest
  @MethodSource("golden")
  void dumpsTheTextOfTheCLibrary(Vector vector) throws IOException {
    byte[] dump = dumpBytes(vector.list());
    if (vector.json().hasNonNull("fdump")) {
      assertEquals(vector.json().get("fdump").asText(), new String(dump, UTF_8));
    }
    if (vector.hex("fdump_hex") != null) {
      assertArrayEquals(vector.hex("fdump_hex"), dump);
    }
    assertEquals(vector.json().get("fdump_size").asInt(), dump.length);
    assertEquals(vector.json().get("fdump_sha256").asText(), Vectors.sha256(dump));
  }

  private static boolean notUtf8(NvText text) {
    return !NvText.of(text.toString()).equals(text);
  }

  private static byte[] packBigEndian(NvList list) {
    byte[] packet = new byte[list.packedSize()];
    list.pack(ByteBuffer.wrap(packet), ByteOrder.BIG_ENDIAN);
    return packet;
  }

  private static String dump(NvList list) {
    return list.toString();
  }

  private static byte[] dumpBytes(NvList list) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    NvDump.write(list, bytes);
    return bytes.toByteArray();
  }
}
