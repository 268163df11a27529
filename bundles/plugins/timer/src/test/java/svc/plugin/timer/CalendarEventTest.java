package svc.plugin.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import svc.type.ServiceType;

/** What people write, and when it happens. */
class CalendarEventTest {

  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static long millis(String local, ZoneId zone) {
    return LocalDateTime.parse(local).atZone(zone).toInstant().toEpochMilli();
  }

  private static String next(String event, String after, ZoneId zone) {
    long next = CalendarEvent.parse(event).orElseThrow().next(millis(after, zone), zone);
    return next == ServiceType.NEVER ? "never" : at(next, zone);
  }

  private static String at(long millis, ZoneId zone) {
    return ZonedDateTime.ofInstant(java.time.Instant.ofEpochMilli(millis), zone)
        .toOffsetDateTime()
        .toString();
  }

  /**
   * 2026-11-26 is a Thursday. The results are those of systemd-analyze(1), calendar, which knows
   * neither {@code Sat..Mon} nor a step after {@code *}.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          minutely              | 2026-11-26T10:00:00 | 2026-11-26T10:01Z
          hourly                | 2026-11-26T10:00:00 | 2026-11-26T11:00Z
          daily                 | 2026-11-26T10:00:00 | 2026-11-27T00:00Z
          Daily                 | 2026-11-26T23:59:59 | 2026-11-27T00:00Z
          weekly                | 2026-11-26T10:00:00 | 2026-11-30T00:00Z
          monthly               | 2026-11-26T10:00:00 | 2026-12-01T00:00Z
          quarterly             | 2026-11-26T10:00:00 | 2027-01-01T00:00Z
          semiannually          | 2026-02-01T00:00:00 | 2026-07-01T00:00Z
          yearly                | 2026-11-26T10:00:00 | 2027-01-01T00:00Z
          annually              | 2027-01-01T00:00:00 | 2028-01-01T00:00Z
          *-*-* 03:00:00        | 2026-11-26T03:00:00 | 2026-11-27T03:00Z
          *-*-* 03:00:00        | 2026-11-26T02:59:59 | 2026-11-26T03:00Z
          03:00                 | 2026-11-26T10:00:00 | 2026-11-27T03:00Z
          Mon..Fri 09:00        | 2026-11-27T09:00:00 | 2026-11-30T09:00Z
          mon,Wednesday 9:00    | 2026-11-26T10:00:00 | 2026-11-30T09:00Z
          Sat..Mon              | 2026-11-26T10:00:00 | 2026-11-28T00:00Z
          Sat..Mon              | 2026-11-30T00:00:00 | 2026-12-05T00:00Z
          Fri *-*-13            | 2026-11-26T10:00:00 | 2027-08-13T00:00Z
          *-02-29               | 2026-11-26T10:00:00 | 2028-02-29T00:00Z
          *-02-29               | 2096-02-29T00:00:00 | 2104-02-29T00:00Z
          Mon *-02-29           | 2026-11-26T10:00:00 | 2044-02-29T00:00Z
          02-29 12:00           | 2026-11-26T10:00:00 | 2028-02-29T12:00Z
          *-*~1                 | 2027-02-01T10:00:00 | 2027-02-28T00:00Z
          *-02~03               | 2028-01-01T10:00:00 | 2028-02-27T00:00Z
          Mon *-*~1..7          | 2026-11-26T10:00:00 | 2026-11-30T00:00Z
          *-*-31                | 2026-11-26T10:00:00 | 2026-12-31T00:00Z
          2030-*-1/10 0/6:30    | 2026-11-26T10:00:00 | 2030-01-01T00:30Z
          2030-*-1/10 0/6:30    | 2030-01-31T18:30:00 | 2030-02-01T00:30Z
          2030-*-1/10 0/6:30    | 2030-12-31T18:30:00 | never
          2026..2028/2-01-01    | 2026-11-26T10:00:00 | 2028-01-01T00:00Z
          *:0/15                | 2026-11-26T10:46:00 | 2026-11-26T11:00Z
          *:*:5,10..12          | 2026-11-26T10:46:10 | 2026-11-26T10:46:11Z
          *:*:5,10..12          | 2026-11-26T10:46:12 | 2026-11-26T10:47:05Z
          8..17/4:*/30          | 2026-11-26T12:30:00 | 2026-11-26T16:00Z
          23:59:59              | 2026-11-26T23:59:59 | 2026-11-27T23:59:59Z
          2020-01-01            | 2026-11-26T10:00:00 | never
          2199-12-31 23:59:59   | 2026-11-26T10:00:00 | 2199-12-31T23:59:59Z
          2199-12-31 23:59:59   | 2199-12-31T23:59:59 | never
          12:00 Europe/Berlin   | 2026-11-26T10:00:00 | 2026-11-26T11:00Z
          daily Europe/Berlin   | 2026-11-26T10:00:00 | 2026-11-26T23:00Z
          """)
  void theNextTime(String event, String after, String expected) {
    assertEquals(expected, next(event, after, UTC));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "soon",
        "UTC",
        "Mon..",
        "..Mon",
        "Mon..Wed..Fri",
        "Mo",
        "Mon,,Tue",
        "Mon Tue",
        "24:00",
        "12",
        "12:60",
        "12:00:60",
        "12:00:00:00",
        "-1:00",
        "*-13-01",
        "*-00-01",
        "*-01-32",
        "*-01-00",
        "1969-01-01",
        "2200-01-01",
        "*/0:00",
        "5..3:00",
        "0:0..60",
        "01-01-01-01",
        "03:00 Mon",
        "03:00 *-*-*",
        "daily daily",
        "daily 03:00",
        "03:00 Nowhere/Town",
        "*-*-01,:00",
        "1/2/3:00",
        "hourlyUTC",
        "99999-01-01"
      })
  void anythingElseIsNoEvent(String text) {
    assertFalse(CalendarEvent.parse(text).isPresent());
  }

  @ParameterizedTest
  @ValueSource(strings = {"*-02-30", "*-04,06,09,11-31", "*-02~30", "1999-02-29", "*-11-31 12:00"})
  void whatNeverComesIsFoundOutAndDoesNotTakeForEver(String text) {
    CalendarEvent event = CalendarEvent.parse(text).orElseThrow();
    assertEquals(ServiceType.NEVER, event.next(0, UTC));
    assertEquals(ServiceType.NEVER, event.next(0, BERLIN));
  }

  private static List<String> following(String event, String after, ZoneId zone, int count) {
    List<String> times = new ArrayList<>();
    long last = millis(after, zone);
    for (int i = 0; i < count; i++) {
      last = CalendarEvent.parse(event).orElseThrow().next(last, zone);
      times.add(at(last, zone));
    }
    return times;
  }

  @Test
  void theHourThatIsLeftOutHappensAtItsEndAndOnce() {
    assertEquals(
        List.of("2026-03-28T02:30+01:00", "2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"),
        following("02:30", "2026-03-28T00:00:00", BERLIN, 3));
    assertEquals(
        List.of("2026-03-29T01:45+01:00", "2026-03-29T03:00+02:00", "2026-03-29T03:15+02:00"),
        following("*:0/15", "2026-03-29T01:30:00", BERLIN, 3));
  }

  @Test
  void theHourThatComesTwiceHappensOnceWhereItIsNamed() {
    assertEquals(
        List.of("2026-10-24T02:30+02:00", "2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"),
        following("02:30", "2026-10-24T00:00:00", BERLIN, 3));
  }

  @Test
  void andTwiceWhereEveryHourIsMeant() {
    assertEquals(
        List.of(
            "2026-10-25T01:30+02:00",
            "2026-10-25T02:30+02:00",
            "2026-10-25T02:30+01:00",
            "2026-10-25T03:30+01:00"),
        following("*:30", "2026-10-25T01:00:00", BERLIN, 4));
  }

  @Test
  void aTimeWithinASecondIsBeforeTheNextOne() {
    CalendarEvent event = CalendarEvent.parse("*:*:*").orElseThrow();
    assertEquals(1_000, event.next(0, UTC));
    assertEquals(1_000, event.next(999, UTC));
    assertEquals(2_000, event.next(1_000, UTC));
    assertEquals(0, event.next(-1, UTC));
  }

  @Test
  void manyYearsInSmallStepsTakeNoTime() {
    CalendarEvent event = CalendarEvent.parse("Mon *-02-29").orElseThrow();
    long last = 0;
    int found = 0;
    while ((last = event.next(last, BERLIN)) != ServiceType.NEVER) found++;
    assertTrue(found >= 7 && found <= 10, () -> "leap Mondays until 2199: " + event);
  }
}
