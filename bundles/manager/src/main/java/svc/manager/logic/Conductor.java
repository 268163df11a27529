package svc.manager.logic;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import svc.os.ExitStatus;
import svc.service.Declaration;
import svc.service.Keys;
import svc.service.ServiceState;
import svc.service.Status;

/**
 * Brings services to where they are wanted, in order.
 *
 * <p>Each service has a goal, up or down. A wish to start gives the goal up to a service, to what
 * it requires and to what it wants; a wish to stop gives the goal down to a service and to all that
 * requires it. Then, whenever something changes:
 *
 * <ul>
 *   <li>a service is started when all that it requires is up, when all that it is ordered after is
 *       up or has no goal to be, and when nothing that it conflicts with runs;
 *   <li>a service is stopped when nothing runs any more that is ordered after it and is to go down
 *       too.
 * </ul>
 *
 * <p>A service with conditions is examined when it could be started: where one is not met it is
 * skipped, and counts as up for those that require it, until it is stopped or asked for again.
 *
 * <p>A service that follows another is stopped when that one ends or is to be restarted, before it
 * where there is time for that, and started when that one is up again; its goal stays up. Whether
 * it has to is seen by the start of that one that it was itself started on.
 *
 * <p>A service that is pinned up keeps its goal until it is unpinned or everything ends, whatever
 * becomes of what it requires; one that is pinned down gets none, nor does what requires it.
 *
 * <p>A service that its supervisor gave up loses its goal, and with it all that requires it. While
 * its supervisor still tries (backing-off), nobody else is touched.
 *
 * <p>An order is outstanding until the supervisor answers it; what a service's status says in
 * between may be from before, so nothing is concluded from it. Every method takes one event and
 * appends the actions to perform. Only the loop thread calls.
 */
public final class Conductor {

  /** As a shell reports the death of a program by a signal. */
  private static final int KILLED_BY = 128;

  private Graph graph;

  /** With those that are leaving, or null when it has to be made. */
  private Graph all;

  private String target;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final Set<String> supervisors = new HashSet<>();
  private final Set<String> needed = new HashSet<>();
  private final Waiters waiters = new Waiters();
  private final Changes changes = new Changes();
  private final Wants wants = new Wants(changes);
  private final Set<Node> unsettled = new HashSet<>();
  private boolean settledTold;

  /** What is wanted comes from a manager before us. */
  private boolean restored;

  /** The services of which that one knew. */
  private final Set<String> known = new HashSet<>();

  /** Grows with every other graph. */
  private long generation;

  private int exitStatus;
  private boolean dismissed;

  /**
   * @param graph without cycles
   * @param target the service whose being up is the point of it all
   */
  public Conductor(Graph graph, String target) {
    this.graph = graph;
    this.target = target;
    for (String name : graph.services()) nodes.put(name, new Node(graph.declaration(name)));
    for (Node node : nodes.values()) connect(node, graph);
    for (Node node : nodes.values()) node.conflicts.addAll(named(graph.conflicts(node.name())));
  }

  private void connect(Node node, Graph graph) {
    for (Node other : named(graph.requires(node.name()))) {
      node.requires.add(other);
      other.requiredBy.add(node);
    }
    for (Node other : named(graph.follows(node.name()))) {
      node.follows.add(other);
      other.followedBy.add(node);
    }
    for (Node other : named(graph.predecessors(node.name()))) {
      node.predecessors.add(other);
      other.successors.add(node);
      if (!node.requires.contains(other)) node.before.add(other);
    }
  }

  private List<Node> named(Collection<String> names) {
    return names.stream().filter(nodes::containsKey).map(nodes::get).toList();
  }

  // Wishes

  /**
   * Why these services cannot be started together, or empty. Unknown names are the caller's to
   * refuse.
   */
  public String refusal(Collection<String> services) {
    var conflicts = Plan.conflicts(graph, graph.closure(services));
    if (!conflicts.isEmpty()) return conflicts.get(0).text();
    Map<Node, String> blocked = Pins.blocked(named(graph.closure(services)));
    for (Node node : named(services))
      if (blocked.containsKey(node)) return cannotStart(node, blocked);
    return "";
  }

  private static String cannotStart(Node node, Map<Node, String> blocked) {
    String why = blocked.get(node);
    return why.startsWith(node.name() + " ") ? why : node.name() + " " + why;
  }

