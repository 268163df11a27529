package svc.ipc;

import svc.nv.NvList;

/**
 * Takes the messages of any number of peers. Registered as an OSGi service it is given a listening
 * socket: property {@link #SOCKET} says where. Called on any thread; one peer's messages come in
 * their order.
 */
public interface Responder {

  /**
   * Property: the path of the socket to listen on. Peers that are neither root nor our own user are
   * refused there.
   */
  String SOCKET = "svc.socket";

  /**
   * Property: which role this is, {@code manager} or {@code supervise}, for those in the same
   * process.
   */
  String ROLE = "svc.role";

  /** Property: which of several in that role, as {@code main}. */
  String NAME = "svc.name";

  void received(Peer peer, NvList message);

  /** Nothing more comes from this peer. Told once. */
  void closed(Peer peer);
}
