package svc.manager.logic;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import svc.os.ExitStatus;
import svc.os.Signal;
import svc.service.Declaration;
import svc.service.Keys;
import svc.service.Problem;
import svc.service.ServiceState;
import svc.service.Status;

/**
 * Reads the conductor's table and says why a service is where it is. What it takes for an obstacle
 * is what the conductor takes for one ({@link Node#obstacles}), so the two never disagree.
 *
 * <p>What would let a service come up: among all that it requires, a type that is missing has to be
 * installed, and one that did not come up or did not stay so has to be mended; a conflict among
 * what is started with it has to go; and if any of it is not wanted up, it has to be started, which
 * starts the others. Each of these is needed, whatever else is done, so together they are the
 * smallest set. Of what nobody has tried yet it is believed that it works; of what was killed from
 * outside, that it works the next time.
 */
final class Explainer {

  /** Sent by people and by the kernel for want of memory; a program does not end itself by them. */
  private static final Set<Integer> FROM_OUTSIDE =
      Set.of(Signal.HUP.number(), Signal.INT.number(), Signal.KILL.number(), Signal.TERM.number());

  private final Graph graph;
  private final Map<String, Node> nodes;
  private final boolean ending;
  private final Predicate<String> installed;
  private final List<Cause> causes = new ArrayList<>();
  private final Set<Node> told = new HashSet<>();

  /**
   * @param installed whether there is a service type of this name
   */
  Explainer(Graph graph, Map<String, Node> nodes, boolean ending, Predicate<String> installed) {
    this.graph = graph;
    this.nodes = nodes;
    this.ending = ending;
    this.installed = installed;
  }

  Explanation explain(String service) {
    Node node = nodes.get(service);
    tell(node);
    String hopeless = node.up() ? "" : hopeless(node);
    boolean nothing = node.up() || !hopeless.isEmpty();
    List<Remedy> remedies = nothing ? List.of() : remedies(node);
    return new Explanation(service, node.up(), causes, remedies, hopeless);
  }

  private String hopeless(Node node) {
    if (ending) return "everything is being shut down";
    return node.leaving ? "nobody declares it any more" : "";
  }

  // Causes

  /** A service that is still to be told of. */
  private record Open(Node node, int depth, Cause.Relation relation) {}

  /** Depth first, with a list of its own instead of the call stack: chains may be long. */
  private void tell(Node first) {
    Deque<Open> open = new ArrayDeque<>();
    open.push(new Open(first, 0, Cause.Relation.ITSELF));
    while (!open.isEmpty()) {
      Open next = open.pop();
      if (!told.add(next.node)) continue;
      List<Open> below = below(next);
      tell(next, below);
      for (int i = below.size() - 1; i >= 0; i--) open.push(below.get(i));
    }
  }

  private void tell(Open one, List<Open> below) {
    Node node = one.node;
    boolean asked = one.depth == 0;
    boolean missed = !node.goalUp && (asked || one.relation == Cause.Relation.REQUIRED);
    String wanted = node.goalUp && asked ? whyWanted(node) : "";
    String unwanted = missed ? whyUnwanted(node) : "";
    boolean root = below.isEmpty() && (node.isSkipped() || !node.standsUp());
    add(one.depth, one.relation, node, sentence(node, below), root && unwanted.isEmpty());
    if (!wanted.isEmpty()) add(one.depth + 1, Cause.Relation.WANTED, node, wanted, false);
    if (!unwanted.isEmpty()) add(one.depth + 1, Cause.Relation.UNWANTED, node, unwanted, root);
  }

  private List<Open> below(Open one) {
    List<Open> below = new ArrayList<>();
    for (Obstacle each : one.node.obstacles())
      below.add(new Open(each.node(), one.depth + 1, relation(each.relation())));
    Node culprit = culprit(one.node);
    if (culprit != null && below.stream().noneMatch(each -> each.node == culprit))
      below.add(new Open(culprit, one.depth + 1, Cause.Relation.REQUIRED));
    return below;
  }

  /** What took it along when it failed, or null. */
  private Node culprit(Node node) {
    boolean along = !node.goalUp && node.motive.kind() == Motive.Kind.FAILURE;
    return along ? nodes.get(node.motive.service()) : null;
  }

  private void add(int depth, Cause.Relation relation, Node node, String text, boolean root) {
    causes.add(new Cause(depth, relation, View.of(node), text, root));
  }

  private static Cause.Relation relation(Obstacle.Relation relation) {
    return switch (relation) {
      case REQUIRED -> Cause.Relation.REQUIRED;
      case AFTER -> Cause.Relation.AFTER;
      case CONFLICT -> Cause.Relation.CONFLICT;
      case DEPENDENT -> Cause.Relation.DEPENDENT;
      case FOLLOWER -> Cause.Relation.FOLLOWER;
    };
  }