  /** Why some services cannot be stopped, or empty. */
  public String refusalToStop(Collection<String> services) {
    for (Node node : named(services))
      if (node.pin == Pin.UP) return node.name() + " is pinned up; svc unpin " + node.name();
    return "";
  }

  /** Why some services cannot be kept up, or empty: one of two in conflict is. */
  public String refusalToPinUp(Collection<String> services) {
    var conflicts = Plan.conflicts(graph, graph.closure(services));
    if (!conflicts.isEmpty()) return conflicts.get(0).text();
    for (Node node : named(services))
      if (!Pins.conflict(node).isEmpty()) return node.name() + " " + Pins.conflict(node);
    return "";
  }

  public void start(long request, Collection<String> services, List<Action> out) {
    for (String service : services) wantUp(service, Motive.Kind.REQUEST);
    await(request, services, true, out);
  }

  public void stop(long request, Collection<String> services, List<Action> out) {
    for (String service : services)
      wants.down(nodes.get(service), new Motive(Motive.Kind.REQUEST, service));
    await(request, services, false, out);
  }

  /**
   * Ends and starts services, and those that follow them, which are ended first; what else requires
   * them stays as it is. Those that are not up are started.
   */
  public void restart(long request, Collection<String> services, List<Action> out) {
    Set<Node> followers = followers(services);
    for (Node node : named(services)) {
      boolean can = node.goalUp && node.outstanding == null && !node.occupied && !node.atRest();
      if (!wants.ending() && can && !node.outdated && !followers.contains(node)) restart(node, out);
    }
    restarted(request, services, out);
  }

  private void restart(Node node, List<Action> out) {
    node.restarting = node.up() ? node.status.since() : 0;
    changes.keep();
    changes.touch(node);
    if (!node.isObstructed()) order(node, Action.Wish.RESTART, out);
  }

  /** The same where it has been begun already: what is left is to wait. */
  public void restarted(long request, Collection<String> services, List<Action> out) {
    for (String service : services) wantUp(service, Motive.Kind.REQUEST);
    Set<Node> all = new LinkedHashSet<>(named(services));
    all.addAll(followers(services));
    await(request, List.copyOf(all), List.of(), out);
  }

  /** Those that are stopped and started again with some services, by name. */
  public List<String> followersOf(Collection<String> services) {
    return followers(services).stream().map(Node::name).toList();
  }

  private Set<Node> followers(Collection<String> services) {
    Set<Node> followers = new LinkedHashSet<>();
    Deque<Node> open = new ArrayDeque<>(named(services));
    while (!open.isEmpty())
      for (Node other : open.remove().followedBy)
        if (other.goalUp && other.pin != Pin.UP && followers.add(other)) open.add(other);
    return followers;
  }

  /**
   * Makes a service the target: what it needs is started, everything else is stopped, as {@code
   * systemctl isolate} does.
   */
  public void target(long request, String service, List<Action> out) {
    target = service;
    changes.keep();
    settledTold = false;
    Set<String> closure = graph.closure(List.of(service));
    List<Node> others =
        nodes.values().stream()
            .filter(node -> !closure.contains(node.name()) && node.pin != Pin.UP)
            .toList();
    Motive motive = new Motive(Motive.Kind.TARGET, service);
    others.forEach(other -> wants.down(other, motive));
    wantUp(service, Motive.Kind.TARGET);
    await(request, List.of(nodes.get(service)), others, out);
  }

  /** Starts services and keeps them up, whatever is asked of others. */
  public void pinUp(long request, Collection<String> services, List<Action> out) {
    for (Node node : named(services)) pin(node, Pin.UP);
    start(request, services, out);
  }

  /** Stops services and keeps them down. */
  public void pinDown(long request, Collection<String> services, List<Action> out) {
    for (Node node : named(services)) pin(node, Pin.DOWN);
    stop(request, services, out);
  }

  /** Services go with the others again: one whose requirements are to be down goes down. */
  public void unpin(long request, Collection<String> services, List<Action> out) {
    for (Node node : named(services)) pin(node, Pin.NONE);
    out.add(new Action.Answer(request, ""));
    settle(out);
  }

  private void pin(Node node, Pin pin) {
    node.pin = pin;
    changes.keep();
    changes.touch(node);
  }

  /** Whether a service stays as it is. */
  public Pin pin(String service) {
    return nodes.containsKey(service) ? nodes.get(service).pin : Pin.NONE;
  }

