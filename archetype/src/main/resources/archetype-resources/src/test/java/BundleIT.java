package ${package};

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import svc.testkit.BundleConformance;
import svc.testkit.Check;

/** The jar is one that svc can load. */
class BundleIT {

  @TestFactory
  Stream<DynamicTest> conforms() {
    Path bundle = Path.of(System.getProperty("bundle"));
    return DynamicTest.stream(BundleConformance.of(bundle).checks(), Check::name, Check::run);
  }
}
