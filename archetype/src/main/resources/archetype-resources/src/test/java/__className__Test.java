package ${package};

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import svc.service.Declaration;
import svc.service.DeclarationReader;
import svc.service.Source;
import svc.testkit.Check;
import svc.testkit.Conformance;
import svc.testkit.Histories;
import svc.type.Procedure;

class ${className}Test {

  private static final String RIGHT = "[service]\ntype = ${type}\nexec = /bin/sleep 'a day'\n";
  private static final String WRONG = "[service]\ntype = ${type}\n";

  private final ${className} type = new ${className}();

  @Test
  void theProgramIsTheService() {
    Declaration declaration =
        DeclarationReader.read(new Source("a", "/etc/svc/a.ini", RIGHT)).declaration();
    assertEquals(
        Procedure.child(List.of("/bin/sleep", "a day")), type.procedure(declaration));
  }

  /** What svc asks of every type. */
  @TestFactory
  Stream<DynamicTest> conforms() {
    Conformance conformance = Conformance.of(type).with(RIGHT).refusing(WRONG);
    return DynamicTest.stream(conformance.checks(), Check::name, Check::run);
  }

  /** Services of it under svc's manager and supervisors, with faults of every kind. */
  @Test
  void survives() {
    Histories.of(type, (service, random) -> RIGHT).seeds(100).run();
  }
}
