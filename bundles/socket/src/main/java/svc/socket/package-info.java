/**
 * The messages of {@link svc.ipc} over Unix sockets (unix(7)): listens for every responder that
 * wants it, connects, and keeps strangers, slow readers and broken packets from doing harm.
 *
 * <p>{@link svc.socket.Sockets} is the component, {@link svc.socket.Listener} a socket that is
 * listened on, {@link svc.socket.Attendant} a responder that serves there, {@link
 * svc.socket.Conversation} one peer; {@link svc.socket.Inbound} and {@link svc.socket.Outbound} are
 * its two directions, {@link svc.socket.Unanswered} what it waits for. {@link svc.socket.Handover}
 * is what one component leaves to the next, {@link svc.socket.Seat} whose turn it is.
 */
package svc.socket;
