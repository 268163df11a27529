package svc.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Manager and supervise keep the rules in every history that a seed makes. {@code -Dsvc.seed=N}
 * runs one, {@code -Dsvc.seeds=N} more of them, {@code -Dsvc.trace=N} keeps more lines of what
 * happened.
 */
final class SimulationTest {

  private static final long ONLY = Long.getLong("svc.seed", -1);
  private static final int SEEDS =
      Integer.getInteger("svc.seeds", Boolean.getBoolean("svc.quick") ? 100 : 2_000);

  @Test
  void theRulesHoldInEveryHistory() {
    if (ONLY >= 0) {
      System.out.println(Histories.run(ONLY));
      return;
    }
    long clients = 0;
    for (long seed = 0; seed < SEEDS; seed++) clients += Histories.run(seed).clients();
    System.out.println(SEEDS + " histories, " + clients + " clients");
  }

  @Test
  void theSameSeedGivesTheSameHistory() {
    for (long seed = 1_000; seed < 1_010; seed++) {
      assertEquals(Histories.run(seed), Histories.run(seed), "seed " + seed);
    }
  }

  /** Each of them found something; what, stands in the history of this repository. */
  @ParameterizedTest
  @ValueSource(
      longs = {
        17, 22, 34, 55, 111, 177, 353, 735, 797, 4661, 25_864, 75_183, 918, 97, 121, 1243, 3472
      })
  void whatWasFoundStaysMended(long seed) {
    Histories.run(seed);
  }
}
