package svc.nv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import svc.nv.Vectors.Vector;

/** What the C library puts on a socket, sent and received. */
class NvSocketTest {
  private static final NvList WITH_THREE =
      NvList.builder()
          .descriptor("a", 100)
          .list("c", NvList.builder().descriptors("b", 101, 102).build())
          .build();

  /** A stream whose peer has sent what the script says, and which writes down what is sent. */
  private static final class ScriptedStream implements DescriptorStream {
    final ArrayDeque<ByteBuffer> data = new ArrayDeque<>();
    final ArrayDeque<int[]> batches = new ArrayDeque<>();
    final ByteArrayOutputStream written = new ByteArrayOutputStream();
    final List<List<Integer>> sent = new ArrayList<>();
    final List<Integer> closed = new ArrayList<>();
    int step = Integer.MAX_VALUE;

    ScriptedStream bytes(byte[] bytes) {
      data.add(ByteBuffer.wrap(bytes));
      return this;
    }

    ScriptedStream batch(int... descriptors) {
      batches.add(descriptors);
      return this;
    }

    @Override
    public int read(ByteBuffer target) {
      while (!data.isEmpty() && !data.peek().hasRemaining()) {
        data.remove();
      }
      if (data.isEmpty()) {
        return -1;
      }
      ByteBuffer source = data.peek();
      int count = Math.min(step, Math.min(source.remaining(), target.remaining()));
      assertTrue(count > 0, "room for nothing");
      target.put(source.slice(source.position(), count));
      source.position(source.position() + count);
      return count;
    }

    @Override
    public void write(ByteBuffer source) {
      byte[] bytes = new byte[source.remaining()];
      source.get(bytes);
      written.writeBytes(bytes);
    }

    @Override
    public void sendDescriptors(byte data, int[] descriptors, int from, int count) {
      assertEquals(0, data);
      sent.add(Arrays.stream(descriptors, from, from + count).boxed().toList());
    }

    @Override
    public int receiveDescriptors(int[] target, int from, int count) throws IOException {
      if (batches.isEmpty()) {
        return -1;
      }
      int[] batch = batches.remove();
      if (batch.length > count) {
        throw new IOException("more descriptors than there is room for");
      }
      System.arraycopy(batch, 0, target, from, batch.length);
      return batch.length;
    }

    @Override
    public void close(int descriptor) throws IOException {
      closed.add(descriptor);
      if (descriptor == 101) {
        throw new IOException("close fails");
      }
    }

    int unread() {
      return data.stream().mapToInt(ByteBuffer::remaining).sum();
    }
  }

  static Stream<Vector> portable() {
    return Vectors.vectors("golden/descriptors.json", "libnv_portable_1_0_1")
        .filter(NvSocketTest::isWholeAndSent);
  }

  static Stream<Vector> kaniini() {
    return Vectors.vectors("golden/descriptors.json", "kaniini_libnv")
        .filter(NvSocketTest::isWholeAndSent);
  }

  /** A greedy read merges what the protocol keeps apart; what failed in C is no example. */
  private static boolean isWholeAndSent(Vector vector) {
    return vector.json().get("send").asInt() == 0 && !vector.id().endsWith("greedy");
  }

  @ParameterizedTest
  @MethodSource("portable")
  void sendsAndReceivesAsThePortableLibraryDoes(Vector vector) throws Exception {
    replay(vector, DescriptorStream.MAX_DESCRIPTORS_PER_MESSAGE);
  }

  @ParameterizedTest
  @MethodSource("kaniini")
  void sendsAndReceivesAsKaniinisLibraryDoes(Vector vector) throws Exception {
    replay(vector, 169);
  }

  /**
   * Receives what was seen on the wire, sends the list that came, and sees the same on the wire.
   */
  private static void replay(Vector vector, int batch) throws Exception {
    ScriptedStream stream = script(vector);
    byte[] packet = bytes(stream.data);
    List<List<Integer>> batches =
        stream.batches.stream().map(b -> Arrays.stream(b).boxed().toList()).toList();
    NvSocket socket = new NvSocket(stream, NvLimits.DEFAULT, batch);
    NvList list = socket.receive();
    assertEquals(0, stream.unread());
    assertEquals(batches.stream().flatMap(List::stream).toList(), boxed(list.descriptors()));
    socket.send(list);
    assertArrayEquals(packet, stream.written.toByteArray());
    assertEquals(batches, stream.sent);
    assertEquals(List.of(), stream.closed);
  }

  private static ScriptedStream script(Vector vector) {
    ScriptedStream stream = new ScriptedStream();
    int next = 1000;
    int total = vector.json().get("nvlist_size").asInt();
    int seen = 0;
    for (JsonNode message : vector.json().get("recvmsg")) {
      if (seen < total) {
        stream.bytes(data(message));
        seen += message.get("bytes").asInt();
      } else {
        int count = message.get("scm_rights").get(0).get("fds").asInt();
        stream.batch(IntStream.range(next, next + count).toArray());
        next += count;
      }
    }
    return stream;
  }

  /** The bytes of a message. The vector cuts long ones: the rest is indexes that count on. */
  private static byte[] data(JsonNode message) {
    byte[] shown = HexFormat.of().parseHex(message.get("hex").asText());
    byte[] all = Arrays.copyOf(shown, message.get("bytes").asInt());
    if (shown.length < all.length) {
      int first = Wire.HEADER + 4;
      ByteBuffer buffer = ByteBuffer.wrap(all).order(java.nio.ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; first + 8 * i < all.length; i++) {
        buffer.putLong(first + 8 * i, i);
      }
      assertArrayEquals(shown, Arrays.copyOf(all, shown.length));
    }
    return all;
  }

