package svc.testkit;

import java.util.List;
import svc.service.Declaration;
import svc.service.Key;
import svc.service.Kind;
import svc.service.Problem;
import svc.type.Procedure;
import svc.type.ServiceType;

/** A type without mistakes, from which others get one each. */
public class GoodType implements ServiceType {

  static final String RIGHT = "[service]\ntype = good\nexec = /bin/x\n";
  static final String WRONG = "[service]\ntype = good\n";

  static final Key EXEC = Key.of("service", "exec", Kind.COMMAND, "", "what is run");
  static final Key EVERY = Key.of("good", "every", Kind.DURATION, "10s", "how often");

  @Override
  public String name() {
    return "good";
  }

  @Override
  public List<Key> keys() {
    return List.of(EXEC, EVERY);
  }

  @Override
  public List<Problem> check(Declaration declaration) {
    if (declaration.has(EXEC)) return List.of();
    return List.of(declaration.problem(EXEC, "missing"));
  }

  @Override
  public Procedure procedure(Declaration declaration) {
    return Procedure.child(declaration.words(EXEC));
  }
}
