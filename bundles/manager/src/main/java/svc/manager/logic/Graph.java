package svc.manager.logic;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import svc.service.Declaration;
import svc.service.Key;
import svc.service.Keys;
import svc.service.Problem;

/**
 * Which service needs which, and which goes before which.
 *
 * <p>{@code requires} and {@code wants} say what is started along with a service. {@code requires},
 * {@code after} and, the other way round, {@code before} say in what order. {@code wants} says
 * nothing about order. {@code follows} is {@code requires} and more. Names that are not declared
 * are left out.
 */
public final class Graph {

  /** Why one service is ordered after another. */
  private record Edge(String from, String to, String words) {
    @Override
    public String toString() {
      return from + " " + words + " " + to;
    }
  }

  private final Map<String, Declaration> declarations = new LinkedHashMap<>();
  private final Map<String, Map<String, Edge>> predecessors = new LinkedHashMap<>();
  private final Map<String, Set<String>> conflicts = new HashMap<>();

  private Graph() {}

  public static Graph of(Collection<Declaration> declarations) {
    Graph graph = new Graph();
    for (Declaration declaration : declarations) graph.add(declaration);
    for (Declaration declaration : declarations) graph.connect(declaration);
    return graph;
  }

  private void add(Declaration declaration) {
    declarations.put(declaration.name(), declaration);
    predecessors.put(declaration.name(), new LinkedHashMap<>());
    conflicts.put(declaration.name(), new LinkedHashSet<>());
  }

  private void connect(Declaration declaration) {
    String name = declaration.name();
    for (String other : named(name, Keys.REQUIRES)) order(name, other, "requires");
    for (String other : named(name, Keys.FOLLOWS)) order(name, other, "follows");
    for (String other : named(name, Keys.AFTER)) order(name, other, "is after");
    for (String other : named(name, Keys.BEFORE)) order(other, name, "is after");
    for (String other : named(name, Keys.CONFLICTS)) {
      conflicts.get(name).add(other);
      conflicts.get(other).add(name);
    }
  }

  private void order(String later, String earlier, String words) {
    predecessors.get(later).putIfAbsent(earlier, new Edge(later, earlier, words));
  }

  private List<String> named(String service, Key key) {
    return declarations.get(service).names(key).stream().filter(declarations::containsKey).toList();
  }

  public Set<String> services() {
    return declarations.keySet();
  }

  public Declaration declaration(String service) {
    return declarations.get(service);
  }

  /** What it cannot do without; those that it follows are among them. */
  public List<String> requires(String service) {
    List<String> follows = follows(service);
    if (follows.isEmpty()) return named(service, Keys.REQUIRES);
    Set<String> both = new LinkedHashSet<>(named(service, Keys.REQUIRES));
    both.addAll(follows);
    return List.copyOf(both);
  }

  /** With which it is stopped and started again. */
  public List<String> follows(String service) {
    return named(service, Keys.FOLLOWS);
  }

  public List<String> wants(String service) {
    return named(service, Keys.WANTS);
  }

  public Set<String> conflicts(String service) {
    return conflicts.get(service);
  }

  /** What a service is ordered after. */
  public Set<String> predecessors(String service) {
    return predecessors.get(service).keySet();
  }

  /** All that is started along with some services, themselves included, in no order. */
  public Set<String> closure(Collection<String> services) {
    Set<String> closure = new LinkedHashSet<>(services);
    Deque<String> open = new ArrayDeque<>(closure);
    while (!open.isEmpty()) {
      String service = open.remove();
      for (String next : requires(service)) if (closure.add(next)) open.add(next);
      for (String next : wants(service)) if (closure.add(next)) open.add(next);
    }
    return closure;
  }

  /**
   * One problem for each cycle found in the order, with the whole path. Each service is reported in
   * one of them at most.
   */
  public List<Problem> cycles() {
    return new CycleSearch().run();
  }

  /**
   * Depth first, with a path of its own instead of the call stack: a chain may be as long as there
   * are services.
   */
  private final class CycleSearch {
    private final Set<String> done = new LinkedHashSet<>();
    private final Deque<Edge> path = new ArrayDeque<>();
    private final List<Problem> problems = new ArrayList<>();

    List<Problem> run() {
      for (String service : declarations.keySet()) follow(new Edge("", service, ""));
      return problems;
    }

    private void follow(Edge first) {
      Deque<List<Edge>> open = new ArrayDeque<>();
      enter(first, open);
      while (!open.isEmpty()) {
        List<Edge> rest = open.peek();
        if (!rest.isEmpty()) {
          enter(rest.remove(rest.size() - 1), open);
        } else {
          open.pop();
          done.add(path.removeLast().to());
        }
      }
    }

    private void enter(Edge edge, Deque<List<Edge>> open) {
      if (done.contains(edge.to())) return;
      if (onPath(edge.to())) {
        report(edge);
        return;
      }
      path.addLast(edge);
      open.push(new ArrayList<>(predecessors.get(edge.to()).values()));
    }

    private boolean onPath(String service) {
      return path.stream().anyMatch(edge -> edge.to().equals(service));
    }

    private void report(Edge last) {
      List<Edge> cycle = new ArrayList<>();
      boolean within = false;
      for (Edge edge : path) {
        if (within) cycle.add(edge);
        within |= edge.to().equals(last.to());
      }
      cycle.add(last);
      Declaration declaration = declarations.get(cycle.get(0).from());
      String words = String.join(", ", cycle.stream().map(Edge::toString).toList());
      problems.add(new Problem(declaration.file(), 0, "depend", "a cycle: " + words));
    }
  }
}
