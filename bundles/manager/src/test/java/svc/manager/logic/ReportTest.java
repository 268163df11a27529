package svc.manager.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import svc.service.Declaration;
import svc.service.Declaration.Entry;
import svc.service.ServiceState;
import svc.service.Status;

class ReportTest {

  private static final long SECOND = 1_000_000_000L;

  private static View view(String name, ServiceState state, long since, String reason, Entry... e) {
    Status status = new Status(name, "daemon", state, false, 0, since, 0, null, reason, false);
    return new View(new Declaration(name, "/x.ini", List.of(e)), status, List.of());
  }

  private static Entry stopTimeout(String value) {
    return new Entry("service", "stop-timeout", value, 1);
  }

  @Test
  void whomAShutdownWaitsForHowLongAndHowMuchLonger() {
    List<View> views =
        List.of(
            view("postgresql", ServiceState.STOPPING, 100_000, "", stopTimeout("90s")),
            view("nginx", ServiceState.UP, 50_000, ""),
            view("redis", ServiceState.STOPPING, 109_500, ""),
            view("tape", ServiceState.STOPPING, 1, "", stopTimeout("none")));
    assertEquals("postgresql 12s/90s, redis 2s/10s, tape 112s", Report.waiting(views, 112_001));
    assertEquals("", Report.waiting(views.subList(1, 2), 112_001));
  }

  @Test
  void whatFailedIsNamedAndAStopIsNoFailure() {
    View db = view("db", ServiceState.FAILED, 0, "exit status 1");
    View app = view("app", ServiceState.NO_TYPE, 0, "");
    assertEquals(
        "default is not reached: db failed: exit status 1, app no-type",
        Report.missed("default", List.of(db, app)));
    assertEquals("", Report.missed("default", List.of(view("db", ServiceState.DOWN, 0, ""))));
    assertEquals(
        "default is reached; 1 up",
        Report.reached("default", List.of(db, view("a", ServiceState.UP, 0, ""))));
  }

  @Test
  void patienceSpeaksSoonAndThenMoreAndMoreSeldom() {
    Patience patience = new Patience();
    assertFalse(patience.isOver(5 * SECOND));
    patience.begin(0);
    patience.begin(SECOND);
    assertEquals(2 * SECOND, patience.deadline());
    assertFalse(patience.isOver(2 * SECOND - 1));
    long longest = 0;
    for (int i = 0; i < 20; i++) {
      long now = patience.deadline();
      assertTrue(patience.isOver(now));
      long pause = patience.deadline() - now;
      assertTrue(pause >= longest);
      longest = pause;
    }
    assertEquals(10 * SECOND, longest);
    patience.end();
    assertEquals(Long.MAX_VALUE, patience.deadline());
  }
}