  /** As {@code app is down, waiting for db}. */
  private static String sentence(Node node, List<Open> below) {
    Status status = node.shown();
    StringBuilder text = new StringBuilder(node.name() + " is " + status.state());
    String why = why(node, status);
    if (!why.isEmpty()) text.append(": ").append(why);
    else if (!below.isEmpty())
      text.append(
              node.goalUp && node.atRest() ? ", waiting for " : ", waiting until these are down: ")
          .append(String.join(", ", below.stream().map(each -> each.node.name()).toList()));
    return text.toString();
  }

  private static String why(Node node, Status status) {
    if (node.silent) return "its supervisor " + node.supervisor() + " cannot be asked";
    if (node.occupied) return "processes of it that nobody declared are being ended";
    if (!status.reason().isEmpty()) return status.reason();
    if (status.state() == ServiceState.NO_TYPE)
      return "type " + node.declaration.type() + " is not installed";
    if (node.outstanding != null)
      return "its supervisor has been asked to " + word(node.outstanding) + " it";
    boolean ready = node.goalUp && node.atRest() && node.obstacles().isEmpty();
    return ready ? "its supervisor " + node.supervisor() + " is being started" : "";
  }

  private static String word(Action.Wish wish) {
    return switch (wish) {
      case START -> "start";
      case STOP -> "stop";
      case RESTART -> "restart";
      case DECLARE -> "take another declaration of";
      case FORGET -> "forget";
    };
  }

  // Wishes

  private String whyWanted(Node node) {
    String asked = node.motive.service();
    return switch (node.motive.kind()) {
      case REQUEST -> "wanted: somebody started " + asked + path(asked, node.name(), true);
      case TARGET -> "wanted: the target is " + asked + path(asked, node.name(), true);
      case FOUND -> "wanted: it was up when this manager began, or something that requires it was";
      case RELOAD -> "wanted: since the declarations were read again";
      case NOBODY, CONFLICT, FAILURE, ENDED, REFUSED, SHUTDOWN, PINNED -> "";
    };
  }

  private String whyUnwanted(Node node) {
    String other = node.motive.service();
    if (ending) return "not wanted: everything is being shut down";
    return switch (node.motive.kind()) {
      case REQUEST -> "not wanted: somebody stopped " + other + path(node.name(), other, false);
      case TARGET -> "not wanted: the target is " + other + ", which does not need it";
      case CONFLICT -> "not wanted: " + other + " was started, which conflicts" + rival(node);
      case SHUTDOWN -> "not wanted: everything is being shut down";
      case NOBODY, FOUND -> "not wanted: nobody has asked for it";
      case RELOAD -> "not wanted: since the declarations were read again";
      case FAILURE, ENDED, REFUSED, PINNED -> "";
    };
  }

  /** With what: itself, or something that it requires. */
  private String rival(Node node) {
    String other = node.motive.service();
    Set<String> needed = required(node.name());
    for (String each : needed)
      if (graph.conflicts(each).contains(other))
        return " with " + each + path(node.name(), each, false);
    return "";
  }

  /** As {@code ; app requires db}, or nothing where the two are one or not connected. */
  private String path(String from, String to, boolean alsoWants) {
    Map<String, String> cameBy = new LinkedHashMap<>();
    Deque<String> open = new ArrayDeque<>(List.of(from));
    cameBy.put(from, "");
    while (!open.isEmpty() && !cameBy.containsKey(to)) {
      String service = open.remove();
      for (String next : graph.requires(service)) visit(next, service, cameBy, open);
      if (alsoWants) for (String next : graph.wants(service)) visit(next, service, cameBy, open);
    }
    StringBuilder text = new StringBuilder();
    for (String at = to; cameBy.containsKey(at) && !cameBy.get(at).isEmpty(); at = cameBy.get(at))
      text.insert(0, "; " + cameBy.get(at) + verb(cameBy.get(at), at) + at);
    return text.toString();
  }

  private static void visit(
      String next, String from, Map<String, String> cameBy, Deque<String> open) {
    if (cameBy.putIfAbsent(next, from) == null) open.add(next);
  }

  private String verb(String from, String to) {
    if (graph.follows(from).contains(to)) return " follows ";
    return graph.requires(from).contains(to) ? " requires " : " wants ";
  }

  // Remedies

  private List<Remedy> remedies(Node node) {
    List<Remedy> remedies = new ArrayList<>();
    if (node.isSkipped()) return List.of(meet(node), start(node));
    Set<String> needed = required(node.name());
    boolean all = needed.stream().allMatch(each -> nodes.get(each).goalUp);
    for (String type : missingTypes(needed)) remedies.add(install(type));
    if (!all) remedies.addAll(separations(node.name()));
    for (String each : needed) if (isBroken(nodes.get(each))) remedies.add(mend(nodes.get(each)));
    remedies.addAll(unpins(needed));
    if (!all) remedies.add(start(node));
    return remedies;
  }

  /** A service with all that has to be up for it. */
  private Set<String> required(String service) {
    Set<String> needed = new LinkedHashSet<>(Set.of(service));
    Deque<String> open = new ArrayDeque<>(needed);
    while (!open.isEmpty())
      for (String next : graph.requires(open.remove())) if (needed.add(next)) open.add(next);
    return needed;
  }