  // Other declarations

  /** What another graph would mean. It is without cycles, and the target is in it. */
  public Reload plan(Graph next) {
    return Reload.of(nodes, graph, next, target);
  }

  /**
   * Goes on by other declarations. What is new and needed is started, what is not declared any more
   * is stopped in order and forgotten; a service that cannot go on as what it is is stopped and
   * started, and what depends on it is left alone, as by a restart. All others are left alone.
   *
   * @param plan made of the same graph just now, without problems
   * @param number of these declarations, larger than any before
   */
  public void reload(long request, Reload plan, Graph next, long number, List<Action> out) {
    graph = next;
    generation = number;
    changes.keep();
    settledTold = false;
    List<Node> down = new ArrayList<>();
    for (Reload.Change change : plan.changes()) take(change, down, out);
    reconnect();
    for (Node node : down) wants.down(node, Motive.RELOAD);
    wantUp(plan.wanted(), Motive.RELOAD);
    if (!wants.ending()) giveWayToTarget();
    await(request, awaited(plan), down, out);
  }

  private List<Node> awaited(Reload plan) {
    List<Node> up = new ArrayList<>(named(plan.wanted()));
    for (Reload.Change change : plan.changes())
      if (change.effect() == Reload.Effect.RESTART) up.add(nodes.get(change.service()));
    up.removeIf(node -> !node.goalUp);
    return up;
  }

  private void take(Reload.Change change, List<Node> down, List<Action> out) {
    Node node = nodes.get(change.service());
    switch (change.kind()) {
      case ADDED -> {
        if (node == null) add(change.service());
        else again(node, out);
      }
      case REMOVED -> {
        node.leaving = true;
        down.add(node);
      }
      case CHANGED -> again(node, out);
      case WANTED, FOLLOWS -> {}
    }
  }

  private void add(String service) {
    Node node = new Node(graph.declaration(service));
    nodes.put(service, node);
    changes.touch(node);
  }

  /** A service that is there is declared otherwise. */
  private void again(Node node, List<Action> out) {
    String supervisor = node.supervisor();
    node.leaving = false;
    wants.examineAgain(node);
    node.declaration = graph.declaration(node.name());
    node.stale = !node.atRest();
    if (!supervisor.equals(node.supervisor())) move(node, supervisor, out);
    changes.touch(node);
  }

  private void move(Node node, String from, List<Action> out) {
    out.add(new Action.Move(from, node.status));
    node.outstanding = null;
    node.silent = false;
    node.stale = false;
    node.occupied = true;
    forget(node);
  }

  /** What is leaving keeps its place in the order: it is stopped by it. */
  private void reconnect() {
    for (Node node : nodes.values()) {
      node.disconnect();
      if (!node.leaving) node.declaration = graph.declaration(node.name());
    }
    all = null;
    Graph all = all();
    for (Node node : nodes.values()) {
      connect(node, node.leaving ? all : graph);
      node.conflicts.addAll(named(all.conflicts(node.name())));
      changes.touch(node);
    }
    for (Node node : nodes.values())
      node.begunWith.keySet().retainAll(node.follows.stream().map(Node::name).toList());
  }

  /** Of two that must not be up together any more the one goes that the target does not need. */
  private void giveWayToTarget() {
    Set<String> needed = graph.closure(List.of(target));
    for (Node node : nodes.values()) {
      boolean clashes = node.goalUp && node.conflicts.stream().anyMatch(other -> other.goalUp);
      if (clashes && !needed.contains(node.name())) wants.down(node, Motive.RELOAD);
    }
  }

  private void leave(Node node, List<Action> out) {
    if (supervisors.contains(node.supervisor()) && node.status.since() != 0)
      order(node, Action.Wish.FORGET, out);
    else if (!supervisors.contains(node.supervisor()) && needed.contains(node.supervisor())) return;
    else drop(node, out);
  }

  private void drop(Node node, List<Action> out) {
    node.gone = true;
    all = null;
    nodes.remove(node.name());
    unsettled.remove(node);
    for (Node other : nodes.values()) {
      other.forget(node);
      changes.touch(other);
    }
    changes.keep();
    out.add(new Action.Gone(node.name()));
  }

