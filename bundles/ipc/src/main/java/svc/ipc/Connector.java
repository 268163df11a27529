package svc.ipc;

import java.io.IOException;

/** Opens conversations over Unix sockets. An OSGi service. */
public interface Connector {

  /**
   * Connects to a listening socket. Any thread; does not wait.
   *
   * @param responder hears what comes back
   * @throws IOException when nobody listens there
   */
  Peer connect(String path, Responder responder) throws IOException;
}
