package svc.manager.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import svc.service.Problem;
import svc.service.Source;

class ConfigurationTest {

  /** Pairs of a name and a text. */
  private static Configuration of(String... texts) {
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < texts.length; i += 2)
      sources.add(new Source(texts[i], texts[i] + ".ini", texts[i + 1]));
    return Configuration.of(sources, type -> null);
  }

  private static List<String> problems(Configuration configuration) {
    return configuration.problems().stream().map(Problem::toString).toList();
  }

  @Test
  void anUnknownRequirementNamesFileLineKeyAndWhatIsNear() {
    assertEquals(
        List.of("a.ini:2: depend.requires: no service redi is declared; did you mean redis?"),
        problems(of("a", "[depend]\nrequires = redi", "redis", "[service]")));
    assertEquals(
        List.of("a.ini:2: depend.wants: no service far is declared"),
        problems(of("a", "[depend]\nwants = far")));
  }

  @Test
  void orderMayNameWhatIsNotDeclared() {
    assertEquals(List.of(), problems(of("a", "[depend]\nafter = x\nbefore = y\nconflicts = z")));
  }

  @Test
  void outputGoesToAnotherServiceThatReadsIt() {
    assertEquals(
        List.of(),
        problems(of("a", "[service]\nstdout = service:b", "b", "[service]\nstdin = services")));
    assertEquals(
        List.of(
            "a.ini:2: service.stdout: no service redi is declared; did you mean redis?",
            "b.ini:3: service.stderr: expected another service than itself",
            "redis.ini:2: service.stdout: a does not read it; expected stdin = services in a.ini"),
        problems(
            of(
                "a", "[service]\nstdout = service:redi",
                "b", "[service]\nstdin = services\nstderr = service:b",
                "redis", "[service]\nstdout = service:a")));
    assertEquals(
        List.of(
            "a.ini:2: service.stdout: expected log, null, inherit, file:PATH or service:NAME, found"
                + " \"service:\""),
        problems(of("a", "[service]\nstdout = service:")));
  }

  @Test
  void anInstanceIsMadeForWhoWritesToIt() {
    Configuration configuration =
        of("a", "[service]\nstdout = service:b@x", "b@", "[service]\nstdin = services");
    assertEquals(List.of(), problems(configuration));
    assertTrue(configuration.declarations().containsKey("b@x"));
  }

  @Test
  void aDeclarationWithoutItsTypeIsCheckedAsFarAsItCanBe() {
    assertEquals(
        List.of("a.ini:3: restart.limit: expected a whole number from 0 to 999999, found \"x\""),
        problems(of("a", "[restart]\nof-its-type = y\nlimit = x")));
  }

  @Test
  void problemsOfAllFilesAreFoundAtOnce() {
    assertEquals(2, of("a", "nonsense", "b", "nonsense").problems().size());
  }

  @Test
  void aCycleIsAProblem() {
    List<String> problems =
        problems(of("a", "[depend]\nrequires = b", "b", "[depend]\nrequires = a"));
    assertEquals(List.of("a.ini: depend: a cycle: a requires b, b requires a"), problems);
  }

  @Test
  void theDefaultTargetRequiresEverything() {
    Configuration all =
        Target.ensure(of("a", "[service]", "b", "[service]"), Target.DEFAULT, "/etc/svc");
    assertEquals(List.of(), all.problems());
    assertEquals(List.of("a", "b"), Graph.of(all.declarations().values()).requires(Target.DEFAULT));
  }

  @Test
  void aTargetThatIsNotDeclaredIsAProblem() {
    assertEquals(
        List.of("/etc/svc: no target nett is declared; did you mean net?"),
        problems(Target.ensure(of("net", "[service]"), "nett", "/etc/svc")));
    assertEquals(
        List.of("/etc/svc: no declarations; expected files NAME.ini"),
        problems(Target.ensure(of(), Target.DEFAULT, "/etc/svc")));
    assertTrue(Target.ensure(of("net", "[service]"), "net", "/etc/svc").problems().isEmpty());
  }
}