  /**
   * Goes on with a reload of a manager before us, before anything is {@link #adopted} and after
   * {@link #restore}.
   *
   * @param number of the declarations
   * @param wanted what is to be started by them
   * @param changed services that may be up by another declaration
   * @param left what is not declared any more and may not be down yet
   */
  public void resume(
      long number, Collection<String> wanted, Collection<String> changed, List<Declaration> left) {
    boolean fresh = !restored || generation < number;
    generation = number;
    for (Declaration declaration : left) leaveAgain(declaration);
    if (!fresh) return;
    for (Node node : named(changed)) node.stale = true;
    if (!restored || wants.ending()) return;
    wantUp(wanted, Motive.RELOAD);
    giveWayToTarget();
  }

  private void leaveAgain(Declaration declaration) {
    if (nodes.containsKey(declaration.name())) return;
    Node node = new Node(declaration);
    node.leaving = true;
    nodes.put(declaration.name(), node);
    reconnect();
  }

  /** Stops everything, and has the supervisors dismissed then. Nothing can be started any more. */
  public void shutdown(List<Action> out) {
    end("", 0, out);
    settle(out);
  }

  private void end(String why, int status, List<Action> out) {
    if (!wants.ending()) out.add(new Action.Ending(why));
    if (!wants.ending()) exitStatus = status;
    if (!wants.ending()) changes.keep();
    wants.end();
    for (Node node : nodes.values()) wants.down(node, Motive.SHUTDOWN);
  }

  /** Gives the goal to a service and all that is started along with it. */
  private void wantUp(String service, Motive.Kind why) {
    wantUp(graph.closure(List.of(service)), new Motive(why, service));
  }

  private void wantUp(Collection<String> services, Motive motive) {
    if (wants.ending()) return;
    Map<Node, String> blocked = Pins.blocked(named(graph.closure(services)));
    for (Node node : named(services)) {
      if (!blocked.containsKey(node)) wants.up(node, motive);
      else if (node.pin == Pin.NONE && !node.goalUp) wants.refuse(node, blocked.get(node));
    }
  }

  private void await(long request, Collection<String> services, boolean up, List<Action> out) {
    List<Node> meant = services.stream().map(nodes::get).toList();
    if (up) await(request, meant, List.of(), out);
    else await(request, List.of(), meant, out);
  }

  private void await(long request, List<Node> up, List<Node> down, List<Action> out) {
    waiters.add(request, up, down);
    settle(out);
  }

  // News

  /** A supervisor said how a service is. */
  public void statusChanged(Status status, List<Action> out) {
    Node node = nodes.get(status.service());
    if (node == null) return;
    node.status = status;
    changes.touch(node);
    settle(out);
  }

  /**
   * A supervisor answered an order.
   *
   * @param problem why it refused, or empty
   */
  public void ordered(String service, String problem, List<Action> out) {
    Node node = nodes.get(service);
    if (node == null || node.outstanding == null) return;
    Action.Wish wish = node.outstanding;
    node.outstanding = null;
    if (node.restarting != 0) changes.keep();
    node.restarting = 0;
    if (wish == Action.Wish.FORGET) forgotten(node, out);
    else if (wish == Action.Wish.DECLARE) told(node);
    else if (problem.isEmpty()) taken(node, wish);
    else wants.giveUp(node, problem, new Motive(Motive.Kind.REFUSED, service));
    changes.touch(node);
    settle(out);
  }

  private void taken(Node node, Action.Wish wish) {
    node.started = wish != Action.Wish.STOP;
    if (node.started) told(node);
  }

  /** Its supervisor knows its declaration. */
  private void told(Node node) {
    if (node.stale) changes.keep();
    node.stale = false;
  }

  private void forgotten(Node node, List<Action> out) {
    forget(node);
    if (node.leaving) drop(node, out);
  }

  /**
   * It was found out whether a service's conditions are met.
   *
   * @param unmet which one is not, for people; or empty
   */
  public void examined(String service, String unmet, List<Action> out) {
    Node node = nodes.get(service);
    if (node == null || !node.examining) return;
    node.examining = false;
    node.examined = node.goalUp && unmet.isEmpty();
    if (node.goalUp && !unmet.isEmpty()) skip(node, unmet);
    changes.touch(node);
    settle(out);
  }

  private void skip(Node node, String unmet) {
    node.skipped = unmet;
    node.started = false;
    node.setAside = false;
    changes.keep();
  }

