package svc.supervise.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import svc.os.ExitStatus;
import svc.os.Signal;
import svc.service.Declaration;
import svc.service.Declaration.Entry;
import svc.service.Durations;
import svc.supervise.logic.Settings.Policy;
import svc.supervise.logic.Settings.Step;
import svc.type.Verdict;

class SettingsTest {

  private static final long MS = 1_000_000L;
  private static final ExitStatus ONE = ExitStatus.exited(1);

  private static Settings of(Entry... entries) {
    return Settings.of(new Declaration("a", "/a.ini", List.of(entries)));
  }

  private static Entry restart(String key, String value) {
    return new Entry("restart", key, value, 1);
  }

  @Test
  void theDefaults() {
    Settings settings = of();
    assertEquals(Policy.ON_FAILURE, settings.policy());
    assertEquals(200 * MS, settings.delay());
    assertEquals(5, settings.limit());
    assertEquals(10_000 * MS, settings.period());
    assertEquals(Signal.TERM, settings.stopSignal());
    assertEquals(List.of(), settings.steps());
    assertEquals(10_000 * MS, settings.stopTimeout());
    assertEquals(60_000 * MS, settings.startTimeout());
    assertEquals(Durations.FOREVER, settings.watchdog());
    assertEquals(Readiness.By.START, settings.readiness().by());
    assertNull(settings.reloadSignal());
    assertFalse(settings.reloads());
  }

  @Test
  void whatTheDeclarationSays() {
    Settings settings =
        of(
            restart("limit", "0"),
            new Entry("service", "stop-signal", "QUIT", 2),
            new Entry("service", "stop-then", "INT  5s", 3),
            new Entry("service", "stop-then", "ABRT 10s", 4),
            new Entry("reload", "signal", "HUP", 5));
    assertEquals(0, settings.limit());
    assertEquals(new Signal(3), settings.stopSignal());
    assertEquals(
        List.of(new Step(Signal.INT, 5_000 * MS), new Step(new Signal(6), 10_000 * MS)),
        settings.steps());
    assertEquals(Signal.HUP, settings.reloadSignal());
  }

  @Test
  void thePolicySaysAfterWhichEndItIsStartedAgain() {
    Settings always = of(restart("policy", "always"));
    Settings never = of(restart("policy", "never"));
    assertTrue(always.restartsAfter(Verdict.SUCCESS, ONE));
    assertTrue(always.restartsAfter(Verdict.FAILURE, ONE));
    assertFalse(of().restartsAfter(Verdict.SUCCESS, ONE));
    assertTrue(of().restartsAfter(Verdict.FAILURE, ONE));
    assertFalse(never.restartsAfter(Verdict.SUCCESS, ONE));
    assertFalse(never.restartsAfter(Verdict.FAILURE, ONE));
  }

  @Test
  void onlyTheGivenStatusesStartItAgain() {
    Settings some = of(restart("policy", "on-status"), restart("statuses", "75, 0 SIGABRT"));
    assertTrue(some.restartsAfter(Verdict.FAILURE, ExitStatus.exited(75)));
    assertTrue(some.restartsAfter(Verdict.SUCCESS, ExitStatus.exited(0)));
    assertTrue(some.restartsAfter(Verdict.FAILURE, ExitStatus.killed(6)));
    assertFalse(some.restartsAfter(Verdict.FAILURE, ExitStatus.exited(6)));
    assertFalse(some.restartsAfter(Verdict.FAILURE, null));
  }

  @Test
  void theDelayDoublesUpToItsCap() {
    Settings growing = of(restart("delay", "100ms"), restart("max-delay", "500ms"));
    assertEquals(100 * MS, growing.delayAfter(0));
    assertEquals(200 * MS, growing.delayAfter(1));
    assertEquals(400 * MS, growing.delayAfter(2));
    assertEquals(500 * MS, growing.delayAfter(3));
    assertEquals(500 * MS, growing.delayAfter(1_000_000));
    assertEquals(200 * MS, of().delayAfter(9));
  }
}
