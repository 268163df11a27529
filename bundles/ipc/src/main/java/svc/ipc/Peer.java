package svc.ipc;

import svc.nv.NvList;

/** The other end of a conversation. Any thread. */
public interface Peer {

  /**
   * Queues a message; messages arrive in the order they are sent.
   *
   * @return false when the peer is gone, or so slow that its queue was full: it is closed then
   */
  boolean send(NvList message);

  /** Ends the conversation. */
  void close();
}
