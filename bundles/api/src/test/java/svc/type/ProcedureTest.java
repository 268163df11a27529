package svc.type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcedureTest {

  private static final List<String> RUN = List.of("run");
  private static final List<Listener> SOCKETS =
      List.of(new Listener("tcp:127.0.0.1:80", 0666, 128));

  @Test
  void socketsAreForAProcessThatIsStartedHere() {
    assertEquals(SOCKETS, Procedure.onDemand(RUN).listening(SOCKETS).listeners());
    assertEquals(SOCKETS, Procedure.child(RUN).listening(SOCKETS).in("/run/x").listeners());
    assertThrows(
        IllegalArgumentException.class,
        () -> Procedure.pidFile(RUN, List.of(), "/run/x.pid").listening(SOCKETS));
    assertThrows(
        IllegalArgumentException.class,
        () -> Procedure.commands(RUN, List.of()).listening(SOCKETS));
  }

  @Test
  void aProcessOnDemandNeedsAProgram() {
    assertThrows(IllegalArgumentException.class, () -> Procedure.onDemand(List.of()));
  }
}
