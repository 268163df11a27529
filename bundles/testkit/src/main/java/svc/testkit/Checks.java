package svc.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Runs checks that nobody looks at one by one. */
final class Checks {

  private Checks() {}

  static void run(Stream<Check> checks) {
    List<String> failed = new ArrayList<>();
    AssertionError all = new AssertionError("not as it should be");
    checks.forEach(
        check -> {
          try {
            check.run();
          } catch (AssertionError e) {
            failed.add(check.name() + ": " + e.getMessage());
            all.addSuppressed(e);
          }
        });
    if (failed.isEmpty()) return;
    AssertionError error = new AssertionError(String.join("\n", failed));
    for (Throwable each : all.getSuppressed()) error.addSuppressed(each);
    throw error;
  }
}
