package svc.posix;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.newsclub.net.unix.AFUNIXServerSocket;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.FileDescriptorCast;
import org.osgi.service.component.annotations.Component;
import svc.nv.DescriptorSockets;

/**
 * Sockets over which descriptors travel, by junixsocket; but received by {@link RightsMessage},
 * since junixsocket has room for 60 descriptors in a message where Linux sends up to 253, and
 * closes with the socket what it received.
 */
@Component(name = "svc.posix.descriptors")
public final class JunixDescriptorSockets implements DescriptorSockets {

  @Override
  public Connection connect(Path path) throws IOException {
    return new Junix(AFUNIXSocket.connectTo(AFUNIXSocketAddress.of(path)));
  }

  @Override
  public Listener listen(Path path) throws IOException {
    AFUNIXServerSocket server = AFUNIXServerSocket.newInstance();
    server.setReuseAddress(false);
    server.bind(AFUNIXSocketAddress.of(path));
    return new Listener() {
      @Override
      public Connection accept() throws IOException {
        return new Junix(server.accept());
      }

      @Override
      public void close() throws IOException {
        server.close();
      }
    };
  }

  private static final class Junix implements Connection {
    private final AFUNIXSocket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] one = new byte[1];

    Junix(AFUNIXSocket socket) throws IOException {
      this.socket = socket;
      this.in = socket.getInputStream();
      this.out = socket.getOutputStream();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      byte[] bytes = new byte[target.remaining()];
      int got = in.read(bytes);
      if (got > 0) target.put(bytes, 0, got);
      return got;
    }

    @Override
    public void write(ByteBuffer source) throws IOException {
      byte[] bytes = new byte[source.remaining()];
      source.get(bytes);
      out.write(bytes);
    }

    @Override
    public void sendDescriptors(byte data, int[] descriptors, int from, int count)
        throws IOException {
      FileDescriptor[] files = new FileDescriptor[count];
      for (int i = 0; i < count; i++) {
        files[i] = FileDescriptorCast.unsafeUsing(descriptors[from + i]).getFileDescriptor();
      }
      socket.setOutboundFileDescriptors(files);
      one[0] = data;
      out.write(one);
    }

    @Override
    public int receiveDescriptors(int[] target, int from, int count) throws IOException {
      int number = FileDescriptorCast.using(socket.getFileDescriptor()).as(Integer.class);
      return RightsMessage.receive(number, target, from, count);
    }

    @Override
    public void close(int descriptor) {
      Libc.close(descriptor);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
