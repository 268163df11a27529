package svc.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import svc.manager.DeclarationDirectory;
import svc.manager.logic.Configuration;
import svc.manager.logic.Graph;
import svc.manager.logic.Plan;
import svc.manager.logic.Target;
import svc.type.ServiceType;

/** What people copy from is right. */
final class ExamplesTest {

  static List<Path> examples() throws IOException {
    try (Stream<Path> all = Files.walk(Path.of("..", "examples"))) {
      return all.filter(file -> file.toString().endsWith(".ini"))
          .map(Path::getParent)
          .distinct()
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleIsWithoutProblemsAndCanBePlanned(Path directory) throws IOException {
    Map<String, ServiceType> types = new HashMap<>();
    ServiceLoader.load(ServiceType.class).forEach(type -> types.put(type.name(), type));
    Configuration configuration =
        Target.ensure(
            Configuration.of(List.of(DeclarationDirectory.read(directory)), types::get, List.of()),
            Target.DEFAULT,
            directory.toString());
    assertEquals(List.of(), configuration.problems());
    Plan plan = Plan.of(Graph.of(configuration.declarations().values()), List.of(Target.DEFAULT));
    assertEquals(List.of(), plan.problems());
    assertFalse(plan.stages().isEmpty());
  }
}
