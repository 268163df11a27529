package svc.supervise.logic;

import java.util.Arrays;
import svc.os.Kernel;

/**
 * What of one service is due when, in nanoseconds of CLOCK_MONOTONIC; {@link Kernel#NEVER} for what
 * is not. What is due belongs to the state in which it was set: whoever leaves a state {@linkplain
 * #clear clears} all of it. Loop thread.
 */
final class Deadlines {

  /** Of several that are over the first one here is taken. */
  enum Due {
    /** Its state has lasted for as long as it may. */
    STATE,
    /** To look for its pid file again. */
    LOOK,
    /** To ask again whether it is ready. */
    CHECK,
    /** The next signal of its stop. */
    STEP,
    /** It has been silent for too long. */
    WATCHDOG,
    /** Its reload has taken too long. */
    RELOAD,
    /** To hear of demand again, after a run that failed. */
    DEMAND,
    /** To look at the clock, whether it is time to run. */
    CLOCK
  }

  private static final Due[] ALL = Due.values();

  private final long[] times = new long[ALL.length];

  Deadlines() {
    clear();
  }

  void clear() {
    Arrays.fill(times, Kernel.NEVER);
  }

  void clear(Due due) {
    set(due, Kernel.NEVER);
  }

  void set(Due due, long time) {
    times[due.ordinal()] = time;
  }

  /** It may take until then, if it may not take longer; what is not due stays so. */
  void extend(Due due, long time) {
    if (isSet(due)) set(due, Math.max(get(due), time));
  }

  long get(Due due) {
    return times[due.ordinal()];
  }

  boolean isSet(Due due) {
    return get(due) != Kernel.NEVER;
  }

  /** The earliest of all. */
  long earliest() {
    long earliest = Kernel.NEVER;
    for (long time : times) earliest = Math.min(earliest, time);
    return earliest;
  }

  /**
   * The first that is over; it is not due any more.
   *
   * @return null when none is
   */
  Due take(long now) {
    for (Due due : ALL) {
      if (now < get(due)) continue;
      clear(due);
      return due;
    }
    return null;
  }
}
