package svc.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import svc.nv.NvException;
import svc.nv.NvLimits;
import svc.nv.NvList;
import svc.os.ExitStatus;
import svc.service.Declaration;
import svc.service.Declaration.Entry;
import svc.service.ServiceState;
import svc.service.Status;

/** What goes over the wire comes out as it went in. */
class BodiesTest {

  private static NvList sent(NvList list) throws NvException {
    return NvList.unpack(ByteBuffer.wrap(list.pack()), NvLimits.DEFAULT);
  }

  @Test
  void everyStatusComesBack() throws NvException {
    List<ExitStatus> exits =
        Arrays.asList(null, ExitStatus.exited(0), ExitStatus.killed(9), ExitStatus.UNKNOWN);
    for (ServiceState state : ServiceState.values()) {
      for (ExitStatus exit : exits) {
        boolean up = state == ServiceState.UP;
        Status status = new Status("web", "daemon", state, up, 77, 1234, 3, exit, "why", !up);
        assertEquals(status, Bodies.status(sent(Bodies.status(status).build())));
      }
    }
  }

  @Test
  void aStateOfALaterVersionIsNoStatus() {
    assertNull(Bodies.status(NvList.builder().string("state", "levitating").build()));
    assertNull(Bodies.status(NvList.EMPTY));
  }

  @Test
  void aDeclarationComesBackLineByLine() throws NvException {
    Declaration declaration =
        new Declaration(
            "web",
            "/etc/svc/web.ini",
            List.of(
                new Entry("service", "exec", "a 'b c' \u00fc", 3),
                new Entry("depend", "wants", "x", 9),
                new Entry("depend", "wants", "", 10)));
    assertEquals(declaration, Bodies.declaration(sent(Bodies.declaration(declaration))));
  }

  @Test
  void aDeclarationWithoutLinesComesBack() throws NvException {
    Declaration declaration = new Declaration("web", "/etc/svc/web.ini", List.of());
    assertEquals(declaration, Bodies.declaration(sent(Bodies.declaration(declaration))));
  }
}
