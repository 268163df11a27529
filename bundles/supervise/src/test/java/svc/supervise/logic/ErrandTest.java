package svc.supervise.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import svc.service.ServiceState;
import svc.service.Status;
import svc.supervise.logic.Errand.Kind;
import svc.supervise.logic.Errand.Outcome;

class ErrandTest {

  private static Status status(ServiceState state, boolean wantedUp, int pid) {
    return new Status("x", "daemon", state, wantedUp, pid, 0, 0, null, "", false);
  }

  @Test
  void aKillIsDoneWhenNothingRunsAndNothingIsToRun() {
    Errand kill = new Errand(Kind.KILL, 7);
    assertEquals(Outcome.PENDING, kill.outcome(status(ServiceState.UP, true, 7)));
    assertEquals(Outcome.PENDING, kill.outcome(status(ServiceState.STOPPING, false, 7)));
    assertEquals(Outcome.PENDING, kill.outcome(status(ServiceState.DOWN, true, 0)));
    assertEquals(Outcome.DONE, kill.outcome(status(ServiceState.DOWN, false, 0)));
  }

  @Test
  void aRestartIsDoneWhenAnotherProcessRuns() {
    Errand restart = new Errand(Kind.RESTART, 7);
    assertEquals(Outcome.PENDING, restart.outcome(status(ServiceState.UP, true, 7)));
    assertEquals(Outcome.PENDING, restart.outcome(status(ServiceState.STARTING, true, 8)));
    assertEquals(Outcome.PENDING, restart.outcome(status(ServiceState.BACKING_OFF, true, 0)));
    assertEquals(Outcome.DONE, restart.outcome(status(ServiceState.UP, true, 8)));
    assertEquals(Outcome.FAILED, restart.outcome(status(ServiceState.FAILED, true, 0)));
  }
}
