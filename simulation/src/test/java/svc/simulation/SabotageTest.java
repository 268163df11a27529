package svc.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A rule that cannot fail proves nothing: each lie of the world breaks the rule that is against it.
 */
final class SabotageTest {

  private static final int SEEDS = 100;

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void isCaught(Sabotage sabotage) {
    for (long seed = 0; seed < SEEDS; seed++) {
      String broken = brokenRule(seed, sabotage);
      if (broken.isEmpty()) continue;
      assertTrue(broken.matches(rule(sabotage)), sabotage + ", seed " + seed + ": " + broken);
      return;
    }
    fail(sabotage + " goes through unnoticed");
  }

  private static String brokenRule(long seed, Sabotage sabotage) {
    try {
      new Simulation(seed, sabotage).run();
      return "";
    } catch (BrokenRule rule) {
      return rule.getMessage();
    }
  }

  /** What has to be said about it. */
  private static String rule(Sabotage sabotage) {
    return switch (sabotage) {
      case NONE -> "";
      case START_FORGED -> ".* starts, and .*";
      case STOP_FORGED -> ".* stops, and .* requires it .*";
      case STARTED_TWICE -> "a second instance: .*";
      case EXIT_COUNTED_TWICE -> ".*(says it ended with|is said to be .*, and .* runs|forgot it).*";
      case EXIT_DROPPED ->
          ".*(up with instances: 0|stays stopping|stays starting|never comes|is not answered|does not end).*";
      case RESTART_FORGED -> ".* says restarts .*";
      case EXIT_FORGED -> ".* says it ended with null, .*";
      case UP_FORGED -> ".* is said to be up.*";
      case DOWN_FORGED -> ".* is said to be down, and .* runs";
      case PROCESS_LEFT, CGROUP_HIDDEN ->
          "left after the shutdown: .*|.* is said to be down, and .* runs";
      case SURVIVORS_HIDDEN -> "a second instance: .*|.* says it ended with .*";
      case ADOPTED_STOPPED -> ".* was left up, and is told to stop";
      case RESTART_HIDDEN -> ".* began before .*, which it follows|.* stops, and .* requires it .*";
      case LINES_LOST, LINE_TWICE -> ".*'s log (has|ends after) .*";
      case DEMAND_UNHEARD -> "nobody serves a visitor of .*";
      case RUN_TWICE -> "a second instance: .*";
      case SOCKETS_LEFT ->
          ".* is (down|failed), and listens|.* is (forgotten, and|up, and still) listens.*";
      case SOCKETS_CLOSED -> ".* is .*, its socket was closed";
      case TAKEN_ANEW -> ".* is opened a second time, .* has it";
      case NEVER_TAKEN -> ".* is closed with .*, its supervisor lives|nobody serves .*";
      case DELAY_FORGOTTEN -> ".* runs again before its delay is over";
      case CLOCK_AHEAD -> ".* runs (before its time|once more for the same time)";
      case CLOCK_STOPPED -> ".* did not run when its time had come";
      case RUN_FORGOTTEN -> ".* runs (before its time|once more for the same time)";
      case ORDER_LOST, ANSWER_LOST -> ".* is not answered|.* stays .*|the manager does not end";
    };
  }
}
