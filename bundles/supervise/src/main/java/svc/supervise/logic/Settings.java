package svc.supervise.logic;

import svc.os.Signal;
import svc.service.Declaration;
import svc.service.Keys;
import svc.type.Verdict;

/**
 * What a declaration says about starting, stopping and restarting. Times in nanoseconds.
 *
 * @param limit how many restarts a period allows; 0 allows none
 */
public record Settings(
    Policy policy,
    long delay,
    int limit,
    long period,
    Signal stopSignal,
    long stopTimeout,
    long startTimeout) {

  /** When a service that ended by itself is started again. */
  public enum Policy {
    ALWAYS,
    ON_FAILURE,
    NEVER
  }

  public static Settings of(Declaration declaration) {
    return new Settings(
        policy(declaration.text(Keys.POLICY)),
        declaration.nanos(Keys.DELAY),
        declaration.number(Keys.LIMIT),
        declaration.nanos(Keys.PERIOD),
        declaration.signal(Keys.STOP_SIGNAL),
        declaration.nanos(Keys.STOP_TIMEOUT),
        declaration.nanos(Keys.START_TIMEOUT));
  }

  private static Policy policy(String text) {
    return switch (text) {
      case "always" -> Policy.ALWAYS;
      case "never" -> Policy.NEVER;
      default -> Policy.ON_FAILURE;
    };
  }

  boolean restartsAfter(Verdict verdict) {
    return switch (policy) {
      case ALWAYS -> true;
      case ON_FAILURE -> verdict == Verdict.FAILURE;
      case NEVER -> false;
    };
  }
}
