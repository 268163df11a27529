package svc.socket;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import svc.ipc.Message;
import svc.nv.NvHeader;
import svc.nv.NvLimits;
import svc.nv.NvList;

/** The other side, by blocking calls and as few of them as it takes. */
record Client(SocketChannel channel) implements AutoCloseable {
  static Client to(Path path) throws IOException {
    return new Client(SocketChannel.open(UnixDomainSocketAddress.of(path)));
  }

  void write(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) channel.write(buffer);
  }

  Message read() throws Exception {
    ByteBuffer header = fill(ByteBuffer.allocate(NvHeader.SIZE));
    int size = NvHeader.read(header, NvLimits.DEFAULT).packetSize();
    ByteBuffer packet = ByteBuffer.allocate(size).put(header.flip());
    return Message.of(NvList.unpack(fill(packet).flip(), NvLimits.DEFAULT));
  }

  boolean ended() throws IOException {
    try {
      return channel.read(ByteBuffer.allocate(1)) < 0;
    } catch (IOException reset) {
      return true; // it had not read all that we wrote
    }
  }

  private ByteBuffer fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) if (channel.read(buffer) < 0) throw new EOFException();
    return buffer;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
