package svc.simulation;

/** Runs histories, and says of one that broke a rule how to see it again. */
final class Histories {

  private Histories() {}

  static Simulation.Outcome run(long seed) {
    Simulation simulation = new Simulation(seed);
    try {
      return simulation.run();
    } catch (BrokenRule | RuntimeException e) {
      throw new AssertionError(
          "seed "
              + seed
              + ": "
              + e.getMessage()
              + "\n"
              + simulation
              + "\nagain: mvn -B -pl simulation -am verify -Dsvc.seed="
              + seed,
          e);
    }
  }
}
