package svc.supervise.logic;

import java.util.List;
import svc.service.Declaration;
import svc.service.Key;
import svc.service.Problem;
import svc.type.Procedure;
import svc.type.ServiceType;

/** A type whose services are all run the same way. */
record TestType(Procedure procedure) implements ServiceType {

  static final TestType DAEMON = new TestType(Procedure.child(List.of("run")));
  static final TestType ONESHOT = new TestType(Procedure.commands(List.of("do"), List.of("undo")));
  static final TestType TARGET = new TestType(Procedure.commands(List.of(), List.of()));
  static final TestType PIDFILE =
      new TestType(Procedure.pidFile(List.of("fork"), List.of(), "/run/x.pid"));

  @Override
  public String name() {
    return "test";
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
    return procedure;
  }
}
