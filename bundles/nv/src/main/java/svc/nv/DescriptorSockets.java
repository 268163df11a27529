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
    /**
     * The next peer ({@code accept(2)}); waits for one.
     *
     * @return the connection to it
     * @throws IOException when the listening socket is closed or fails
     */
    Connection accept() throws IOException;
  }

  /**
   * Connects to who listens.
   *
   * @param path of the socket
   * @return the connection
   * @throws IOException when nobody listens there
   */
  Connection connect(Path path) throws IOException;

  /**
   * Listens where there is nothing yet.
   *
   * @param path of the socket
   * @return what accepts
   * @throws IOException when there is a file already
   */
  Listener listen(Path path) throws IOException;
}
