package svc.ipc;

import org.osgi.annotation.versioning.ProviderType;
import svc.nv.NvList;

/** The other end of a conversation. Any thread. */
@ProviderType
public interface Peer {

  /**
   * Names the conversation as long as it lasts, whichever bundle serves it: no two on one machine
   * ever have the same. A request that is given again, since whoever took it first left without an
   * answer, comes from a peer of the same id and has the same {@code ipc:id}.
   *
   * @return printable text
   */
  String id();

  /**
   * Queues a message; messages arrive in the order they are sent.
   *
   * @param message complete, with its envelope
   * @return false when the peer is gone, or so slow that its queue was full: it is closed then; and
   *     when the conversation goes on with another {@link Peer}, since someone else serves it now
   */
  boolean send(NvList message);

  /** Ends the conversation. */
  void close();
}
