package svc.supervise.logic;

import java.util.List;
import svc.service.Declaration;
import svc.service.Durations;
import svc.service.ServiceState;
import svc.supervise.logic.Deadlines.Due;
import svc.type.ServiceType;

/**
 * When a service on demand is to run its program: when its type says so, and when somebody comes to
 * one of its sockets. Loop thread.
 */
final class Demand {

  /**
   * A program that ends and leaves whoever came waiting would be started for ever; systemd has the
   * same limit (systemd.socket(5), TriggerLimitBurst).
   */
  static final int RUNS_MOST = 20;

  private static final long RUNS_PERIOD = 2_000_000_000L;

  /** The clock may be set while it is waited for. */
  private static final long CLOCK_PAUSE_MS = 60_000;

  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final Standing standing;
  private final Processes processes;
  private final RestartHistory answers = new RestartHistory();

  /**
   * When its program was started last, in milliseconds since 1970, or 0: as {@link
   * ServiceType#next} wants them.
   */
  private long lastRun;

  private long waitingSince;

  Demand(Snapshot last, Standing standing, Processes processes) {
    this.standing = standing;
    this.processes = processes;
    lastRun = last.lastRun();
    waitingSince = last.waitingSince();
    answers.addAll(last.runs());
  }

  /** It is started anew, and does not wait yet. */
  void begin() {
    waitingSince = 0;
  }

  /** Somebody wants it to be started, whatever was before. */
  void forget() {
    answers.clear();
  }

  /** Whether it is up, and a process of it is made when somebody asks for one. */
  boolean waits() {
    return standing.is(ServiceState.UP)
        && processes.launch().onDemand()
        && processes.main() == 0
        && processes.spawning() == null;
  }

  // The clock

  /**
   * Looks at the clock, and says when to look again.
   *
   * @param type null while it is away: then it is not time
   * @param wall milliseconds since 1970
   * @return whether it waits, and it is time
   */
  boolean isTime(ServiceType type, Declaration declaration, long now, long wall) {
    if (!waits()) return false;
    long pause = pause(type, declaration, wall);
    standing.deadlines().set(Due.CLOCK, Durations.after(now, pause));
    return pause == 0;
  }

  /** Nanoseconds; 0 when it is time, {@link Durations#FOREVER} when that never comes. */
  private long pause(ServiceType type, Declaration declaration, long wall) {
    // it begins to wait, or the clock was set back
    if (waitingSince == 0 || wall < waitingSince) waitingSince = wall;
    lastRun = Math.min(lastRun, wall);
    long due = type == null ? ServiceType.NEVER : type.next(declaration, lastRun, waitingSince);
    if (due == ServiceType.NEVER) return Durations.FOREVER;
    return due <= wall ? 0 : Math.min(due - wall, CLOCK_PAUSE_MS) * NANOS_PER_MILLI;
  }

  // The sockets

  /** Whether it waits, and not only for the time when it may run again. */
  boolean listens() {
    return waits() && !standing.deadlines().isSet(Due.DEMAND);
  }

  /**
   * Somebody came.
   *
   * @return false when that was so too often, whatever was run for them
   */
  boolean answers(long now) {
    return answers.add(now, RUNS_MOST, RUNS_PERIOD);
  }

  String tooOften() {
    return "started %d times within %s, and somebody still waits"
        .formatted(RUNS_MOST, Durations.format(RUNS_PERIOD));
  }

  /** It runs now. */
  void ran(long wall) {
    standing.deadlines().clear(Due.CLOCK);
    lastRun = wall;
    waitingSince = 0;
  }

  long lastRun() {
    return lastRun;
  }

  /** When somebody who came was answered, lately. */
  List<Long> answers() {
    return answers.times();
  }

  long waitingSince() {
    return waitingSince;
  }
}
