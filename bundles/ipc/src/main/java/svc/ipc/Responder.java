package svc.ipc;

import svc.nv.NvList;

/**
 * Takes the messages of any number of peers. Registered as an OSGi service it is given a listening
 * socket: property {@link #SOCKET} says where. Called on any thread; one peer's messages come in
 * their order.
 *
 * <p>When one leaves, its socket and conversations wait for the next of the same path; of several
 * the newest serves. It is first given the requests that nobody answered yet, though a responder
 * before it may have begun with them: {@link Peer#id} and {@code ipc:id} tell. A request counts as
 * answered with the first reply; one for {@link Method#EVENTS} that is not refused lasts as long as
 * the conversation.
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

  /**
   * A peer has sent something. Any thread; one peer's messages come in their order, and one at a
   * time.
   *
   * @param peer whose conversation it is
   * @param message one that came from it
   */
  void received(Peer peer, NvList message);

  /**
   * The conversation has ended. Told once, to those that are there: not to one that has left, and
   * not of a {@link Peer} that was followed by another of the same id.
   *
   * @param peer whose conversation it is
   */
  void closed(Peer peer);
}
