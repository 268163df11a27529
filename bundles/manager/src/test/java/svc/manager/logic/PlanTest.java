package svc.manager.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static svc.manager.logic.Declared.graph;
import static svc.manager.logic.Declared.service;

import java.util.List;
import org.junit.jupiter.api.Test;
import svc.service.Problem;

class PlanTest {

  @Test
  void whatDoesNotWaitForAnotherStartsAtTheSameTime() {
    Graph graph =
        graph(
            service("app", "requires db cache"),
            service("db", "requires disk"),
            service("cache", "after disk"),
            service("disk"));
    assertEquals(
        List.of(List.of("disk"), List.of("cache", "db"), List.of("app")),
        Plan.of(graph, List.of("app")).stages());
  }

  @Test
  void orderMattersOnlyAmongWhatIsStarted() {
    Graph graph = graph(service("a", "after b"), service("b"));
    assertEquals(List.of(List.of("a")), Plan.of(graph, List.of("a")).stages());
  }

  @Test
  void conflictingServicesAreNotPlannedTogether() {
    Graph graph = graph(service("t", "requires a b"), service("a", "conflicts b"), service("b"));
    Plan plan = Plan.of(graph, List.of("t"));
    assertEquals(List.of(), plan.stages());
    assertEquals(
        List.of("/etc/svc/a.ini: depend.conflicts: a and b conflict, and both are to be started"),
        plan.problems().stream().map(Problem::toString).toList());
  }
}
