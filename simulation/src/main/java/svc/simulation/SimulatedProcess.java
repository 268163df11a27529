package svc.simulation;

/** A process of the simulated world. */
final class SimulatedProcess {
  final int pid;
  final String service;
  final long started;
  int parent;
  int group;
  int session;
  boolean stubborn;
  boolean zombie;

  /** It is the one that was spawned for the service, or that its pid file names. */
  boolean instance;

  SimulatedProcess(int pid, String service, int parent, long started) {
    this.pid = pid;
    this.service = service;
    this.parent = parent;
    this.group = pid;
    this.session = pid;
    this.started = started;
  }

  @Override
  public String toString() {
    return pid + "(" + service + ")";
  }
}
