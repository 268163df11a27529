package svc.plugin.socket;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import svc.service.Declaration;
import svc.service.Key;
import svc.service.Kind;
import svc.service.Problem;
import svc.type.Listener;
import svc.type.Procedure;
import svc.type.ServiceType;

/**
 * A program that is handed its listening sockets (sd_listen_fds(3)) and is started when somebody
 * connects. They are open for as long as the service is up, whether the program runs or not, so
 * nobody is turned away while it is started again.
 */
@Component(name = "svc.plugin.socket")
public final class SocketType implements ServiceType {

  private static final Key EXEC =
      Key.of("service", "exec", Kind.COMMAND, "", "the program that accepts the connections");
  private static final Key LISTEN =
      Key.list("socket", "listen", Kind.ADDRESS, "a socket that is handed to it");
  private static final Key MODE =
      Key.of("socket", "mode", Kind.MODE, "0666", "the mode of the Unix sockets among them");
  private static final Key BACKLOG =
      Key.of("socket", "backlog", Kind.NUMBER, "4096", "how many connections wait at each");
  private static final Key LAZY =
      Key.of(
          "socket",
          "lazy",
          Kind.FLAG,
          "yes",
          "start the program when somebody connects; no: at once, and keep it running as a daemon");

  /** What {@link svc.type.Procedure#listeners} has room for. */
  private static final int MOST = 64;

  @Override
  public String name() {
    return "socket";
  }

  @Override
  public List<Key> keys() {
    return List.of(EXEC, LISTEN, MODE, BACKLOG, LAZY);
  }

  @Override
  public List<Problem> check(Declaration declaration) {
    List<Problem> problems = new ArrayList<>();
    for (Key key : List.of(EXEC, LISTEN)) {
      if (!declaration.has(key))
        problems.add(declaration.problem(key, "missing; type socket needs it"));
    }
    checkListen(declaration, problems);
    return problems;
  }

  private static void checkListen(Declaration declaration, List<Problem> problems) {
    List<String> addresses = declaration.all(LISTEN);
    Set<String> seen = new HashSet<>();
    for (String address : addresses) {
      if (!seen.add(address))
        problems.add(declaration.problem(LISTEN, address + " is given twice"));
    }
    if (addresses.size() > MOST)
      problems.add(declaration.problem(LISTEN, "more than " + MOST + " sockets"));
  }

  @Override
  public Procedure procedure(Declaration declaration) {
    List<String> program = declaration.words(EXEC);
    Procedure procedure =
        declaration.flag(LAZY) ? Procedure.onDemand(program) : Procedure.child(program);
    int mode = Integer.parseInt(declaration.text(MODE), 8);
    int backlog = declaration.number(BACKLOG);
    return procedure.listening(
        declaration.all(LISTEN).stream()
            .map(address -> new Listener(address, mode, backlog))
            .toList());
  }
}
