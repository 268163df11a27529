package svc.simulation;

/**
 * How often the world says no, each as a chance out of 1,000.
 *
 * @param spawn a process cannot be made
 * @param lostStatus the exit status of a process went to somebody else
 * @param crash a daemon is one that does not last
 * @param stubborn a process takes no notice of a signal that can be ignored
 * @param escape a process leaves another behind, in a session of its own
 * @param badPidFile a daemon's pid file is late, stale, empty or names a stranger
 * @param kill somebody kills a process from outside, at every step
 */
record Faults(int spawn, int lostStatus, int crash, int stubborn, int escape, int badPidFile, int kill) {

  static final Faults NONE = new Faults(0, 0, 0, 0, 0, 0, 0);
  static final Faults MANY = new Faults(60, 30, 300, 100, 200, 200, 15);
}