  private Set<String> missingTypes(Set<String> services) {
    Set<String> types = new LinkedHashSet<>();
    for (String service : services) {
      Node node = nodes.get(service);
      if (isMissingType(node)) types.add(node.declaration.type());
    }
    return types;
  }

  private boolean isMissingType(Node node) {
    if (node.state() == ServiceState.NO_TYPE) return true;
    return !node.up() && !installed.test(node.declaration.type());
  }

  private static Remedy install(String type) {
    String text = "install the service type " + type + ", a bundle, in the plugin directory";
    return new Remedy(Remedy.Kind.INSTALL, type, "", 0, text, "");
  }

  private List<Remedy> separations(String service) {
    List<Remedy> remedies = new ArrayList<>();
    Set<String> closure = graph.closure(List.of(service));
    for (String each : closure) {
      for (String other : graph.conflicts(each)) {
        if (each.compareTo(other) < 0 && closure.contains(other))
          remedies.add(separate(each, other, service));
      }
    }
    return remedies;
  }

  private Remedy separate(String one, String other, String service) {
    Declaration first = graph.declaration(one);
    boolean says = first.names(Keys.CONFLICTS).contains(other);
    Declaration declaration = says ? first : graph.declaration(other);
    String text =
        "remove the conflict between %s and %s: both are started with %s"
            .formatted(one, other, service);
    Problem place = place(declaration, Keys.CONFLICTS::names);
    return new Remedy(Remedy.Kind.SEPARATE, one, place.file(), place.line(), text, "");
  }

  /** It was tried, and did not come up or did not stay so. */
  private boolean isBroken(Node node) {
    if (node.up() || node.isSkipped() || isMissingType(node) || node.silent) return false;
    if (node.goalUp) return node.state() == ServiceState.BACKING_OFF && ownFault(node.status);
    return switch (node.motive.kind()) {
      case REFUSED -> true;
      case ENDED -> ownFault(node.status);
      case NOBODY, REQUEST, TARGET, CONFLICT, FAILURE, SHUTDOWN, RELOAD, PINNED, FOUND ->
          node.state() == ServiceState.FAILED && ownFault(node.status);
    };
  }

  /** That somebody killed it is told by the reason: then it is how its process ended. */
  private static boolean ownFault(Status status) {
    ExitStatus last = status.lastExit();
    if (last == null || !status.reason().endsWith(last.toString())) return true;
    return switch (last.kind()) {
      case EXITED -> status.state() != ServiceState.BACKING_OFF || last.value() != 0;
      case KILLED -> !FROM_OUTSIDE.contains(last.value());
      case UNKNOWN -> false;
    };
  }

  private static Remedy mend(Node node) {
    Problem place = place(node.declaration, entry -> entry.key().equals("exec"));
    Status status = node.shown();
    String why = status.reason().isEmpty() ? "it ended by itself" : status.reason();
    String text = "mend " + node.name() + ": " + why;
    return new Remedy(Remedy.Kind.MEND, node.name(), place.file(), place.line(), text, "");
  }

  /** The first line of some kind, or the whole file. */
  private static Problem place(Declaration declaration, Predicate<Declaration.Entry> which) {
    return declaration.entries().stream()
        .filter(which)
        .map(entry -> declaration.problem(entry, ""))
        .findFirst()
        .orElse(new Problem(declaration.file(), 0, "", ""));
  }

  /** What is pinned down has to come up, and what is pinned up is in the way of one of them. */
  private List<Remedy> unpins(Set<String> needed) {
    Set<String> pinned = new LinkedHashSet<>();
    for (String each : needed) {
      Node node = nodes.get(each);
      if (node.pin == Pin.DOWN) pinned.add(each);
      if (node.pin == Pin.NONE)
        for (Node other : node.conflicts) if (other.pin == Pin.UP) pinned.add(other.name());
    }
    return pinned.stream().map(this::unpin).toList();
  }

  private Remedy unpin(String service) {
    Pin pin = nodes.get(service).pin;
    String text = "unpin " + service + ", which is pinned " + pin.text();
    return new Remedy(Remedy.Kind.UNPIN, service, "", 0, text, "svc unpin " + service);
  }

  /** Whether it holds is only looked at when the service is to be started. */
  private static Remedy meet(Node node) {
    Problem place = place(node.declaration, entry -> entry.section().equals("condition"));
    String text = "see to it that this is so: " + node.skipped;
    return new Remedy(Remedy.Kind.MEET, node.name(), place.file(), place.line(), text, "");
  }

  private Remedy start(Node node) {
    Set<String> stopped = new LinkedHashSet<>();
    for (String each : graph.closure(List.of(node.name())))
      for (Node other : nodes.get(each).conflicts) if (other.goalUp) stopped.add(other.name());
    String note = stopped.isEmpty() ? "" : ", which stops " + String.join(", ", stopped);
    String text = "start " + node.name() + note;
    return new Remedy(Remedy.Kind.START, node.name(), "", 0, text, "svc start " + node.name());
  }
}