  /**
   * Takes on what a manager before us wanted. What it did not know is as the target wants it; what
   * nobody declares any more is forgotten. Before any supervisor is {@link #adopted}.
   */
  public void restore(Goals goals) {
    restored = true;
    if (goals.ending()) wants.end();
    generation = goals.generation();
    for (String service : goals.stale()) restore(service, node -> node.stale = true);
    exitStatus = goals.exitStatus();
    for (String service : goals.up()) restore(service, node -> node.goalUp = true);
    for (String service : goals.up()) restore(service, node -> node.started = true);
    for (String service : goals.down()) restore(service, node -> node.goalUp = false);
    for (String service : goals.setAside()) restore(service, node -> node.setAside = true);
    goals
        .begunWith()
        .forEach((service, all) -> restore(service, node -> node.begunWith.putAll(all)));
    for (String service : goals.pending()) restore(service, node -> node.started = false);
    goals.pins().forEach((service, pin) -> restore(service, node -> node.pin = pin));
    goals.skipped().forEach((service, why) -> restore(service, node -> node.skipped = why));
    goals.failures().forEach((service, why) -> restore(service, node -> node.failure = why));
    goals.motives().forEach((service, motive) -> restore(service, node -> node.motive = motive));
    goals
        .restarting()
        .forEach((service, since) -> restore(service, node -> node.restarting = since));
  }

  private void restore(String service, Consumer<Node> change) {
    Node node = nodes.get(service);
    if (node == null) return;
    change.accept(node);
    known.add(service);
    changes.touch(node);
  }

  /**
   * Every supervisor that was there has been adopted: what is to be done now is done. What an
   * earlier manager wanted is wanted still; of what it did not know the target decides.
   */
  public void begin(List<Action> out) {
    if (!restored) {
      if (!wants.ending()) wantUp(target, Motive.Kind.TARGET);
      await(0, List.of(target), true, out);
      return;
    }
    Set<String> fresh = new HashSet<>(graph.closure(List.of(target)));
    fresh.removeAll(known);
    for (String service : known) needAgain(nodes.get(service), out);
    wantUp(fresh, new Motive(Motive.Kind.TARGET, target));
    if (wants.ending()) for (Node node : nodes.values()) wants.down(node, Motive.SHUTDOWN);
    settle(out);
  }

  /** Its supervisor died along with the manager before us: only a successor knows how it is. */
  private void needAgain(Node node, List<Action> out) {
    if (!node.goalUp || !node.started || supervisors.contains(node.supervisor())) return;
    node.silent = true;
    if (needed.add(node.supervisor())) out.add(new Action.NeedSupervisor(node.supervisor()));
  }

  /**
   * A supervisor was there before us. What it has up stays up, with what that requires, unless it
   * is known what is wanted; nothing is decided yet, since others may be there too.
   */
  public void adopted(String supervisor, List<Status> statuses) {
    supervisors.add(supervisor);
    needed.add(supervisor);
    for (Node node : nodes.values()) if (node.supervisor().equals(supervisor)) node.silent = false;
    for (Status status : statuses) adopt(status);
    if (restored) return;
    for (Status status : statuses) if (status.wantedUp()) wants.keepUp(nodes.get(status.service()));
  }

  /** The same of one service, which has changed since. */
  public void adopted(Status status) {
    adopt(status);
  }

  /** Something of a service runs that has to end before it is started. */
  public void occupied(String service) {
    if (!nodes.containsKey(service)) return;
    nodes.get(service).occupied = true;
    changes.touch(nodes.get(service));
  }

  public void released(String service, List<Action> out) {
    if (!nodes.containsKey(service)) return;
    nodes.get(service).occupied = false;
    changes.touch(nodes.get(service));
    settle(out);
  }

  /**
   * A supervisor can be asked, and this is how its services are; of others it knows nothing. It may
   * have been silent for a while, or be the successor of one that died.
   */
  public void supervisorReady(String supervisor, List<Status> statuses, List<Action> out) {
    supervisors.add(supervisor);
    needed.add(supervisor);
    Set<String> unheard = new HashSet<>();
    for (Node node : nodes.values()) {
      if (!node.supervisor().equals(supervisor)) continue;
      node.silent = false;
      node.outstanding = null;
      unheard.add(node.name());
    }
    for (Status status : statuses) if (unheard.remove(status.service())) adopt(status);
    for (String service : unheard) forget(nodes.get(service));
    settle(out);
  }

