package svc.supervise.logic;

import java.util.ArrayList;
import java.util.List;
import svc.os.ExitStatus;
import svc.os.Signal;
import svc.service.Declaration;
import svc.service.Durations;
import svc.service.Keys;
import svc.type.Verdict;

/**
 * What a declaration says about starting, stopping and restarting. Times in nanoseconds.
 *
 * @param statuses the ends after which {@link Policy#ON_STATUS} starts it again
 * @param delay before the first restart
 * @param maxDelay what it grows to
 * @param healthy up for that long, the next restart is a first one again
 * @param limit how many restarts a period allows; 0 allows none
 * @param steps what follows the stop signal
 * @param watchdog how long it may be silent
 * @param reloadSignal or null
 */
public record Settings(
    Policy policy,
    List<ExitStatus> statuses,
    long delay,
    long maxDelay,
    long healthy,
    int limit,
    long period,
    Signal stopSignal,
    List<Step> steps,
    long stopTimeout,
    long startTimeout,
    long watchdog,
    Readiness readiness,
    Signal reloadSignal,
    List<String> reloadCommand,
    long reloadTimeout) {

  /** When a service that ended by itself is started again. */
  public enum Policy {
    ALWAYS,
    ON_FAILURE,
    ON_STATUS,
    NEVER
  }

  /**
   * A signal that follows another one.
   *
   * @param after the last one, nanoseconds
   */
  public record Step(Signal signal, long after) {}

  public static Settings of(Declaration declaration) {
    return new Settings(
        policy(declaration.text(Keys.POLICY)),
        statuses(declaration),
        declaration.nanos(Keys.DELAY),
        declaration.nanos(Keys.MAX_DELAY),
        declaration.nanos(Keys.HEALTHY),
        declaration.number(Keys.LIMIT),
        declaration.nanos(Keys.PERIOD),
        declaration.signal(Keys.STOP_SIGNAL),
        declaration.all(Keys.STOP_THEN).stream().map(Settings::step).toList(),
        declaration.nanos(Keys.STOP_TIMEOUT),
        declaration.nanos(Keys.START_TIMEOUT),
        declaration.nanos(Keys.WATCHDOG),
        Readiness.of(declaration),
        declaration.has(Keys.RELOAD_SIGNAL) ? declaration.signal(Keys.RELOAD_SIGNAL) : null,
        declaration.words(Keys.RELOAD_EXEC),
        declaration.nanos(Keys.RELOAD_TIMEOUT));
  }

  private static Policy policy(String text) {
    return switch (text) {
      case "always" -> Policy.ALWAYS;
      case "on-status" -> Policy.ON_STATUS;
      case "never" -> Policy.NEVER;
      default -> Policy.ON_FAILURE;
    };
  }

  private static List<ExitStatus> statuses(Declaration declaration) {
    List<ExitStatus> statuses = new ArrayList<>();
    for (String value : declaration.all(Keys.STATUSES)) {
      for (String each : value.split("[\\s,]+")) ExitStatus.parse(each).ifPresent(statuses::add);
    }
    return List.copyOf(statuses);
  }

  private static Step step(String text) {
    String[] words = text.split("\\s+");
    return new Step(
        Signal.parse(words[0]).orElseThrow(), Durations.parse(words[1]).orElse(Durations.FOREVER));
  }

  /**
   * @param status how its process ended, or null when it never ran
   */
  boolean restartsAfter(Verdict verdict, ExitStatus status) {
    return switch (policy) {
      case ALWAYS -> true;
      case ON_FAILURE -> verdict == Verdict.FAILURE;
      case ON_STATUS -> status != null && statuses.contains(status);
      case NEVER -> false;
    };
  }

  /**
   * How long to wait before a restart.
   *
   * @param earlier how many there were since it was well for the last time
   */
  long delayAfter(int earlier) {
    long delay = this.delay;
    for (int i = 0; i < earlier && delay < maxDelay; i++) delay = Math.min(2 * delay, maxDelay);
    return delay;
  }

  boolean reloads() {
    return reloadSignal != null || !reloadCommand.isEmpty();
  }
}
