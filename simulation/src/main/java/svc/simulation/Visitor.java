package svc.simulation;

/** Somebody who connects to a service. */
final class Visitor {

  /** What has become of him. */
  enum State {
    WAITING,
    SERVED,
    /** Nobody listens there, or too many wait. */
    REFUSED,
    /** The socket at which he waited was closed. */
    DROPPED
  }

  final String service;
  State state = State.WAITING;

  Visitor(String service) {
    this.service = service;
  }

  @Override
  public String toString() {
    return "a visitor of " + service;
  }
}
