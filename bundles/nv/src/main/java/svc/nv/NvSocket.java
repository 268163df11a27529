package svc.nv;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Sends and receives lists over a stream, as {@code nvlist_send(3)} and {@code nvlist_recv(3)} do:
 *
 * <pre>
 *   +--------------+------------------+     +---+     +---+
 *   | root header  | pairs            |     | 0 |     | 0 |  ...
 *   | 19 bytes     | size bytes       |     +---+     +---+
 *   +--------------+------------------+     each with a batch of descriptors
 * </pre>
 *
 * <p>A batch that is sent has 253 descriptors at the most, as many as Linux takes, unless told
 * otherwise: libnv-portable sends and expects all in one, and FreeBSD's own 85 never meets a Linux
 * socket. When receiving, batches of any size are taken, until all that the header announced have
 * come.
 *
 * <p>One thread may send while another receives. After an exception the stream is out of step, and
 * of no further use.
 */
public final class NvSocket {
  private static final byte DUMMY = 0;

  /** Memory for a packet that is kept from one to the next; more is allocated as bytes arrive. */
  private static final int KEPT = 4096;

  private final DescriptorStream stream;
  private final NvLimits limits;
  private final int batch;
  private final ByteBuffer received = ByteBuffer.allocate(KEPT);

  /**
   * Sends and receives within the default limits.
   *
   * @param stream stays the caller's, who closes it
   */
  public NvSocket(DescriptorStream stream) {
    this(stream, NvLimits.DEFAULT, DescriptorStream.MAX_DESCRIPTORS_PER_MESSAGE);
  }

  /**
   * Sends and receives lists over a stream.
   *
   * @param stream stays the caller's, who closes it
   * @param limits for what is received
   * @param batch the most descriptors to send with one byte: 1 to 253; kaniini's libnv expects 169
   */
  public NvSocket(DescriptorStream stream, NvLimits limits, int batch) {
    if (batch < 1 || batch > DescriptorStream.MAX_DESCRIPTORS_PER_MESSAGE) {
      throw new IllegalArgumentException(
          "batches of " + batch + " descriptors; 1 to 253 can be sent");
    }
    this.stream = stream;
    this.limits = limits;
    this.batch = batch;
  }

  /**
   * Sends the list and its descriptors, which stay open here.
   *
   * @param list whose descriptors stay open here
   * @throws IOException when the stream fails or ends in the middle
   */
  public void send(NvList list) throws IOException {
    stream.write(ByteBuffer.wrap(list.pack()));
    int[] descriptors = list.descriptors();
    for (int from = 0; from < descriptors.length; from += batch) {
      int count = Math.min(batch, descriptors.length - from);
      stream.sendDescriptors(DUMMY, descriptors, from, count);
    }
  }

  /**
   * As {@link #receive(int)}, with whatever flags the list has.
   *
   * @return the list
   * @throws IOException when the stream fails; an EOFException when the peer has closed its side
   * @throws NvException when the packet is not well-formed or over a limit
   */
  public NvList receive() throws IOException, NvException {
    return receive(NvList.ANY_FLAGS);
  }

  /**
   * Receives one list. Its descriptors belong to the caller, who closes them; when this throws, all
   * that had been received are closed.
   *
   * @param expectedFlags the flags that the list must have, or {@link NvList#ANY_FLAGS}
   * @return the list
   * @throws EOFException when the peer has closed its side, be it between lists or within one
   * @throws NvException when what came is no list, or one beyond the limits, or when its
   *     descriptors are not each in it exactly once
   */
  public NvList receive(int expectedFlags) throws IOException, NvException {
    received.clear().limit(NvHeader.SIZE);
    fill(received, "the header");
    NvHeader header = NvHeader.read(received, limits);
    ByteBuffer packet = body(header.packetSize());
    Received descriptors = new Received(header.descriptors());
    try {
      descriptors.receive();
      NvList list = NvList.unpack(packet.flip(), descriptors.array, expectedFlags, limits);
      descriptors.checkOwners(list);
      return list;
    } catch (IOException | NvException | RuntimeException | Error e) {
      descriptors.close(e);
      throw e;
    }
  }

  /** Reads what follows the header. Memory grows with what has come, not with what is announced. */
  private ByteBuffer body(int size) throws IOException {
    ByteBuffer packet = received;
    packet.limit(Math.min(size, packet.capacity()));
    fill(packet, "the pairs");
    while (packet.position() < size) {
      int capacity = (int) Math.min(size, 2L * packet.capacity());
      packet = ByteBuffer.allocate(capacity).put(packet.flip());
      fill(packet, "the pairs");
    }
    return packet;
  }

  private void fill(ByteBuffer target, String what) throws IOException {
    while (target.hasRemaining()) {
      if (stream.read(target) < 0) {
        throw endOfStream(what, target.position(), target.limit());
      }
    }
  }

  private static EOFException endOfStream(String what, int came, int expected) {
    return new EOFException(
        "the peer closed the stream in %s: %d of %d came".formatted(what, came, expected));
  }

  /**
   * The descriptors that come beside a packet. Until the list is returned, they are ours to close.
   */
  private final class Received {
    final int[] array;
    private int came;

    Received(int announced) {
      array = new int[announced];
    }

    void receive() throws IOException, NvException {
      while (came < array.length) {
        int room = Math.min(array.length - came, DescriptorStream.MAX_DESCRIPTORS_PER_MESSAGE);
        int count = stream.receiveDescriptors(array, came, room);
        if (count < 0) {
          throw endOfStream("the descriptors", came, array.length);
        }
        came += count;
        if (count == 0) {
          throw new NvException(
              Wire.LIST_DESCRIPTORS,
              "%d descriptors announced, %d came".formatted(array.length, came));
        }
      }
    }

    /** One without a pair would stay open for ever, one in two pairs would be closed twice. */
    void checkOwners(NvList list) throws NvException {
      int[] owned = list.descriptors();
      int[] all = array.clone();
      Arrays.sort(owned);
      Arrays.sort(all);
      if (!Arrays.equals(owned, all)) {
        throw new NvException(
            Wire.LIST_DESCRIPTORS, "a descriptor that came is not in exactly one pair");
      }
    }

    void close(Throwable cause) {
      for (int i = 0; i < came; i++) {
        try {
          stream.close(array[i]);
        } catch (IOException | RuntimeException e) {
          cause.addSuppressed(e);
        }
      }
    }
  }
}
