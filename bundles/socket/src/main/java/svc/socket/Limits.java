package svc.socket;

import svc.nv.NvLimits;

/** What bounds memory and time here. Descriptors never travel in these messages. */
final class Limits {

  /** Of a message that a client sends: declarations and names of services. */
  static final NvLimits FROM_CLIENTS = new NvLimits(16, 1 << 20, 1 << 16, 0);

  /** Of a message that those we connected to send: the state of some ten thousand services. */
  static final NvLimits FROM_SERVERS = new NvLimits(16, 16 << 20, 1 << 20, 0);

  /** Conversations on one listening socket. */
  static final int CONVERSATIONS = 256;

  /** Who wait to be let in (listen(2)). */
  static final int BACKLOG = 128;

  /** Bytes that wait for a peer to read them; one message may always wait, whatever its size. */
  static final int QUEUED_BYTES = 4 << 20;

  /** What all peers of one socket make us hold together; beyond it whoever holds the most goes. */
  static final long HELD_BYTES = 16 << 20;

  /** What a request costs beside its bytes, while it waits for an answer. */
  static final int REQUEST_BYTES = 2 << 10;

  /** From a message's first byte to its last. */
  static final long MESSAGE_NANOS = 30_000_000_000L;

  /** How long what is queued may still take when its conversation ends. */
  static final long FLUSH_NANOS = 1_000_000_000L;

  /** How long nobody is let in after letting in failed. */
  static final long ACCEPT_PAUSE_NANOS = 1_000_000_000L;

  /** Requests of one peer that wait for an answer; those for events always do. */
  static final int UNANSWERED = 4096;

  /** All of them together, as they were received. */
  static final long UNANSWERED_BYTES = 4 << 20;

  /** How long a socket and its conversations wait for another responder when theirs has left. */
  static final long GRACE_NANOS = 30_000_000_000L;

  private Limits() {}
}
