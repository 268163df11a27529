package svc.supervise.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import svc.os.Signal;
import svc.service.Declaration;
import svc.service.Declaration.Entry;
import svc.supervise.logic.Settings.Policy;
import svc.type.Verdict;

class SettingsTest {

  private static Settings of(Entry... entries) {
    return Settings.of(new Declaration("a", "/a.ini", List.of(entries)));
  }

  @Test
  void theDefaults() {
    assertEquals(
        new Settings(
            Policy.ON_FAILURE,
            200_000_000L,
            5,
            10_000_000_000L,
            Signal.TERM,
            10_000_000_000L,
            60_000_000_000L),
        of());
  }

  @Test
  void whatTheDeclarationSays() {
    Settings settings =
        of(new Entry("restart", "limit", "0", 1), new Entry("service", "stop-signal", "QUIT", 2));
    assertEquals(0, settings.limit());
    assertEquals(new Signal(3), settings.stopSignal());
  }

  @Test
  void thePolicySaysAfterWhichEndItIsStartedAgain() {
    Settings always = of(new Entry("restart", "policy", "always", 1));
    Settings never = of(new Entry("restart", "policy", "never", 1));
    assertTrue(always.restartsAfter(Verdict.SUCCESS) && always.restartsAfter(Verdict.FAILURE));
    assertTrue(!of().restartsAfter(Verdict.SUCCESS) && of().restartsAfter(Verdict.FAILURE));
    assertFalse(never.restartsAfter(Verdict.SUCCESS) || never.restartsAfter(Verdict.FAILURE));
  }
}
