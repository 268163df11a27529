package svc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import svc.service.Durations;
import svc.service.LogSettings;

/** All but the thread. */
class LogsTest {

  private static final LogSettings SETTINGS =
      new LogSettings(
          LogSettings.Stamp.NONE, 1 << 20, Durations.FOREVER, 10, false, 1 << 10, 0640, false);

  private final FakePipes machine = new FakePipes();
  private final List<String> told = new ArrayList<>();
  private long now;
  private final Logs logs = logs();

  private Logs logs() {
    return new Logs(
        machine,
        "/run",
        "/log",
        () -> now,
        () -> machine.time,
        (service, settings) -> {},
        (service, problem) -> told.add(service + ": " + problem));
  }

  private void say(String text) {
    machine.write("/run/output/web", text.getBytes(StandardCharsets.UTF_8));
  }

  /** Some time later than anything is tried again after. */
  private void later() {
    now += 20_000_000_000L;
    logs.turn(new int[1], 0);
  }

  @Test
  void thatALogCannotBeWrittenIsToldOnceAndThatItCanAgainToo() {
    machine.refusal = 28;
    say("one\n");
    logs.keep("web", SETTINGS);
    later();
    later();
    assertEquals(List.of("web: " + machine.errno(-28)), told);
    logs.tellProblems();
    assertEquals(2, told.size());
    machine.refusal = 0;
    later();
    assertEquals("web: ", told.get(2));
    logs.tellProblems();
    assertEquals(3, told.size());
    assertEquals("one\n", machine.text("/log/web.log"));
  }

  @Test
  void thatItIsAnothersStillIsNoProblem() {
    Logs before = logs();
    before.keep("web", SETTINGS);
    logs.keep("web", SETTINGS);
    later();
    say("one\n");
    before.leave();
    later();
    assertEquals(List.of(), told);
    assertEquals("one\n", machine.text("/log/web.log"));
  }

  @Test
  void oneThatWasReleasedWhileItCouldNotBeWrittenIsWrittenAndLeftAloneThen() {
    machine.refusal = 28;
    logs.keep("web", SETTINGS);
    say("one\n");
    logs.release("web");
    logs.ended("web");
    machine.refusal = 0;
    later();
    assertEquals("one\n", machine.text("/log/web.log"));
    assertEquals(-1, logs.timeout());
    Logs next = logs();
    next.keep("web", SETTINGS);
    say("two\n");
    next.leave();
    assertEquals("one\ntwo\n", machine.text("/log/web.log"));
  }
}
