package ${package};

import java.util.List;
import org.osgi.service.component.annotations.Component;
import svc.service.Declaration;
import svc.service.Key;
import svc.service.Kind;
import svc.service.Problem;
import svc.type.Procedure;
import svc.type.ServiceType;

/**
 * A program that stays in the foreground. Every method is a function of its arguments: nothing is
 * kept, read or started here.
 */
@Component(name = "${package}.${type}")
public final class ${className} implements ServiceType {

  private static final Key EXEC =
      Key.of("service", "exec", Kind.COMMAND, "", "the program that is the service");

  @Override
  public String name() {
    return "${type}";
  }

  @Override
  public List<Key> keys() {
    return List.of(EXEC);
  }

  @Override
  public List<Problem> check(Declaration declaration) {
    if (declaration.has(EXEC)) return List.of();
    return List.of(declaration.problem(EXEC, "missing; expected the program to run"));
  }

  @Override
  public Procedure procedure(Declaration declaration) {
    return Procedure.child(declaration.words(EXEC));
  }
}
