package svc.testkit;

import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import svc.type.ServiceType;

/** svc's own types are held to what others' are. */
class OwnTypesTest {

  /** One declaration at least of each type that this module sees. */
  private static final Map<String, BiFunction<String, Random, String>> DECLARATIONS =
      Map.of(
          "daemon", (name, random) -> "[service]\ntype = daemon\nexec = /bin/x -f\n",
          "oneshot", OwnTypesTest::oneshot,
          "pidfile",
              (name, random) ->
                  "[service]\ntype = pidfile\nexec = /bin/x\npid-file = /run/" + name + ".pid\n",
          "target", (name, random) -> "[service]\ntype = target\n",
          "manager",
              (name, random) -> "[service]\ntype = manager\n[manager]\ndeclarations = inner\n");

  private static String oneshot(String name, Random random) {
    String start = "[service]\ntype = oneshot\nexec = /bin/x\n";
    return random.nextBoolean() ? start : start + "stop-exec = /bin/y\n";
  }

  private static Stream<ServiceType> types() {
    return ServiceLoader.load(ServiceType.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(type -> DECLARATIONS.containsKey(type.name()));
  }

  @TestFactory
  Stream<DynamicContainer> conform() {
    return types().map(type -> DynamicContainer.dynamicContainer(type.name(), tests(type)));
  }

  private static Stream<DynamicTest> tests(ServiceType type) {
    Conformance conformance =
        Conformance.of(type).with(DECLARATIONS.get(type.name()).apply("a", new Random(1)));
    return DynamicTest.stream(conformance.checks(), Check::name, Check::run);
  }

  @TestFactory
  Stream<DynamicTest> survive() {
    return DynamicTest.stream(
        types(),
        ServiceType::name,
        type -> Histories.of(type, DECLARATIONS.get(type.name())).seeds(40).run());
  }
}
