package svc.supervise.logic;

import svc.service.ServiceState;

/** Where a service stands, why, and what is due there: that goes with the state. Loop thread. */
final class Standing {

  private final Deadlines deadlines = new Deadlines();
  private ServiceState state;
  private String reason;
  private long since;
  private boolean changed;

  Standing(Snapshot last) {
    since = last.status().since();
    state = last.status().state();
    reason = last.status().reason();
    deadlines.set(Deadlines.Due.STATE, last.deadline());
    deadlines.set(Deadlines.Due.STEP, last.nextStep());
    deadlines.set(Deadlines.Due.RELOAD, last.reloadDue());
    deadlines.set(Deadlines.Due.DEMAND, last.nextDemand());
  }

  void become(ServiceState next, String why) {
    state = next;
    reason = why;
    changed = true;
    deadlines.clear();
  }

  /** The state is the same, for another reason. */
  void explain(String why) {
    reason = why;
  }

  /** It has been in its state since then, when that is a new one. */
  void date(long wallClock) {
    if (changed) since = wallClock;
    changed = false;
  }

  boolean is(ServiceState state) {
    return this.state == state;
  }

  /** Whether it has come to an end: nothing of it is there. */
  boolean rests() {
    return is(ServiceState.DOWN) || is(ServiceState.FAILED);
  }

  ServiceState state() {
    return state;
  }

  String reason() {
    return reason;
  }

  /** Milliseconds since 1970. */
  long since() {
    return since;
  }

  Deadlines deadlines() {
    return deadlines;
  }
}
