package svc.supervise.logic;

import java.util.List;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.service.Declaration;
import svc.service.ServiceState;
import svc.service.Status;
import svc.type.Procedure;
import svc.type.Task;

/**
 * All that is known of a service at one moment, so that another supervisor can go on where this one
 * was: after a swap, after a crash, by the same road. Times are in nanoseconds of CLOCK_MONOTONIC,
 * which goes on from one process to the next.
 *
 * @param procedure how it was started last, or null
 * @param number of the last start or stop command, see {@link svc.service.Mark}
 * @param spawning what the process with this number is for, while nobody knows whether there is
 *     one; else null
 * @param starter the start command, or 0
 * @param stopper the stop command, or 0
 * @param group the process group of what runs, or 0
 * @param killing it is being killed since it took too long
 * @param deadline of its state
 * @param restarts when it was restarted lately
 * @param unjudged an end whose meaning only the type knows, which is away; or null
 * @param failure why it is being killed, or empty
 * @param remark what went wrong in stopping it, or empty
 * @param lastRun when a process on demand was last started, in milliseconds since 1970, or 0
 * @param waitingSince when it began to wait for the next one, in the same unit, or 0
 * @param runs when it was lately started since somebody came
 * @param nextDemand when to hear of demand again, after a run that failed
 * @param readiness how it is known that it is ready, as it was when it was started
 * @param helper a check or the reload command, or 0
 * @param helperTask which of them, or null
 * @param moved the main process named another one in its place
 * @param step of a stop, the next signal
 * @param nextStep when it is due
 * @param reloadDue when a reload has taken too long
 * @param upAt when it came up last, or 0
 * @param streak its restarts since it was well for the last time
 * @param said what it says of itself
 */
public record Snapshot(
    Declaration declaration,
    Status status,
    Procedure procedure,
    long number,
    Task spawning,
    int starter,
    int stopper,
    int group,
    boolean killing,
    long deadline,
    List<Long> restarts,
    ExitStatus unjudged,
    String failure,
    String remark,
    long lastRun,
    long waitingSince,
    List<Long> runs,
    long nextDemand,
    Readiness readiness,
    int helper,
    Task helperTask,
    boolean moved,
    int step,
    long nextStep,
    long reloadDue,
    long upAt,
    int streak,
    String said) {

  public Snapshot {
    restarts = List.copyOf(restarts);
    runs = List.copyOf(runs);
  }

  /**
   * Of a service that was never started.
   *
   * @param since milliseconds since 1970
   */
  static Snapshot first(Declaration declaration, long since, long lastRun) {
    return new Snapshot(
        declaration,
        down(declaration, since),
        null,
        0,
        null,
        0,
        0,
        0,
        false,
        Kernel.NEVER,
        List.of(),
        null,
        "",
        "",
        lastRun,
        0,
        List.of(),
        Kernel.NEVER,
        Readiness.of(declaration),
        0,
        null,
        false,
        0,
        Kernel.NEVER,
        Kernel.NEVER,
        0,
        0,
        "");
  }

  private static Status down(Declaration declaration, long since) {
    return new Status(
        declaration.name(),
        declaration.type(),
        ServiceState.DOWN,
        false,
        0,
        since,
        0,
        null,
        "",
        false);
  }
}
