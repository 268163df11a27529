package svc.storm;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import svc.ipc.Message;
import svc.ipc.Method;

/** Asks a runtime on its socket, again and again, until it answers; never waits. */
final class Probe {

  private static final ByteBuffer QUESTION =
      ByteBuffer.wrap(Message.request(1, Method.STATUS).build().pack());

  private final Path socket;
  private final long since = System.nanoTime();
  private SocketChannel channel;

  Probe(Path socket) {
    this.socket = socket;
  }

  /**
   * @return nanoseconds until the answer, or -1 while there is none
   */
  long look() {
    try {
      if (channel == null) ask();
      int read = channel.read(ByteBuffer.allocate(1));
      if (read > 0) return answered();
      if (read < 0) close();
    } catch (IOException nobody) {
      close();
    }
    return -1;
  }

  private void ask() throws IOException {
    channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    channel.write(QUESTION.duplicate());
    channel.configureBlocking(false);
  }

  private long answered() {
    close();
    return System.nanoTime() - since;
  }

  void close() {
    try {
      if (channel != null) channel.close();
    } catch (IOException closedAlready) {
      // nothing is kept of it
    }
    channel = null;
  }
}
