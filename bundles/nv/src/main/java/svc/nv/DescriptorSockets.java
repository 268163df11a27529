package svc.nv;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Opens stream sockets of the AF_UNIX family over which descriptors can travel. An OSGi service,
 * there where the platform has it. Any thread.
 */
public interface DescriptorSockets {

  /** One end of a conversation; closing it ends the conversation. */
  interface Connection extends DescriptorStream, Closeable {}

  /** A socket that waits for peers; closing it leaves its file. */
  interface Listener extends Closeable {
    /** The next peer ({@code accept(2)}); waits for one. */
    Connection accept() throws IOException;
  }

  /**
   * @throws IOException when nobody listens there
   */
  Connection connect(Path path) throws IOException;

  /**
   * @throws IOException when there is a file already
   */
  Listener listen(Path path) throws IOException;
}
