package svc.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.function.Consumer;
import svc.nv.NvException;
import svc.nv.NvHeader;
import svc.nv.NvLimits;
import svc.nv.NvList;

/**
 * Cuts what arrives into lists. Memory grows with what has come, not with what a header announces,
 * and shrinks again when a large message is through.
 */
final class Inbound {

  private static final int KEPT = 4096;

  private final NvLimits limits;
  private ByteBuffer bytes = ByteBuffer.allocate(KEPT);

  /** When the first byte of the message came that is not complete; of no meaning without one. */
  private long begun;

  Inbound(NvLimits limits) {
    this.limits = limits;
  }

  /** What was read of a packet that is not complete. */
  byte[] rest() {
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /** Whether a message has begun and is not complete. */
  boolean isPartial() {
    return bytes.position() > 0;
  }

  /** When it began, as System.nanoTime(). */
  long begun() {
    return begun;
  }

  /** Its time counts from now. */
  void beginAgain(long now) {
    begun = now;
  }

  /** Bytes of memory beyond what every peer costs. */
  long held() {
    return bytes.capacity() - KEPT;
  }

  /** Begins with what another read. */
  void begin(byte[] rest, long now) {
    begun = now;
    bytes = ByteBuffer.allocate(Math.max(KEPT, rest.length)).put(rest);
  }

  /**
   * Reads once and hands out every message that is complete.
   *
   * @param now as System.nanoTime()
   * @return false at the end of the stream
   * @throws NvException when what came is no list; the stream is out of step then
   */
  boolean read(ReadableByteChannel channel, long now, Consumer<NvList> messages)
      throws IOException, NvException {
    if (!isPartial()) begun = now;
    if (!bytes.hasRemaining()) grow();
    if (channel.read(bytes) < 0) return false;
    bytes.flip();
    while (complete()) {
      messages.accept(next());
      begun = now;
    }
    if (!bytes.hasRemaining() && bytes.capacity() > KEPT) bytes = ByteBuffer.allocate(KEPT);
    else bytes.compact();
    return true;
  }

  private boolean complete() throws NvException {
    return bytes.remaining() >= NvHeader.SIZE && bytes.remaining() >= header().packetSize();
  }

  private NvHeader header() throws NvException {
    return NvHeader.read(bytes.slice(), limits);
  }

  private NvList next() throws NvException {
    int size = header().packetSize();
    NvList list = NvList.unpack(bytes.slice(bytes.position(), size), limits);
    bytes.position(bytes.position() + size);
    return list;
  }

  /** A complete message would have been taken, so what is here is shorter than its packet. */
  private void grow() {
    bytes = ByteBuffer.allocate(2 * bytes.capacity()).put(bytes.flip());
  }
}
