package svc.socket;

import svc.ipc.Responder;

/** A responder for the time that it is there. Any thread. */
final class Attendant {

  final Responder responder;
  private volatile boolean left;

  Attendant(Responder responder) {
    this.responder = responder;
  }

  /** It hears nothing from now on. */
  void leave() {
    left = true;
  }

  boolean hasLeft() {
    return left;
  }
}
