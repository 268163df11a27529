package svc.patience;

import java.util.concurrent.locks.LockSupport;

/** Between two looks at a condition. */
public final class Patience {

  private static final long BETWEEN_NANOS = 1_000_000;

  private Patience() {}

  /**
   * Whoever is waited for, and other tests beside, need the processor. When it is time is up to the
   * condition alone.
   */
  public static void lookAway() {
    LockSupport.parkNanos(BETWEEN_NANOS);
  }
}
