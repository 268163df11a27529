package svc.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import svc.os.Address;

/** A socket of the simulated machine that listens, from bind(2) until nobody has it any more. */
final class SimulatedSocket {
  final String service;
  final Address address;
  private final int backlog;

  /** The processes that have it open. */
  final Set<SimulatedProcess> holders = new LinkedHashSet<>();

  /** Who came and was not accepted yet. */
  final Deque<Visitor> waiting = new ArrayDeque<>();

  /**
   * @param service for which it was opened
   */
  SimulatedSocket(String service, Address address, int backlog) {
    this.service = service;
    this.address = address;
    this.backlog = backlog;
  }

  boolean open() {
    return !holders.isEmpty();
  }

  boolean full() {
    return waiting.size() >= backlog;
  }

  /** For people. */
  static String where(Address address) {
    return address.path().isEmpty() ? address.transport() + ":" + address.port() : address.path();
  }

  @Override
  public String toString() {
    return where(address) + " of " + service;
  }
}
