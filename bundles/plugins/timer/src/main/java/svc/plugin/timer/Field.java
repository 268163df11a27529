package svc.plugin.timer;

import java.util.BitSet;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The values that one part of a calendar event may have.
 *
 * @param isEvery whether it was given as {@code *}
 */
record Field(BitSet values, boolean isEvery) {

  private static final Pattern PART =
      Pattern.compile("(?:\\*|([0-9]{1,4})(?:\\.\\.([0-9]{1,4}))?)(?:/([0-9]{1,4}))?");

  /**
   * The field, or nothing when the text has another form or goes beyond the limits.
   *
   * @param least and {@code most}: the limits
   */
  static Optional<Field> parse(String text, int least, int most) {
    BitSet values = new BitSet();
    for (String part : text.split(",", -1)) {
      Matcher matcher = PART.matcher(part);
      if (!matcher.matches() || !add(matcher, least, most, values)) return Optional.empty();
    }
    return Optional.of(new Field(values, text.equals("*")));
  }

  static Field only(int value) {
    BitSet values = new BitSet();
    values.set(value);
    return new Field(values, false);
  }

  /** {@code FROM/STEP} goes on to the end; {@code FROM} alone does not. */
  private static boolean add(Matcher part, int least, int most, BitSet values) {
    boolean star = part.group(1) == null;
    int step = part.group(3) == null ? 1 : Integer.parseInt(part.group(3));
    int from = star ? least : Integer.parseInt(part.group(1));
    int to = from;
    if (part.group(2) != null) to = Integer.parseInt(part.group(2));
    else if (star || part.group(3) != null) to = most;
    if (step == 0 || from < least || to > most || from > to) return false;
    for (int value = from; value <= to; value += step) values.set(value);
    return true;
  }

  boolean has(int value) {
    return values.get(value);
  }

  /** The smallest that is not smaller, or -1. */
  int from(int value) {
    return values.nextSetBit(value);
  }
}