  /** A supervisor cannot be asked: nothing may be decided on the strength of what it said last. */
  public void supervisorSilent(String supervisor, List<Action> out) {
    adoptedSilent(supervisor);
    settle(out);
  }

  /** The same while others are still being adopted, and nothing is decided. */
  public void adoptedSilent(String supervisor) {
    supervisors.remove(supervisor);
    for (Node node : nodes.values()) {
      if (!node.supervisor().equals(supervisor)) continue;
      node.silent = true;
      node.outstanding = null;
      changes.touch(node);
    }
  }

  private void forget(Node node) {
    node.started = false;
    node.restarting = 0;
    node.status = Status.unknown(node.name(), node.declaration.type());
    changes.touch(node);
  }

  /**
   * What became of a service while nobody told us. An order to start that it never got is given
   * again; one that it got and that has failed since is news.
   */
  private void adopt(Status status) {
    Node node = nodes.get(status.service());
    if (node == null) return;
    boolean moved =
        node.goalUp && status.since() != node.status.since() && node.status.since() != 0;
    node.status = status;
    node.started |= status.wantedUp() || moved;
    if (!node.goalUp) node.started = status.wantedUp();
    changes.touch(node);
  }

  // What follows

  /**
   * Looks at whatever may have changed, until nothing does. Bounded: every look gives a goal up or
   * sends an order.
   */
  private void settle(List<Action> out) {
    for (Node node = changes.next(); node != null; node = changes.next()) {
      if (node.gone) continue;
      if (node.endedByItself()) wants.ended(node);
      compare(node);
      advance(node, out);
      if (nodes.get(node.name()) == node) tell(node, out);
    }
    waiters.answer(out);
    tellSettled(out);
  }

  /** With those that it follows. */
  private void compare(Node node) {
    node.outdated = false;
    if (node.follows.isEmpty()) return;
    if (node.learn()) changes.keep();
    node.outdated = node.hasToFollow();
    if (node.outdated && node.outstanding == null) node.restarting = 0;
  }

  private void advance(Node node, List<Action> out) {
    if (node.outstanding != null || node.occupied || node.silent) return;
    if (node.leaving && node.atRest()) leave(node, out);
    else if (node.goalUp && node.restarting != 0) restartAgain(node, out);
    else if (node.isSkipped()) return;
    else if (node.goalUp && lacks(node) != null && !wants.staysUp(node)) {
      Motive motive = new Motive(Motive.Kind.FAILURE, lacks(node).name());
      wants.giveUp(node, "requires " + lacks(node).name() + ", which is not to be up", motive);
    } else if (node.goalUp && node.atRest()) {
      if (!node.isObstructed()) startNow(node, out);
    } else if (!node.goalUp && !node.atRest() && node.state() != ServiceState.STOPPING) {
      if (!node.isObstructed()) order(node, Action.Wish.STOP, out);
    } else if (node.goalUp && node.state() != ServiceState.STOPPING) {
      if (node.outdated || node.isOfOtherType()) setAside(node, out);
      else if (node.stale) order(node, Action.Wish.DECLARE, out);
    }
  }

  /** It goes down, and comes up again. */
  private void setAside(Node node, List<Action> out) {
    if (node.isObstructed()) return;
    node.setAside = true;
    changes.keep();
    order(node, Action.Wish.STOP, out);
  }

  /** It is to be restarted: its followers were in the way, or an order was perhaps never taken. */
  private void restartAgain(Node node, List<Action> out) {
    if (node.up() && node.status.since() == node.restarting) {
      if (!node.isObstructed()) order(node, Action.Wish.RESTART, out);
      return;
    }
    node.restarting = 0;
    changes.keep();
    advance(node, out);
  }

  /** What it requires and is not to be up; or null. Only who is pinned up goes on without. */
  private static Node lacks(Node node) {
    for (Node other : node.requires) if (!other.goalUp) return other;
    return null;
  }

  private void startNow(Node node, List<Action> out) {
    boolean examine = !node.examined && Conditions.any(node.declaration);
    if (examine && !node.examining) out.add(new Action.Examine(node.declaration));
    node.examining = examine;
    if (examine) return;
    if (supervisors.contains(node.supervisor())) order(node, Action.Wish.START, out);
    else if (needed.add(node.supervisor())) out.add(new Action.NeedSupervisor(node.supervisor()));
  }