  private static byte[] bytes(Iterable<ByteBuffer> buffers) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    buffers.forEach(buffer -> bytes.writeBytes(buffer.array()));
    return bytes.toByteArray();
  }

  private static List<Integer> boxed(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  @Test
  void neverReadsPastThePacketAndTakesOneByteAtATimeToo() throws Exception {
    NvList first = NvList.builder().string("s", "x".repeat(10_000)).build();
    ScriptedStream stream = new ScriptedStream().bytes(first.pack()).bytes(NvList.EMPTY.pack());
    stream.step = 1;
    NvSocket socket = new NvSocket(stream);
    assertEquals(first, socket.receive());
    assertEquals(19, stream.unread());
    assertEquals(NvList.EMPTY, socket.receive());
    assertThrows(EOFException.class, socket::receive);
  }

  @Test
  void saysHowFarItCameWhenThePeerClosesTheStream() {
    byte[] packet = WITH_THREE.pack();
    assertEquals("header: 0 of 19", eofAfter(packet, 0));
    assertEquals("header: 18 of 19", eofAfter(packet, 18));
    assertEquals("pairs: 20 of " + packet.length, eofAfter(packet, 20));
    assertEquals("descriptors: 0 of 3", eofAfter(packet, packet.length));
  }

  private static String eofAfter(byte[] packet, int length) {
    ScriptedStream stream = new ScriptedStream().bytes(Arrays.copyOf(packet, length));
    EOFException eof = assertThrows(EOFException.class, new NvSocket(stream)::receive);
    return eof.getMessage().replace("the peer closed the stream in the ", "").replace(" came", "");
  }

  @Test
  void refusesAnAnnouncedSizeBeforeAllocatingForIt() {
    byte[] header = NvList.EMPTY.pack();
    for (long size : new long[] {-1, Long.MAX_VALUE, -20, NvLimits.DEFAULT.maxBytes() - 18}) {
      ByteBuffer.wrap(header).putLong(11, Long.reverseBytes(size));
      ScriptedStream stream = new ScriptedStream().bytes(header);
      assertEquals(
          11, assertThrows(NvException.class, new NvSocket(stream)::receive).offset(), "" + size);
    }
  }

  @Test
  void refusesMoreDescriptorsThanTheLimitBeforeReceivingAny() {
    byte[] header = NvList.EMPTY.pack();
    ByteBuffer.wrap(header).putLong(3, Long.reverseBytes(1025));
    ScriptedStream stream = new ScriptedStream().bytes(header);
    assertEquals(3, assertThrows(NvException.class, new NvSocket(stream)::receive).offset());
  }

  @Test
  void takesBatchesOfAnySize() throws Exception {
    ScriptedStream stream = new ScriptedStream().bytes(WITH_THREE.pack()).batch(1).batch(2, 3);
    assertArrayEquals(new int[] {1, 2, 3}, new NvSocket(stream).receive().descriptors());
  }

  @Test
  void closesEachDescriptorOnceWhenThePacketIsBad() {
    byte[] packet = WITH_THREE.pack();
    packet[19] = 99;
    assertClosed(packet, new int[] {100, 101, 102}, NvException.class);
  }

  @Test
  void closesEachDescriptorOnceWhenTheFlagsAreOthers() {
    ScriptedStream stream = new ScriptedStream().bytes(WITH_THREE.pack()).batch(4, 5, 6);
    assertThrows(NvException.class, () -> new NvSocket(stream).receive(NvList.NO_UNIQUE));
    assertEquals(List.of(4, 5, 6), stream.closed);
  }

  @Test
  void closesEachDescriptorOnceWhenOneIsInNoPair() {
    byte[] packet = NvList.builder().number("n", 1).build().pack();
    packet[3] = 2;
    assertClosed(packet, new int[] {4, 5}, NvException.class);
  }

  @Test
  void closesEachDescriptorOnceWhenOneIsInTwoPairs() {
    byte[] packet = NvList.builder().descriptors("d", 1, 2).build().pack();
    packet[packet.length - 8] = 0;
    assertClosed(packet, new int[] {4, 5}, NvException.class);
  }

  private static void assertClosed(
      byte[] packet, int[] descriptors, Class<? extends Exception> expected) {
    ScriptedStream stream = new ScriptedStream().bytes(packet).batch(descriptors);
    assertThrows(expected, new NvSocket(stream)::receive);
    assertEquals(boxed(descriptors), stream.closed);
  }

  @Test
  void closesWhatHadComeWhenTheRestDoesNotCome() {
    byte[] packet = WITH_THREE.pack();
    ScriptedStream ended = new ScriptedStream().bytes(packet).batch(100, 101);
    EOFException eof = assertThrows(EOFException.class, new NvSocket(ended)::receive);
    assertEquals(List.of(100, 101), ended.closed);
    assertEquals("close fails", eof.getSuppressed()[0].getMessage());

    ScriptedStream empty = new ScriptedStream().bytes(packet).batch(100, 101).batch();
    assertThrows(NvException.class, new NvSocket(empty)::receive);
    assertEquals(List.of(100, 101), empty.closed);

    ScriptedStream failing = new ScriptedStream().bytes(packet).batch(100, 101).batch(102, 103);
    assertThrows(IOException.class, new NvSocket(failing)::receive);
    assertEquals(List.of(100, 101), failing.closed);
  }

  @Test
  void refusesABatchThatLinuxWouldNotTake() {
    DescriptorStream stream = new ScriptedStream();
    for (int batch : new int[] {0, 254}) {
      assertThrows(
          IllegalArgumentException.class, () -> new NvSocket(stream, NvLimits.DEFAULT, batch));
    }
  }
}
