package svc.supervise.logic;

import java.util.List;
import svc.service.Durations;

/** The restarts of a service: whether there may be one more, and how long it has to wait for it. */
final class Restarts {

  private final RestartHistory lately = new RestartHistory();

  /** Since somebody wanted it to be started. */
  private int count;

  /** Those since it was well for the last time. */
  private int streak;

  /** When it came up, so as to know for how long it was well; or 0. */
  private long upAt;

  Restarts(Snapshot last) {
    lately.addAll(last.restarts());
    count = last.status().restarts();
    streak = last.streak();
    upAt = last.upAt();
  }

  /** Somebody wants it to be started, whatever was before. */
  void forget() {
    lately.clear();
    count = 0;
    streak = 0;
  }

  void cameUp(long now) {
    upAt = now;
  }

  /**
   * Counts one that is wanted.
   *
   * @return false when there were too many lately
   */
  boolean mayBe(long now, Settings settings) {
    return lately.add(now, settings.limit(), settings.period());
  }

  /** Why there is none, for people. */
  String tooMany(Settings settings, String last) {
    if (settings.limit() == 0) return last;
    String period = Durations.format(settings.period());
    return "restarted " + settings.limit() + " times within " + period + "; last: " + last;
  }

  /** How long the next one has to wait, nanoseconds. */
  long delay(long now, Settings settings) {
    boolean well = upAt != 0 && now - upAt >= settings.healthy();
    if (well) streak = 0;
    return settings.delayAfter(streak++);
  }

  /** It is started again. */
  void begin() {
    count++;
  }

  int count() {
    return count;
  }

  List<Long> lately() {
    return lately.times();
  }

  int streak() {
    return streak;
  }

  long upAt() {
    return upAt;
  }
}
