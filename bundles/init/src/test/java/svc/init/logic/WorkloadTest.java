package svc.init.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import svc.os.Signal;

class WorkloadTest {

  @Test
  void aRewriteByNamesAndByNumbers() {
    assertEquals(Map.entry(15, 3), Workload.rewrite("TERM:QUIT"));
    assertEquals(Map.entry(15, 3), Workload.rewrite("15:3"));
    assertEquals(Map.entry(15, 3), Workload.rewrite("SIGTERM:sigquit"));
    assertEquals(Map.entry(37, 15), Workload.rewrite("RTMIN+3:TERM"));
    assertEquals(Map.entry(28, 0), Workload.rewrite("WINCH:0"));
  }

  @Test
  void whatIsNoRewrite() {
    for (String text :
        List.of(
            "",
            ":",
            "TERM",
            "TERM:",
            ":QUIT",
            "0:TERM",
            "TERM:65",
            "99:1",
            "TERM:QUIT:HUP",
            "TERM:NONE",
            "TERM: 3",
            "-1:3",
            "TERM:00x")) {
      assertNull(Workload.rewrite(text), text);
    }
  }

  @Test
  void aSignalReachesItAsAnotherOneAsItselfOrNotAtAll() {
    Workload workload = new Workload(List.of("run"), false, Map.of(15, 3, 28, 0));
    assertEquals(new Signal(3), workload.rewritten(Signal.TERM));
    assertEquals(Signal.HUP, workload.rewritten(Signal.HUP));
    assertNull(workload.rewritten(new Signal(28)));
    // not twice
    Workload swapped = new Workload(List.of("run"), false, Map.of(1, 2, 2, 1));
    assertEquals(Signal.INT, swapped.rewritten(Signal.HUP));
    assertEquals(Signal.HUP, swapped.rewritten(Signal.INT));
  }

  @Test
  void thereNeedNotBeOne() {
    assertFalse(Workload.NONE.exists());
    assertTrue(new Workload(List.of(""), false, Map.of()).exists());
  }
}
