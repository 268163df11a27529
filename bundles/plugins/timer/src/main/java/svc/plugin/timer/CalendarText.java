package svc.plugin.timer;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@link CalendarEvent}s, whose comment has their form. */
final class CalendarText {

  private static final Map<String, String> SHORT =
      Map.of(
          "minutely", "*-*-* *:*:00",
          "hourly", "*-*-* *:00:00",
          "daily", "*-*-* 00:00:00",
          "weekly", "Mon *-*-* 00:00:00",
          "monthly", "*-*-01 00:00:00",
          "quarterly", "*-01,04,07,10-01 00:00:00",
          "semiannually", "*-01,07-01 00:00:00",
          "yearly", "*-01-01 00:00:00",
          "annually", "*-01-01 00:00:00");

  private static final int FIRST_YEAR = 1970;

  private static final Pattern DATE =
      Pattern.compile("(?:([0-9*.,/]+)-)?([0-9*.,/]+)([-~])([0-9*.,/]+)");
  private static final Pattern TIME =
      Pattern.compile("([0-9*.,/]+):([0-9*.,/]+)(?::([0-9*.,/]+))?");

  private Set<DayOfWeek> weekdays = EnumSet.allOf(DayOfWeek.class);
  private Field years = all(FIRST_YEAR, CalendarEvent.LAST_YEAR);
  private Field months = all(1, 12);
  private Field days = all(1, 31);
  private boolean fromLast;
  private Field hours = Field.only(0);
  private Field minutes = Field.only(0);
  private Field seconds = Field.only(0);
  private ZoneId zone;

  private CalendarText() {}

  private static Field all(int least, int most) {
    return Field.parse("*", least, most).orElseThrow();
  }

  static Optional<CalendarEvent> parse(String text) {
    String full = text;
    for (Map.Entry<String, String> word : SHORT.entrySet()) {
      if (text.equalsIgnoreCase(word.getKey())) full = word.getValue();
      else if (startsWithWord(text, word.getKey()))
        full = word.getValue() + text.substring(word.getKey().length());
    }
    CalendarText reader = new CalendarText();
    return reader.read(new ArrayDeque<>(List.of(full.strip().split("\\s+"))))
        ? Optional.of(reader.event())
        : Optional.empty();
  }

  /** A short form may have a zone behind it. */
  private static boolean startsWithWord(String text, String word) {
    return text.regionMatches(true, 0, word + " ", 0, word.length() + 1);
  }

  private CalendarEvent event() {
    return new CalendarEvent(
        weekdays, years, months, days, fromLast, hours, minutes, seconds, zone);
  }

  /** Each part in its place, and at least one of the first three. */
  private boolean read(Deque<String> words) {
    int given = words.size();
    if (readWeekdays(words.peek())) words.remove();
    if (!words.isEmpty() && readDate(words.peek())) words.remove();
    if (!words.isEmpty() && readTime(words.peek())) words.remove();
    if (words.size() == given) return false;
    if (!words.isEmpty() && readZone(words.peek())) words.remove();
    return words.isEmpty();
  }

  private boolean readWeekdays(String text) {
    Set<DayOfWeek> found = EnumSet.noneOf(DayOfWeek.class);
    for (String part : text.split(",", -1)) {
      String[] ends = part.split("\\.\\.", -1);
      DayOfWeek from = weekday(ends[0]);
      DayOfWeek to = weekday(ends[ends.length - 1]);
      if (ends.length > 2 || from == null || to == null) return false;
      for (DayOfWeek day = from; day != to; day = day.plus(1)) found.add(day);
      found.add(to);
    }
    weekdays = found;
    return true;
  }

  /** By its English name or the first three letters of it. */
  private static DayOfWeek weekday(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    for (DayOfWeek day : DayOfWeek.values()) {
      if (upper.equals(day.name()) || upper.equals(day.name().substring(0, 3))) return day;
    }
    return null;
  }

  private boolean readDate(String text) {
    Matcher matcher = DATE.matcher(text);
    if (!matcher.matches()) return false;
    String year = matcher.group(1) == null ? "*" : matcher.group(1);
    Optional<Field> y = Field.parse(year, FIRST_YEAR, CalendarEvent.LAST_YEAR);
    Optional<Field> m = Field.parse(matcher.group(2), 1, 12);
    Optional<Field> d = Field.parse(matcher.group(4), 1, 31);
    if (y.isEmpty() || m.isEmpty() || d.isEmpty()) return false;
    years = y.get();
    months = m.get();
    days = d.get();
    fromLast = matcher.group(3).equals("~");
    return true;
  }

  private boolean readTime(String text) {
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) return false;
    String second = matcher.group(3) == null ? "0" : matcher.group(3);
    Optional<Field> h = Field.parse(matcher.group(1), 0, 23);
    Optional<Field> m = Field.parse(matcher.group(2), 0, 59);
    Optional<Field> s = Field.parse(second, 0, 59);
    if (h.isEmpty() || m.isEmpty() || s.isEmpty()) return false;
    hours = h.get();
    minutes = m.get();
    seconds = s.get();
    return true;
  }

  private boolean readZone(String text) {
    try {
      zone = ZoneId.of(text);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }
}
