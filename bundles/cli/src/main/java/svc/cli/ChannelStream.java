package svc.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import svc.nv.DescriptorStream;

/** A blocking channel as {@link svc.nv.NvSocket} wants it. Clients exchange no descriptors. */
final class ChannelStream implements DescriptorStream {

  private final SocketChannel channel;
  private long bytesRead;

  ChannelStream(SocketChannel channel) {
    this.channel = channel;
  }

  /** How much ever came: tells an end between two lists from one within a list. */
  long bytesRead() {
    return bytesRead;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int count = channel.read(target);
    if (count > 0) bytesRead += count;
    return count;
  }

  @Override
  public void write(ByteBuffer source) throws IOException {
    while (source.hasRemaining()) channel.write(source);
  }

  @Override
  public void sendDescriptors(byte data, int[] descriptors, int from, int count)
      throws IOException {
    throw new IOException("descriptors are not sent over this connection");
  }

  @Override
  public int receiveDescriptors(int[] target, int from, int count) throws IOException {
    throw new IOException("descriptors came where none are expected");
  }

  @Override
  public void close(int descriptor) {
    throw new IllegalStateException("no descriptor was received here");
  }
}
