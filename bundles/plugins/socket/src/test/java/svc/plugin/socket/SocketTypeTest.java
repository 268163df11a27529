package svc.plugin.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import svc.service.Declaration;
import svc.service.Declaration.Entry;
import svc.service.Keys;
import svc.service.Problem;
import svc.type.Listener;
import svc.type.Procedure;

class SocketTypeTest {

  private final SocketType type = new SocketType();

  private static Declaration declared(String... lines) {
    List<Entry> entries = new ArrayList<>();
    entries.add(new Entry("service", "exec", "web --fd 3", 2));
    for (String line : lines) {
      String[] parts = line.split(" = ");
      entries.add(new Entry("socket", parts[0], parts[1], 3 + entries.size()));
    }
    return new Declaration("web", "/etc/svc/web.ini", entries);
  }

  private List<String> problems(String... lines) {
    Declaration declaration = declared(lines);
    List<Problem> problems = new ArrayList<>(Keys.check(declaration, type.keys()));
    if (problems.isEmpty()) problems.addAll(type.check(declaration));
    return problems.stream().map(Problem::toString).toList();
  }

  @Test
  void itsProgramRunsOnDemandWithItsSockets() {
    Declaration declaration =
        declared("listen = unix:/run/web.sock", "listen = tcp:127.0.0.1:80", "mode = 0600");
    assertEquals(
        Procedure.onDemand(List.of("web", "--fd", "3"))
            .listening(
                List.of(
                    new Listener("unix:/run/web.sock", 0600, 4096),
                    new Listener("tcp:127.0.0.1:80", 0600, 4096))),
        type.procedure(declaration));
  }

  @Test
  void orAtOnce() {
    Declaration declaration = declared("listen = udp:[::1]:53", "lazy = no", "backlog = 7");
    assertEquals(
        Procedure.child(List.of("web", "--fd", "3"))
            .listening(List.of(new Listener("udp:[::1]:53", 0666, 7))),
        type.procedure(declaration));
  }

  @Test
  void whatIsWrong() {
    assertEquals(
        List.of("/etc/svc/web.ini: socket.listen: missing; type socket needs it"), problems());
    assertEquals(1, problems("listen = localhost:80").size());
    assertEquals(
        List.of("/etc/svc/web.ini:4: socket.listen: tcp:*:80 is given twice"),
        problems("listen = tcp:*:80", "listen = tcp:*:80"));
    String[] many = new String[65];
    for (int i = 0; i < many.length; i++) many[i] = "listen = tcp:127.0.0.1:" + (1000 + i);
    assertEquals(
        List.of("/etc/svc/web.ini:4: socket.listen: more than 64 sockets"), problems(many));
  }
}
