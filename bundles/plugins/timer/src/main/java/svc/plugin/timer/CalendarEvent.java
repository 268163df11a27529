package svc.plugin.timer;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;
import java.util.Set;
import svc.type.ServiceType;

/**
 * A calendar event as systemd.time(7) writes it: {@code [WEEKDAYS] [YEAR-]MONTH-DAY
 * HOUR:MINUTE[:SECOND] [ZONE]}. Date or time may be left out, for every day and for midnight.
 * {@code MONTH~DAY} counts the days from the month's last, which is 1. Every part is {@code *}, a
 * number, {@code FROM..TO}, {@code FROM/STEP}, or several of these with commas between.
 *
 * <p>When clocks are set forward, what falls into the hour that is left out happens at its end.
 * When they are set back, what names an hour happens in the first of the two, and what happens
 * every hour goes on.
 *
 * @param fromLast whether days are counted from the month's last
 * @param zone the one that it names, or null for the machine's
 */
record CalendarEvent(
    Set<DayOfWeek> weekdays,
    Field years,
    Field months,
    Field days,
    boolean fromLast,
    Field hours,
    Field minutes,
    Field seconds,
    ZoneId zone) {

  /** As in systemd.time(7); so a search has an end. */
  static final int LAST_YEAR = 2199;

  private static final long MILLIS = 1_000;

  /** The event, or nothing when the text has another form. */
  static Optional<CalendarEvent> parse(String text) {
    return CalendarText.parse(text);
  }

  /**
   * The first time after another one, in milliseconds since 1970.
   *
   * @param zoneOfMachine where the event names none
   * @return {@link ServiceType#NEVER} when there is none before the year 2200
   */
  long next(long after, ZoneId zoneOfMachine) {
    ZoneRules rules = (zone == null ? zoneOfMachine : zone).getRules();
    Instant from = Instant.ofEpochSecond(Math.floorDiv(after, MILLIS) + 1);
    while (true) {
      ZoneOffsetTransition change = rules.nextTransition(from);
      LocalDateTime found = firstMatch(begin(from, rules));
      if (found == null) return ServiceType.NEVER;
      if (change == null || found.isBefore(change.getDateTimeBefore()))
        return found.toInstant(rules.getOffset(from)).toEpochMilli();
      if (change.isGap() && found.isBefore(change.getDateTimeAfter()))
        return change.getInstant().toEpochMilli();
      from = later(change.getInstant(), found.minusDays(2).toInstant(change.getOffsetAfter()));
    }
  }

  /** Between two changes of the clock there is nothing to be found before a match. */
  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /** The local time to search from: after the hour that comes twice, unless every hour is meant. */
  private LocalDateTime begin(Instant from, ZoneRules rules) {
    LocalDateTime local = LocalDateTime.ofInstant(from, rules.getOffset(from));
    if (hours.isEvery()) return local;
    ZoneOffsetTransition last = rules.previousTransition(from.plusNanos(1));
    boolean again = last != null && last.isOverlap() && local.isBefore(last.getDateTimeBefore());
    return again ? last.getDateTimeBefore() : local;
  }

  private LocalDateTime firstMatch(LocalDateTime from) {
    LocalDate date = from.toLocalDate();
    LocalTime earliest = from.toLocalTime();
    while (date.getYear() <= LAST_YEAR) {
      LocalTime time = matches(date) ? firstMatch(earliest) : null;
      if (time != null) return date.atTime(time);
      date = step(date);
      earliest = LocalTime.MIN;
    }
    return null;
  }

  private LocalDate step(LocalDate date) {
    if (!years.has(date.getYear())) return LocalDate.of(date.getYear() + 1, 1, 1);
    if (!months.has(date.getMonthValue())) return date.withDayOfMonth(1).plusMonths(1);
    return date.plusDays(1);
  }

  private boolean matches(LocalDate date) {
    int day = date.getDayOfMonth();
    return years.has(date.getYear())
        && months.has(date.getMonthValue())
        && days.has(fromLast ? date.lengthOfMonth() - day + 1 : day)
        && weekdays.contains(date.getDayOfWeek());
  }

  /** The first time of a day from another one on, or null. */
  private LocalTime firstMatch(LocalTime from) {
    int hour = hours.from(from.getHour());
    while (hour >= 0) {
      boolean first = hour == from.getHour();
      int minute = minutes.from(first ? from.getMinute() : 0);
      while (minute >= 0) {
        boolean now = first && minute == from.getMinute();
        int second = seconds.from(now ? from.getSecond() : 0);
        if (second >= 0) return LocalTime.of(hour, minute, second);
        minute = minutes.from(minute + 1);
      }
      hour = hours.from(hour + 1);
    }
    return null;
  }
}
