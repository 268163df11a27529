package svc.plugin.pidfile;

import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import svc.service.Declaration;
import svc.service.Key;
import svc.service.Kind;
import svc.service.Problem;
import svc.type.Procedure;
import svc.type.ServiceType;

/**
 * A daemon that puts itself into the background and writes its pid to a file: the process named
 * there is the service.
 */
@Component(name = "svc.plugin.pidfile")
public final class PidFileType implements ServiceType {

  private static final Key EXEC =
      Key.of("service", "exec", Kind.COMMAND, "", "the program that leaves a daemon behind");
  private static final Key STOP_EXEC =
      Key.of(
          "service", "stop-exec", Kind.COMMAND, "", "run to stop it, in place of the stop signal");
  private static final Key PID_FILE =
      Key.of("service", "pid-file", Kind.PATH, "", "where the daemon writes its pid");

  @Override
  public String name() {
    return "pidfile";
  }

  @Override
  public List<Key> keys() {
    return List.of(EXEC, STOP_EXEC, PID_FILE);
  }

  @Override
  public List<Problem> check(Declaration declaration) {
    List<Problem> problems = new ArrayList<>();
    for (Key key : List.of(EXEC, PID_FILE)) {
      if (!declaration.has(key))
        problems.add(declaration.problem(key, "missing; type pidfile needs it"));
    }
    return problems;
  }

  @Override
  public Procedure procedure(Declaration declaration) {
    return Procedure.pidFile(
        declaration.words(EXEC), declaration.words(STOP_EXEC), declaration.text(PID_FILE));
  }
}
