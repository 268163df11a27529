package svc.manager.logic;

/** When to say whom a shutdown waits for: soon, and then at growing intervals. */
public final class Patience {

  private static final long FIRST = 2_000_000_000L;
  private static final long LONGEST = 10_000_000_000L;
  private static final long NEVER = Long.MAX_VALUE;

  private long next = NEVER;
  private long pause = FIRST;

  /** It begins; any number of times. */
  public void begin(long now) {
    if (next == NEVER) next = now + FIRST;
  }

  /** It is over. */
  public void end() {
    next = NEVER;
  }

  /** When something is to be said. */
  public long deadline() {
    return next;
  }

  /** Whether to say it now. */
  public boolean isOver(long now) {
    if (now < next) return false;
    pause = Math.min(pause * 3 / 2, LONGEST);
    next = now + pause;
    return true;
  }
}
