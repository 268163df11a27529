package svc.simulation;

import java.io.OutputStream;
import java.io.PrintStream;

/** Runs histories, and says of one that broke a rule how to see it again. */
final class Histories {

  private Histories() {}

  static Simulation.Outcome run(long seed) {
    Simulation simulation = new Simulation(seed);
    PrintStream err = System.err;
    System.setErr(new PrintStream(OutputStream.nullOutputStream()));
    try {
      return simulation.run();
    } catch (BrokenRule | RuntimeException e) {
      throw new AssertionError(report(seed, simulation, e), e);
    } finally {
      System.setErr(err);
    }
  }

  private static String report(long seed, Simulation simulation, Throwable broken) {
    String again = "./mvnw -B -pl simulation -am test -Dtest=SimulationTest -Dsvc.seed=" + seed;
    return "seed " + seed + ": " + broken + "\n" + simulation + "\nagain: " + again;
  }
}
