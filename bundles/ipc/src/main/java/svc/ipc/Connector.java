package svc.ipc;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/** Opens conversations over Unix sockets. An OSGi service. */
@ProviderType
public interface Connector {

  /**
   * Connects to a listening socket. Any thread; does not wait.
   *
   * @param path of the other's socket
   * @param responder hears what comes back
   * @return the other end, to whom can be sent at once
   * @throws IOException when nobody listens there
   */
  Peer connect(String path, Responder responder) throws IOException;
}
