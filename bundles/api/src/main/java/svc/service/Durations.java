package svc.service;

import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: a whole number and its unit. */
public final class Durations {

  /** For {@code none}: a time that never comes. */
  public static final long FOREVER = Long.MAX_VALUE;

  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(us|ms|s|m|h|d)");
  private static final Map<String, TimeUnit> UNITS =
      Map.of(
          "us", TimeUnit.MICROSECONDS,
          "ms", TimeUnit.MILLISECONDS,
          "s", TimeUnit.SECONDS,
          "m", TimeUnit.MINUTES,
          "h", TimeUnit.HOURS,
          "d", TimeUnit.DAYS);

  private Durations() {}

  /**
   * Reads a duration.
   *
   * @param text as {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h}, {@code 1d} or {@code none}
   * @return nanoseconds, {@link #FOREVER}, or nothing when it is no duration
   */
  public static OptionalLong parse(String text) {
    if (text.equals("none")) return OptionalLong.of(FOREVER);
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) return OptionalLong.empty();
    return OptionalLong.of(UNITS.get(matcher.group(2)).toNanos(Long.parseLong(matcher.group(1))));
  }

  /**
   * Writes a duration for people.
   *
   * @param nanos nanoseconds, from 0
   * @return the two largest units that say it, as {@code 350ms}, {@code 12s} or {@code 3h 5m}
   */
  public static String format(long nanos) {
    long millis = nanos / 1_000_000;
    if (millis < 1_000) return millis + "ms";
    long seconds = millis / 1_000;
    if (seconds < 60) return seconds + "s";
    if (seconds < 3_600) return seconds / 60 + "m " + seconds % 60 + "s";
    if (seconds < 86_400) return seconds / 3_600 + "h " + seconds / 60 % 60 + "m";
    return seconds / 86_400 + "d " + seconds / 3_600 % 24 + "h";
  }

  /**
   * Adds without running over; {@link #FOREVER} stays out of reach.
   *
   * @param now nanoseconds of any clock
   * @param nanos how far from it, nanoseconds from 0
   * @return that point in time of the same clock
   */
  public static long after(long now, long nanos) {
    long then = now + nanos;
    return then < now ? FOREVER : then;
  }
}
