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
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the C library puts on a socket, sent and received. */
class NvSocketTest {
  private static final NvList WITH_THREE =
      NvList.builder()
          .descriptor("a", 100)
          .list("c", NvList.builder().descriptors("b", 101, 102).build())
          .build();

  /** The bytes of one direction of a stream, and which of them carry descriptors. */
  private static final class Bytes {
    final ByteArrayOutputStream data = new ByteArrayOutputStream();
    final TreeMap<Integer, List<Integer>> carriers = new TreeMap<>();

    void carrier(int data, List<Integer> descriptors) {
      carriers.put(this.data.size(), descriptors);
      this.data.write(data);
    }
  }

  /**
   * A stream whose peer has sent what the script says and then closed its side, and which writes
   * down what is sent. As in the kernel, descriptors hang on one byte of the stream: a read that
   * could take this byte with the data before it loses them, and so fails the test.
   */
  private static final class ScriptedStream implements DescriptorStream {
    final Bytes script;
    final Bytes sent = new Bytes();
    final List<Integer> closed = new ArrayList<>();
    int step = Integer.MAX_VALUE;
    private int at;

    ScriptedStream() {
      this(new Bytes());
    }

    ScriptedStream(Bytes script) {
      this.script = script;
    }

    ScriptedStream bytes(byte[] bytes) {
      script.data.writeBytes(bytes);
      return this;
    }

    ScriptedStream batch(int... descriptors) {
      script.carrier(0, boxed(descriptors));
      return this;
    }

    @Override
    public int read(ByteBuffer target) {
      Integer carrier = script.carriers.ceilingKey(at);
      assertTrue(carrier == null || at + target.remaining() <= carrier, "a read loses descriptors");
      int count = Math.min(step, Math.min(unread(), target.remaining()));
      assertTrue(target.hasRemaining(), "room for nothing");
      target.put(script.data.toByteArray(), at, count);
      at += count;
      return count == 0 ? -1 : count;
    }

    @Override
    public void write(ByteBuffer source) {
      byte[] bytes = new byte[source.remaining()];
      source.get(bytes);
      sent.data.writeBytes(bytes);
    }

    @Override
    public void sendDescriptors(byte data, int[] descriptors, int from, int count) {
      sent.carrier(data, Arrays.stream(descriptors, from, from + count).boxed().toList());
    }

    @Override
    public int receiveDescriptors(int[] target, int from, int count) throws IOException {
      if (unread() == 0) {
        return -1;
      }
      List<Integer> batch = script.carriers.getOrDefault(at++, List.of());
      if (batch.size() > count) {
        throw new IOException("more descriptors than there is room for");
      }
      for (int i = 0; i < batch.size(); i++) {
        target[from + i] = batch.get(i);
      }
      return batch.size();
    }

    @Override
    public void close(int descriptor) throws IOException {
      closed.add(descriptor);
      if (descriptor == 101) {
        throw new IOException("close fails");
      }
    }

    int unread() {
      return script.data.size() - at;
    }
  }

  /** What a library was seen to put on a socket, and the size of the batches that it sends. */
  private record Transcript(String library, JsonNode json, int batch) {
    int packetSize() {
      return json.get("nvlist_size").asInt();
    }

    /** The stream, however the reader of the transcript cut it: a message's last byte carries. */
    Bytes bytes() {
      Bytes all = new Bytes();
      int next = 1000;
      for (JsonNode message : json.get("recvmsg")) {
        byte[] data = data(message);
        JsonNode rights = message.get("scm_rights");
        all.data.write(data, 0, data.length - rights.size());
        for (JsonNode right : rights) {
          int count = right.get("fds").asInt();
          List<Integer> batch = IntStream.range(next, next + count).boxed().toList();
          all.carrier(data[data.length - 1], batch);
          next += count;
        }
      }
      return all;
    }

    /** The bytes of a message. Long ones are cut: the rest is indexes that count on. */
    private static byte[] data(JsonNode message) {
      byte[] shown = HexFormat.of().parseHex(message.get("hex").asText());
      byte[] all = Arrays.copyOf(shown, message.get("bytes").asInt());
      if (shown.length < all.length) {
        int first = Wire.HEADER + "fds".length() + 1;
        ByteBuffer buffer = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; first + 8 * i < all.length; i++) {
          buffer.putLong(first + 8 * i, i);
        }
        assertArrayEquals(shown, Arrays.copyOf(all, shown.length));
      }
      return all;
    }

    @Override
    public String toString() {
      return library + " " + json.get("id").asText();
    }
  }

  static Stream<Transcript> sent() {
    return transcripts().filter(transcript -> transcript.json.get("send").asInt() == 0);
  }

  static Stream<Transcript> brokenOff() {
    return transcripts().filter(transcript -> transcript.json.get("send").asInt() != 0);
  }

  private static Stream<Transcript> transcripts() {
    return Stream.concat(
        transcripts("libnv_portable_1_0_1", 253), transcripts("kaniini_libnv", 169));
  }

  private static Stream<Transcript> transcripts(String library, int batch) {
    return Vectors.vectors("golden/descriptors.json", library)
        .map(vector -> new Transcript(library, vector.json(), batch));
  }

  @Test
  void thereAreTranscripts() {
    assertEquals(28, sent().count());
    assertEquals(2, brokenOff().count());
  }

  /** Receives what was seen on the wire, sends the list that came, and sees the same on it. */
  @ParameterizedTest
  @MethodSource("sent")
  void receivesWhatTheLibrarySentAndSendsTheSame(Transcript transcript) throws Exception {
    ScriptedStream stream = new ScriptedStream(transcript.bytes());
    NvSocket socket = new NvSocket(stream, NvLimits.DEFAULT, transcript.batch());
    NvList list = socket.receive();
    assertEquals(0, stream.unread());
    List<Integer> descriptors =
        stream.script.carriers.values().stream().flatMap(List::stream).toList();
    assertEquals(descriptors, boxed(list.descriptors()));
    socket.send(list);
    assertArrayEquals(stream.script.data.toByteArray(), stream.sent.data.toByteArray());
    assertEquals(stream.script.carriers, stream.sent.carriers);
    assertEquals(List.of(), stream.closed);
  }

  /** The portable library fails after the packet: more descriptors than Linux takes at once. */
  @ParameterizedTest
  @MethodSource("brokenOff")
  void sendsInBatchesWhatTheLibraryFailedToSend(Transcript transcript) throws Exception {
    ScriptedStream stream = new ScriptedStream(transcript.bytes());
    NvSocket socket = new NvSocket(stream);
    EOFException eof = assertThrows(EOFException.class, socket::receive);
    byte[] packet = stream.script.data.toByteArray();
    int announced = ByteBuffer.wrap(packet).order(ByteOrder.LITTLE_ENDIAN).getInt(3);
    assertTrue(eof.getMessage().endsWith("the descriptors: 0 of " + announced + " came"));
    assertEquals(List.of(), stream.closed);

    int[] descriptors = IntStream.range(1000, 1000 + announced).toArray();
    socket.send(NvList.unpack(ByteBuffer.wrap(packet), descriptors, NvLimits.DEFAULT));
    int size = transcript.packetSize();
    assertArrayEquals(Arrays.copyOf(packet, size + 2), stream.sent.data.toByteArray());
    assertEquals(List.of(size, size + 1), List.copyOf(stream.sent.carriers.keySet()));
    assertEquals(253, stream.sent.carriers.get(size).size());
    ScriptedStream back = new ScriptedStream(stream.sent);
    assertArrayEquals(descriptors, new NvSocket(back).receive().descriptors());
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
