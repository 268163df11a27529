package svc.manager.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static svc.manager.logic.Declared.graph;
import static svc.manager.logic.Declared.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import svc.service.Declaration;
import svc.service.Problem;

class GraphTest {

  private static List<String> cycles(Declaration... declarations) {
    return graph(declarations).cycles().stream().map(Problem::text).toList();
  }

  @Test
  void requirementsAndAfterAndBeforeSayTheOrderAndWantsDoesNot() {
    Graph graph =
        graph(
            service("a", "requires b", "wants c", "after d"),
            service("b"),
            service("c"),
            service("d"),
            service("e", "before a"));
    assertEquals(Set.of("b", "d", "e"), graph.predecessors("a"));
    assertEquals(Set.of(), graph.predecessors("c"));
  }

  @Test
  void whatIsStartedAlongIsRequiredOrWanted() {
    Graph graph =
        graph(
            service("a", "requires b", "after d"),
            service("b", "wants c"),
            service("c"),
            service("d"));
    assertEquals(Set.of("a", "b", "c"), graph.closure(List.of("a")));
  }

  @Test
  void conflictsAreMutual() {
    Graph graph = graph(service("a", "conflicts b"), service("b"));
    assertEquals(Set.of("a"), graph.conflicts("b"));
  }

  @Test
  void aCycleIsNamedWithItsWholePath() {
    assertEquals(
        List.of("a cycle: a requires b, b is after c, c is after a"),
        cycles(service("a", "requires b", "before c"), service("b", "after c"), service("c")));
  }

  @Test
  void aServiceThatNeedsItselfIsACycle() {
    assertEquals(List.of("a cycle: a requires a"), cycles(service("a", "requires a")));
  }

  @Test
  void twoCyclesAreTwoProblems() {
    assertEquals(
        2,
        cycles(
                service("a", "requires b"),
                service("b", "requires a"),
                service("c", "requires d"),
                service("d", "requires c"))
            .size());
  }

  @Test
  void wantsAreNoCycle() {
    assertEquals(List.of(), cycles(service("a", "wants b"), service("b", "wants a")));
  }

  @Test
  void twoWaysToTheSameServiceAreNoCycle() {
    assertEquals(
        List.of(),
        cycles(
            service("a", "requires b c"),
            service("b", "requires d"),
            service("c", "requires d"),
            service("d")));
  }

  @Test
  void aChainMayBeAsLongAsThereAreServices() {
    List<Declaration> chain = new ArrayList<>();
    chain.add(service("s0"));
    for (int i = 1; i < 5_000; i++) chain.add(service("s" + i, "requires s" + (i - 1)));
    Graph graph = Graph.of(chain);
    assertEquals(List.of(), graph.cycles());
    assertEquals(5_000, graph.closure(List.of("s4999")).size());
  }
}
