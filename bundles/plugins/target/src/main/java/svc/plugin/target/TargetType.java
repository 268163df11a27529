package svc.plugin.target;

import java.util.List;
import org.osgi.service.component.annotations.Component;
import svc.service.Declaration;
import svc.service.Key;
import svc.service.Problem;
import svc.type.Procedure;
import svc.type.ServiceType;

/** A name for what it requires and wants: nothing runs, and it is up when what it requires is. */
@Component(name = "svc.plugin.target")
public final class TargetType implements ServiceType {

  @Override
  public String name() {
    return "target";
  }

  @Override
  public List<Key> keys() {
    return List.of();
  }

  @Override
  public List<Problem> check(Declaration declaration) {
    return List.of();
  }

  @Override
  public Procedure procedure(Declaration declaration) {
    return Procedure.commands(List.of(), List.of());
  }
}
