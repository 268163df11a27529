package svc.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/** What waits for a peer to read it. Not for several threads at once. */
final class Outbound {

  private final Deque<ByteBuffer> packets = new ArrayDeque<>();
  private long bytes;

  /**
   * @return false when too much waits already
   */
  boolean add(ByteBuffer packet) {
    if (!packets.isEmpty() && bytes + packet.remaining() > Limits.QUEUED_BYTES) return false;
    packets.add(packet);
    bytes += packet.remaining();
    return true;
  }

  /** Writes as much as is taken. */
  void write(WritableByteChannel channel) throws IOException {
    while (!packets.isEmpty()) {
      bytes -= channel.write(packets.peek());
      if (packets.peek().hasRemaining()) return;
      packets.remove();
    }
  }

  /** All that waits. */
  byte[] rest() {
    ByteBuffer rest = ByteBuffer.allocate((int) bytes);
    for (ByteBuffer packet : packets) rest.put(packet.duplicate());
    return rest.array();
  }

  /** Bytes that wait. */
  long held() {
    return bytes;
  }

  void clear() {
    packets.clear();
    bytes = 0;
  }

  boolean isEmpty() {
    return packets.isEmpty();
  }
}