  private void order(Node node, Action.Wish wish, List<Action> out) {
    node.outstanding = wish;
    node.examined = false;
    node.restarting = wish == Action.Wish.RESTART ? node.status.since() : 0;
    if (wish == Action.Wish.RESTART) changes.keep();
    if (wish == Action.Wish.START) begin(node);
    out.add(new Action.Order(node.supervisor(), node.declaration, wish));
  }

  private void begin(Node node) {
    if (node.setAside || !node.follows.isEmpty()) changes.keep();
    node.begin();
  }

  private void touchNeighbours(Node node) {
    node.successors.forEach(changes::touch);
    node.predecessors.forEach(changes::touch);
    node.conflicts.forEach(changes::touch);
  }

  private void tell(Node node, List<Action> out) {
    if (node.looksDifferent()) touchNeighbours(node);
    countSettled(node);
    View view = View.of(node);
    if (view.equals(node.told)) return;
    boolean waits = node.told != null && node.told.waitingFor(view.waitingFor()).equals(view);
    node.told = view;
    out.add(new Action.Changed(view, waits));
    react(view, out);
  }

  /** Some services are the point of it all: without them there is nothing left to do. */
  private void react(View view, List<Action> out) {
    Status status = view.status();
    boolean matters = view.declaration().text(Keys.ON_FAILURE).equals("shutdown");
    if (!matters || wants.ending() || status.state() != ServiceState.FAILED) return;
    if (nodes.get(status.service()).goalUp) return; // it is about to be started again
    end(status.service() + " failed: " + status.reason(), exitStatus(status.lastExit()), out);
  }

  private static int exitStatus(ExitStatus last) {
    if (last == null || last.value() == 0) return 1;
    return last.kind() == ExitStatus.Kind.KILLED ? KILLED_BY + last.value() : last.value();
  }

  private void countSettled(Node node) {
    if (node.settled()) unsettled.remove(node);
    else unsettled.add(node);
  }

  private void tellSettled(List<Action> out) {
    boolean settled = settled();
    if (settled && !settledTold) out.add(new Action.Settled());
    settledTold = settled;
    if (!settled || !wants.ending() || dismissed) return;
    dismissed = true;
    out.add(new Action.Dismiss(exitStatus));
  }

  // Views

  /** What is wanted of everything. */
  public Goals goals() {
    return Goals.of(nodes.values(), target, generation, wants.ending(), exitStatus);
  }

  /**
   * Another number whenever the goals have changed so that a successor has to know at once; that
   * one more service was seen to start it may hear later.
   */
  public int goalChanges() {
    return changes.toKeep();
  }

  /** Nothing more happens by itself. */
  public boolean settled() {
    return unsettled.isEmpty();
  }

  /** The target is up. */
  public boolean reached() {
    return nodes.get(target).up() || nodes.get(target).isSkipped();
  }

  public String target() {
    return target;
  }

  /** Everything is to go down. */
  public boolean ending() {
    return wants.ending();
  }

  /** Whether a service is declared. */
  public boolean knows(String service) {
    return graph.services().contains(service);
  }

  /** The supervisor that a service is declared for, or was until it is gone; or empty. */
  public String supervisor(String service) {
    return nodes.containsKey(service) ? nodes.get(service).supervisor() : "";
  }

  /** Whether a service is to be up. */
  public boolean isWanted(String service) {
    return nodes.containsKey(service) && nodes.get(service).goalUp;
  }

  /** Those that are there and not in a graph. */
  public List<Declaration> leaving(Graph next) {
    return nodes.values().stream()
        .filter(node -> !next.services().contains(node.name()))
        .map(node -> node.declaration)
        .toList();
  }

  public Graph graph() {
    return graph;
  }

  /** With those that are not gone yet. */
  public Graph all() {
    if (all == null) all = Graph.of(nodes.values().stream().map(node -> node.declaration).toList());
    return all;
  }

  public Set<String> services() {
    return nodes.keySet();
  }

  public View view(String service) {
    return View.of(nodes.get(service));
  }

  /**
   * Why a service is as it is, and what would let it come up.
   *
   * @param installed whether there is a service type of this name
   */
  public Explanation why(String service, Predicate<String> installed) {
    return new Explainer(all(), nodes, wants.ending(), installed).explain(service);
  }
}
