package svc.manager.logic;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import svc.service.Declaration;
import svc.service.Problem;

/**
 * What is started for a target, and in what order.
 *
 * @param stages what may start at the same time; each stage waits for those before it as far as its
 *     services name them. Stopping goes the other way.
 * @param problems why it cannot be done; there are no stages then
 */
public record Plan(List<List<String>> stages, List<Problem> problems) {

  /** The plan for some services, all of them declared in a graph without cycles. */
  public static Plan of(Graph graph, Collection<String> services) {
    Set<String> closure = graph.closure(services);
    List<Problem> conflicts = conflicts(graph, closure);
    return conflicts.isEmpty()
        ? new Plan(stages(graph, closure), List.of())
        : new Plan(List.of(), conflicts);
  }

  static List<Problem> conflicts(Graph graph, Set<String> closure) {
    List<Problem> problems = new ArrayList<>();
    for (String service : closure) {
      for (String other : graph.conflicts(service)) {
        if (service.compareTo(other) < 0 && closure.contains(other))
          problems.add(conflict(graph, service, other));
      }
    }
    return problems;
  }

  private static Problem conflict(Graph graph, String service, String other) {
    Declaration declaration = graph.declaration(service);
    String text = service + " and " + other + " conflict, and both are to be started";
    return new Problem(declaration.file(), 0, "depend.conflicts", text);
  }

  private static List<List<String>> stages(Graph graph, Set<String> closure) {
    Map<String, Set<String>> waiting = new LinkedHashMap<>();
    for (String service : closure) {
      Set<String> earlier = new LinkedHashSet<>(graph.predecessors(service));
      earlier.retainAll(closure);
      waiting.put(service, earlier);
    }
    List<List<String>> stages = new ArrayList<>();
    while (!waiting.isEmpty()) stages.add(takeReady(waiting));
    return stages;
  }

  private static List<String> takeReady(Map<String, Set<String>> waiting) {
    List<String> ready =
        waiting.keySet().stream().filter(name -> waiting.get(name).isEmpty()).sorted().toList();
    if (ready.isEmpty()) throw new IllegalArgumentException("a cycle among " + waiting.keySet());
    waiting.keySet().removeAll(ready);
    for (Set<String> earlier : waiting.values()) ready.forEach(earlier::remove);
    return ready;
  }
}
