package svc.supervise.logic;

import svc.service.ServiceState;
import svc.service.Status;

/**
 * What somebody waits for who asked for a program to be ended, or replaced.
 *
 * @param kind what was asked for
 * @param before its process at that moment, or 0
 */
public record Errand(Kind kind, int before) {

  public enum Kind {
    /** That nothing of it runs, and stays so. */
    KILL,
    /** That it runs as another process. */
    RESTART
  }

  public enum Outcome {
    PENDING,
    DONE,
    FAILED
  }

  /** What has become of it. */
  public Outcome outcome(Status status) {
    return switch (kind) {
      case KILL -> rests(status) ? Outcome.DONE : Outcome.PENDING;
      case RESTART -> restarted(status);
    };
  }

  private static boolean rests(Status status) {
    boolean rests = status.state() == ServiceState.DOWN || status.state() == ServiceState.FAILED;
    return rests && !status.wantedUp();
  }

  private Outcome restarted(Status status) {
    boolean other = status.pid() != 0 && status.pid() != before;
    if (status.state() == ServiceState.UP && other) return Outcome.DONE;
    return status.state() == ServiceState.FAILED ? Outcome.FAILED : Outcome.PENDING;
  }
}
