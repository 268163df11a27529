package svc.plugin.oneshot;

import java.util.List;
import org.osgi.service.component.annotations.Component;
import svc.service.Declaration;
import svc.service.Key;
import svc.service.Kind;
import svc.service.Problem;
import svc.type.Procedure;
import svc.type.ServiceType;

/**
 * A command that is run once: the service is up when it has ended with 0. Another command may undo
 * it at the stop.
 */
@Component(name = "svc.plugin.oneshot")
public final class OneshotType implements ServiceType {

  private static final Key EXEC =
      Key.of("service", "exec", Kind.COMMAND, "", "run to start it; up when it ends with 0");
  private static final Key STOP_EXEC =
      Key.of("service", "stop-exec", Kind.COMMAND, "", "run to stop it");

  @Override
  public String name() {
    return "oneshot";
  }

  @Override
  public List<Key> keys() {
    return List.of(EXEC, STOP_EXEC);
  }

  @Override
  public List<Problem> check(Declaration declaration) {
    if (declaration.has(EXEC) || declaration.has(STOP_EXEC)) return List.of();
    return List.of(declaration.problem(EXEC, "missing; a oneshot needs exec, stop-exec or both"));
  }

  @Override
  public Procedure procedure(Declaration declaration) {
    return Procedure.commands(declaration.words(EXEC), declaration.words(STOP_EXEC));
  }
}
