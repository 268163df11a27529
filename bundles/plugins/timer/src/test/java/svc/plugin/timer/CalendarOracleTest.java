package svc.plugin.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import svc.type.ServiceType;

/**
 * The next time of events made by chance, beside what comes of looking at every minute, around all
 * kinds of changes of the clock.
 */
class CalendarOracleTest {

  private static final int EVENTS = 150;
  private static final int MINUTES = 12 * 24 * 60;

  private final Random random = new Random(20261126);

  /** An event, as sets and as text; no set stands for {@code *}. */
  private record Event(
      Set<Integer> months,
      Set<Integer> days,
      Set<DayOfWeek> weekdays,
      Set<Integer> hours,
      Set<Integer> minutes,
      int second) {

    private boolean matches(LocalDateTime local) {
      return in(months, local.getMonthValue())
          && in(days, local.getDayOfMonth())
          && (weekdays == null || weekdays.contains(local.getDayOfWeek()))
          && in(hours, local.getHour())
          && in(minutes, local.getMinute());
    }

    private static boolean in(Set<Integer> values, int value) {
      return values == null || values.contains(value);
    }

    private String text() {
      String names =
          weekdays == null
              ? ""
              : weekdays.stream().map(DayOfWeek::name).collect(Collectors.joining(",")) + " ";
      return names
          + "*-"
          + text(months)
          + "-"
          + text(days)
          + " "
          + text(hours)
          + ":"
          + text(minutes)
          + ":"
          + second;
    }

    private static String text(Set<Integer> values) {
      if (values == null) return "*";
      return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
  }

  private Event event() {
    Set<DayOfWeek> weekdays = null;
    if (random.nextInt(4) == 0) {
      weekdays = EnumSet.noneOf(DayOfWeek.class);
      for (int i = 0; i < 3; i++) weekdays.add(DayOfWeek.of(1 + random.nextInt(7)));
    }
    return new Event(
        values(6, 1, 12, 8),
        values(3, 1, 31, 6),
        weekdays,
        values(2, 0, 23, 5),
        values(2, 0, 59, 4),
        random.nextInt(60));
  }

  /** One time out of some it says something. */
  private Set<Integer> values(int oneOutOf, int least, int most, int count) {
    if (random.nextInt(oneOutOf) != 0) return null;
    Set<Integer> values = new TreeSet<>();
    for (int i = 0; i < count; i++) values.add(least + random.nextInt(most - least + 1));
    if (most == 23 && random.nextBoolean()) values.add(2);
    return values;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe",
        "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca", "Asia/Gaza", "America/St_Johns"
      })
  void asLookingAtEveryMinute(String name) {
    ZoneId zone = ZoneId.of(name);
    List<ZoneOffsetTransition> changes = changes(zone);
    for (int i = 0; i < EVENTS; i++) {
      Event event = event();
      Instant from = start(changes);
      long expected = look(event, from, zone);
      long found = CalendarEvent.parse(event.text()).orElseThrow().next(from.toEpochMilli(), zone);
      long seen =
          found > from.plusSeconds(MINUTES * 60L).toEpochMilli() ? ServiceType.NEVER : found;
      assertEquals(expected, seen, () -> event.text() + " after " + from + " in " + name);
    }
  }

  private static List<ZoneOffsetTransition> changes(ZoneId zone) {
    List<ZoneOffsetTransition> changes = new ArrayList<>();
    Instant at = Instant.parse("2000-01-01T00:00:00Z");
    for (int i = 0; i < 80; i++) {
      ZoneOffsetTransition next = zone.getRules().nextTransition(at);
      if (next == null) break;
      changes.add(next);
      at = next.getInstant();
    }
    return changes;
  }

  /** Mostly within hours before a change of the clock. */
  private Instant start(List<ZoneOffsetTransition> changes) {
    if (changes.isEmpty() || random.nextInt(5) == 0)
      return Instant.parse("2026-01-01T00:00:00Z").plusSeconds(random.nextInt(40_000_000));
    Instant change = changes.get(random.nextInt(changes.size())).getInstant();
    return change.minusSeconds(random.nextInt(30 * 3_600) - 3 * 3_600L);
  }

  private static long look(Event event, Instant after, ZoneId zone) {
    Instant minute = Instant.ofEpochSecond(Math.floorDiv(after.getEpochSecond(), 60L) * 60);
    for (int i = 0; i <= MINUTES; i++, minute = minute.plusSeconds(60)) {
      Instant at = minute.plusSeconds(event.second());
      if (isGapThatSwallows(event, minute, zone) && minute.isAfter(after))
        return minute.toEpochMilli();
      if (at.isAfter(after) && happens(event, at, zone)) return at.toEpochMilli();
    }
    return ServiceType.NEVER;
  }

  private static boolean happens(Event event, Instant at, ZoneId zone) {
    LocalDateTime local = LocalDateTime.ofInstant(at, zone);
    boolean first =
        zone.getRules().getValidOffsets(local).get(0).equals(zone.getRules().getOffset(at));
    return event.matches(local) && (first || event.hours() == null);
  }

  private static boolean isGapThatSwallows(Event event, Instant at, ZoneId zone) {
    ZoneOffsetTransition change = zone.getRules().nextTransition(at.minusSeconds(1));
    if (change == null || !change.getInstant().equals(at) || !change.isGap()) return false;
    LocalDateTime begin = change.getDateTimeBefore();
    return IntStream.range(0, (int) change.getDuration().toMinutes())
        .mapToObj(begin::plusMinutes)
        .anyMatch(event::matches);
  }
}
