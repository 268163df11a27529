package svc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import svc.nv.NvList;

class TouchedTest {

  private static NvList service(String name, String state, int pid, int restarts, long since) {
    return NvList.builder()
        .string("service", name)
        .string("state", state)
        .number("pid", pid)
        .number("restarts", restarts)
        .number("since_ms", since)
        .build();
  }

  private static String seen(NvList before, NvList after) {
    return Touched.text(Touched.seen(List.of(before), after == null ? List.of() : List.of(after)));
  }

  @Test
  void whatRunsIsLeftAlone() {
    assertEquals(
        "none", seen(service("sleeper", "up", 7, 0, 1), service("sleeper", "up", 7, 0, 1)));
    assertEquals(
        "none", seen(service("sleeper", "starting", 7, 0, 1), service("sleeper", "up", 7, 0, 2)));
    assertEquals(
        "none", seen(service("sleeper", "starting", 0, 0, 1), service("sleeper", "up", 7, 0, 2)));
  }

  @Test
  void aChangeOfProcessIsSeen() {
    NvList before = service("sleeper", "up", 7, 0, 1);
    assertEquals(
        "sleeper: pid 7 -> 9, restarts 0 -> 1", seen(before, service("sleeper", "up", 9, 1, 5)));
    assertEquals(
        "sleeper: pid 7 -> 0, up -> failed", seen(before, service("sleeper", "failed", 0, 0, 5)));
    assertEquals("sleeper: began anew", seen(before, service("sleeper", "up", 7, 0, 5)));
    assertEquals("sleeper: it is gone", seen(before, null));
    assertEquals(
        "sleeper: it is gone; other: it is new", seen(before, service("other", "up", 1, 0, 1)));
  }
}
