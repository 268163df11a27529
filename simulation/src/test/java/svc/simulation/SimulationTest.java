package svc.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Manager and supervise keep the rules in every history that a seed makes. */
final class SimulationTest {

  private static final long ONLY = Long.getLong("svc.seed", -1);
  private static final int SEEDS = Integer.getInteger("svc.seeds", 200);

  @Test
  void theRulesHoldInEveryHistory() {
    if (ONLY >= 0) {
      Histories.run(ONLY);
      return;
    }
    long lines = 0;
    for (long seed = 0; seed < SEEDS; seed++) lines += Histories.run(seed).lines();
    System.out.println(SEEDS + " histories, " + lines + " lines of trace");
  }

  @Test
  void theSameSeedGivesTheSameHistory() {
    for (long seed = 1_000; seed < 1_010; seed++) {
      assertEquals(Histories.run(seed), Histories.run(seed), "seed " + seed);
    }
  }
}
