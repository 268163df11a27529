package svc.os;

import java.util.Optional;

/**
 * How much of something a process may have (setrlimit(2)).
 *
 * @param resource what is limited
 * @param soft what counts; the process may raise it up to the hard one
 * @param hard what it cannot get beyond
 */
public record Limit(Resource resource, long soft, long hard) {

  /** RLIM_INFINITY */
  public static final long UNLIMITED = -1;

  private static final int MOST_DIGITS = 15;

  /**
   * Reads {@code SOFT:HARD}, or one value for both. Each is a whole number, with {@code K}, {@code
   * M}, {@code G} or {@code T} for powers of 1,024, or {@code unlimited}.
   *
   * @param resource what is limited
   * @param text any text
   * @return nothing when it has another form, or the soft limit is above the hard one
   */
  public static Optional<Limit> parse(Resource resource, String text) {
    String[] parts = text.split(":", -1);
    if (parts.length > 2) return Optional.empty();
    Optional<Long> soft = value(parts[0].strip());
    Optional<Long> hard = value(parts[parts.length - 1].strip());
    if (soft.isEmpty() || hard.isEmpty()) return Optional.empty();
    if (Long.compareUnsigned(soft.get(), hard.get()) > 0) return Optional.empty();
    return Optional.of(new Limit(resource, soft.get(), hard.get()));
  }

  private static Optional<Long> value(String text) {
    if (text.equals("unlimited")) return Optional.of(UNLIMITED);
    if (!text.matches("[0-9]{1,12}[KMGT]?") || text.length() > MOST_DIGITS) return Optional.empty();
    int unit = "KMGT".indexOf(text.charAt(text.length() - 1)) + 1;
    String digits = unit == 0 ? text : text.substring(0, text.length() - 1);
    long number = Long.parseLong(digits);
    long factor = 1L << (10 * unit);
    return number > Long.MAX_VALUE / factor ? Optional.empty() : Optional.of(number * factor);
  }

  private static String text(long value) {
    return value == UNLIMITED ? "unlimited" : Long.toString(value);
  }

  /** {@return {@code nofile = 1024:4096}} */
  @Override
  public String toString() {
    return resource + " = " + text(soft) + ":" + text(hard);
  }
}
