package svc.cli;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import svc.nv.NvList;

/**
 * Which service needs which, of the lists that a manager sends.
 *
 * @param services by name, in their order
 * @param edges between them
 */
record ServiceGraph(Map<String, NvList> services, List<Edge> edges) {

  /** In what way one has to do with another. */
  enum Kind {
    REQUIRES("requires"),
    FOLLOWS("follows"),
    WANTS("wants"),
    AFTER("after"),
    CONFLICTS("conflicts");

    private final String key;

    Kind(String key) {
      this.key = key;
    }

    /** Both the word for people and the key on the wire. */
    @Override
    public String toString() {
      return key;
    }
  }

  /** Edges that no others say. */
  private static final Set<Kind> ALWAYS = EnumSet.of(Kind.FOLLOWS, Kind.CONFLICTS);

  /** A conflict is one edge, from the lesser name. */
  record Edge(String from, String to, Kind kind) {}

  static ServiceGraph of(List<NvList> lists) {
    Map<String, NvList> services = new LinkedHashMap<>();
    for (NvList each : lists) services.put(each.string("service", ""), each);
    List<Edge> edges = new ArrayList<>();
    services.forEach(
        (name, service) -> {
          for (Kind kind : Kind.values()) {
            for (String other : service.strings(kind.key)) {
              boolean second = kind == Kind.CONFLICTS && name.compareTo(other) > 0;
              second |= kind == Kind.REQUIRES && service.strings("follows").contains(other);
              if (services.containsKey(other) && !second) edges.add(new Edge(name, other, kind));
            }
          }
        });
    return new ServiceGraph(services, edges);
  }

  /** Only some services and what those lead to. */
  ServiceGraph from(Collection<String> roots) {
    Set<String> kept = new LinkedHashSet<>(roots);
    Deque<String> open = new ArrayDeque<>(kept);
    Map<String, List<Edge>> leaving = leaving();
    while (!open.isEmpty()) {
      for (Edge edge : leaving.getOrDefault(open.remove(), List.of()))
        if (edge.kind != Kind.CONFLICTS && kept.add(edge.to)) open.add(edge.to);
    }
    Map<String, NvList> some = new LinkedHashMap<>(services);
    some.keySet().retainAll(kept);
    return new ServiceGraph(
        some, edges.stream().filter(e -> kept.contains(e.from) && kept.contains(e.to)).toList());
  }

  Map<String, List<Edge>> leaving() {
    Map<String, List<Edge>> leaving = new HashMap<>();
    for (Edge edge : edges) leaving.computeIfAbsent(edge.from, any -> new ArrayList<>()).add(edge);
    return leaving;
  }

  /** Those to which nothing leads; where all lead in circles, the first. */
  List<String> roots() {
    Set<String> roots = new LinkedHashSet<>(services.keySet());
    for (Edge edge : edges) if (edge.kind != Kind.CONFLICTS) roots.remove(edge.to);
    if (roots.isEmpty() && !services.isEmpty()) roots.add(services.keySet().iterator().next());
    return List.copyOf(roots);
  }

  /** Without the edges that follow from others: by way of a third that is required. */
  ServiceGraph reduced() {
    Map<String, Set<String>> required = new HashMap<>();
    for (Edge edge : edges)
      if (edge.kind == Kind.REQUIRES || edge.kind == Kind.FOLLOWS)
        required.computeIfAbsent(edge.from, any -> new LinkedHashSet<>()).add(edge.to);
    List<Edge> kept = new ArrayList<>();
    for (Edge edge : edges)
      if (ALWAYS.contains(edge.kind) || !isImplied(edge, required)) kept.add(edge);
    return new ServiceGraph(services, kept);
  }

  private static boolean isImplied(Edge edge, Map<String, Set<String>> required) {
    Set<String> seen = new HashSet<>();
    Deque<String> open = new ArrayDeque<>();
    for (String first : required.getOrDefault(edge.from, Set.of()))
      if (!first.equals(edge.to) && seen.add(first)) open.add(first);
    while (!open.isEmpty()) {
      for (String next : required.getOrDefault(open.remove(), Set.of())) {
        if (next.equals(edge.to)) return true;
        if (seen.add(next)) open.add(next);
      }
    }
    return false;
  }
}
