package svc.plugin.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import svc.service.Declaration;
import svc.service.Declaration.Entry;
import svc.service.Keys;
import svc.service.Problem;
import svc.type.Procedure;
import svc.type.ServiceType;

class TimerTypeTest {

  private static final long DAY = 86_400_000;

  private final TimerType type = new TimerType(ZoneId.of("UTC"));

  private static long at(String time) {
    return Instant.parse(time).toEpochMilli();
  }

  private static Declaration declared(String name, String... lines) {
    List<Entry> entries = new ArrayList<>();
    entries.add(new Entry("service", "exec", "backup --all", 2));
    for (String line : lines) {
      String[] parts = line.split(" = ");
      entries.add(new Entry("timer", parts[0], parts[1], 3 + entries.size()));
    }
    return new Declaration(name, "/etc/svc/" + name + ".ini", entries);
  }

  private List<String> problems(Declaration declaration) {
    List<Problem> problems = new ArrayList<>(Keys.check(declaration, type.keys()));
    if (problems.isEmpty()) problems.addAll(type.check(declaration));
    return problems.stream().map(Problem::toString).toList();
  }

  private List<String> problems(String... lines) {
    return problems(declared("backup", lines));
  }

  private long next(Declaration declaration, long lastRun, long since) {
    assertEquals(List.of(), problems(declaration));
    return type.next(declaration, lastRun, since);
  }

  @Test
  void itRunsOnDemand() {
    assertEquals(
        Procedure.onDemand(List.of("backup", "--all")),
        type.procedure(declared("backup", "every = 1h")));
  }

  @Test
  void whatIsWrong() {
    assertEquals(
        List.of(
            "/etc/svc/backup.ini: timer.calendar: missing; a timer needs calendar, every or both"),
        problems());
    assertEquals(
        List.of(
            "/etc/svc/backup.ini:4: timer.calendar: expected a time as daily, Mon..Fri 09:00 or"
                + " *-*-01 03:30:00, found \"dayly\""),
        problems("calendar = dayly"));
    assertEquals(
        List.of("/etc/svc/backup.ini:4: timer.calendar: \"*-02-30\" never comes"),
        problems("calendar = *-02-30"));
    assertEquals(
        List.of("/etc/svc/backup.ini:4: timer.every: expected 1ms or more"),
        problems("every = 1us"));
    assertEquals(1, problems("every = none").size());
    assertEquals(1, problems("every = 1s", "jitter = none").size());
    assertEquals(1, problems("every = 1s", "catch-up = maybe").size());
    assertEquals(
        1,
        problems(new Declaration("x", "x.ini", List.of(new Entry("timer", "every", "1s", 1))))
            .size());
  }

  @Test
  void theEarliestOfAllItsTimes() {
    Declaration declaration =
        declared("backup", "calendar = 03:00", "calendar = Sat 01:00", "every = 20h");
    assertEquals(at("2026-11-27T03:00:00Z"), next(declaration, 0, at("2026-11-26T10:00:00Z")));
    assertEquals(
        at("2026-11-26T23:00:00Z"),
        next(declaration, at("2026-11-26T03:00:00Z"), at("2026-11-26T10:00:00Z")));
    assertEquals(
        at("2026-11-28T01:00:00Z"),
        next(declaration, at("2026-11-27T23:00:00Z"), at("2026-11-27T23:01:00Z")));
  }

  @Test
  void whatWasMissedIsLeftOut() {
    Declaration declaration = declared("backup", "calendar = 03:00");
    assertEquals(
        at("2026-11-27T03:00:00Z"),
        next(declaration, at("2026-11-20T03:00:00Z"), at("2026-11-26T10:00:00Z")));
  }

  @Test
  void orMadeUpOnce() {
    Declaration declaration = declared("backup", "calendar = 03:00", "catch-up = yes");
    long since = at("2026-11-26T10:00:00Z");
    long missed = next(declaration, at("2026-11-20T03:00:00Z"), since);
    assertEquals(at("2026-11-21T03:00:00Z"), missed, "a time that is over: at once");
    assertEquals(
        at("2026-11-27T03:00:00Z"), next(declaration, since + 5, since + 10), "then as usual");
  }

  @Test
  void nothingIsMadeUpForOneThatNeverRan() {
    Declaration declaration =
        declared("backup", "calendar = 03:00", "every = 1h", "catch-up = yes");
    long since = at("2026-11-26T10:00:00Z");
    assertEquals(since + 3_600_000, next(declaration, 0, since));
  }

  @Test
  void anIntervalCountsFromTheStartOfTheLastRun() {
    Declaration declaration = declared("backup", "every = 10s");
    assertEquals(110_000, next(declaration, 100_000, 100_000));
    assertEquals(110_000, next(declaration, 100_000, 103_000));
    assertEquals(120_000, next(declaration, 100_000, 110_000), "one that took the whole interval");
    assertEquals(130_000, next(declaration, 100_000, 125_000), "one that took longer");
    assertEquals(110_000, next(declared("b", "every = 10s", "catch-up = yes"), 100_000, 125_000));
    assertEquals(110_000, next(declaration, 100_000, 50_000), "the clock was set back");
  }

  @Test
  void jitterIsTheSameHoweverOftenItIsAskedFor() {
    Declaration one = declared("one", "calendar = daily", "jitter = 1h");
    long midnight = at("2026-11-27T00:00:00Z");
    long next = next(one, 0, midnight - 1);
    assertTrue(next >= midnight && next <= midnight + 3_600_000);
    assertEquals(next, next(one, 0, midnight - DAY));
    assertNotEquals(
        next, next(declared("two", "calendar = daily", "jitter = 1h"), 0, midnight - 1));
    Set<Long> delays = new HashSet<>();
    for (int day = 0; day < 50; day++) {
      long due = midnight + day * DAY;
      long delay = next(one, 0, due - 1) - due;
      assertTrue(delay >= 0 && delay <= 3_600_000);
      delays.add(delay / 600_000);
    }
    assertTrue(delays.size() >= 5, "spread over the hour: " + delays);
  }

  @Test
  void anEventOfThePastNeverComesAgain() {
    Declaration declaration = declared("backup", "calendar = 2020-01-01", "jitter = 1m");
    assertEquals(ServiceType.NEVER, next(declaration, 0, at("2026-11-26T10:00:00Z")));
  }
}
