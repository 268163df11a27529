package svc.plugin.timer;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import svc.service.Declaration;
import svc.service.Durations;
import svc.service.Key;
import svc.service.Kind;
import svc.service.Problem;
import svc.type.Procedure;
import svc.type.ServiceType;

/** A command that is run whenever its time has come. */
@Component(name = "svc.plugin.timer")
public final class TimerType implements ServiceType {

  private static final Key EXEC =
      Key.of("service", "exec", Kind.COMMAND, "", "run whenever its time has come");
  private static final Key CALENDAR =
      Key.list("timer", "calendar", Kind.TEXT, "when, as daily or Mon..Fri 09:00");
  private static final Key EVERY =
      Key.of("timer", "every", Kind.DURATION, "", "how long after the start of the last run");
  private static final Key CATCH_UP =
      Key.of(
          "timer",
          "catch-up",
          Kind.FLAG,
          "no",
          "make up, once, for what was missed while it was down or still running");
  private static final Key JITTER =
      Key.of("timer", "jitter", Kind.DURATION, "0s", "each run is later by up to that much");

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final ZoneId zone;

  /** In the zone of the machine. */
  public TimerType() {
    this(ZoneId.systemDefault());
  }

  TimerType(ZoneId zone) {
    this.zone = zone;
  }

  @Override
  public String name() {
    return "timer";
  }

  @Override
  public List<Key> keys() {
    return List.of(EXEC, CALENDAR, EVERY, CATCH_UP, JITTER);
  }

  // What is wrong

  @Override
  public List<Problem> check(Declaration declaration) {
    List<Problem> problems = new ArrayList<>();
    if (!declaration.has(EXEC))
      problems.add(declaration.problem(EXEC, "missing; a timer needs the program to run"));
    if (!declaration.has(CALENDAR) && !declaration.has(EVERY))
      problems.add(declaration.problem(CALENDAR, "missing; a timer needs calendar, every or both"));
    for (String text : declaration.all(CALENDAR)) checkCalendar(declaration, text, problems);
    if (declaration.has(EVERY) && !isTime(declaration.nanos(EVERY)))
      problems.add(declaration.problem(EVERY, "expected 1ms or more"));
    if (declaration.nanos(JITTER) == Durations.FOREVER)
      problems.add(declaration.problem(JITTER, "expected a time that ends"));
    return problems;
  }

  private static boolean isTime(long nanos) {
    return nanos >= NANOS_PER_MILLI && nanos != Durations.FOREVER;
  }

  private void checkCalendar(Declaration declaration, String text, List<Problem> problems) {
    CalendarEvent event = CalendarEvent.parse(text).orElse(null);
    if (event == null) {
      problems.add(
          declaration.problem(
              CALENDAR,
              "expected a time as daily, Mon..Fri 09:00 or *-*-01 03:30:00, found \""
                  + text
                  + "\""));
    } else if (event.next(0, zone) == NEVER) {
      problems.add(declaration.problem(CALENDAR, "\"" + text + "\" never comes"));
    }
  }

  // What is run, and when

  @Override
  public Procedure procedure(Declaration declaration) {
    return Procedure.onDemand(declaration.words(EXEC));
  }

  @Override
  public long next(Declaration declaration, long lastRun, long since) {
    boolean catchUp = declaration.flag(CATCH_UP) && lastRun != 0;
    long next = NEVER;
    for (String text : declaration.all(CALENDAR)) {
      CalendarEvent event = CalendarEvent.parse(text).orElseThrow();
      next = Math.min(next, event.next(catchUp ? lastRun : since, zone));
    }
    if (declaration.has(EVERY)) {
      long every = declaration.nanos(EVERY) / NANOS_PER_MILLI;
      next = Math.min(next, next(every, lastRun == 0 ? since : lastRun, catchUp, since));
    }
    return later(next, declaration);
  }

  /** Those that are over when it begins to wait are left out, but one where they are made up. */
  private static long next(long every, long last, boolean catchUp, long since) {
    long missed = catchUp || since < last ? 0 : (since - last) / every;
    return last + (missed + 1) * every;
  }

  /** The same for the same time, however often it is asked for; apart for services that are. */
  private static long later(long next, Declaration declaration) {
    long jitter = declaration.nanos(JITTER) / NANOS_PER_MILLI;
    if (next == NEVER || jitter == 0) return next;
    long mixed = (declaration.name().hashCode() + 31 * next) * 0x9E3779B97F4A7C15L;
    return next + Math.floorMod(mixed ^ mixed >>> 32, jitter + 1);
  }
}
