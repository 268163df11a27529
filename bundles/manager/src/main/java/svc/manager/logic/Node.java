package svc.manager.logic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import svc.manager.logic.Obstacle.Relation;
import svc.service.Declaration;
import svc.service.Keys;
import svc.service.ServiceState;
import svc.service.Status;

/** One service in the conductor's table. */
final class Node {

  private static final String LEAVING = "not declared any more";

  Declaration declaration;
  final List<Node> requires = new ArrayList<>();
  final List<Node> requiredBy = new ArrayList<>();
  final List<Node> predecessors = new ArrayList<>();

  /** Those of them that it does not require. */
  final List<Node> before = new ArrayList<>();

  /** Those that are ordered after it. */
  final List<Node> successors = new ArrayList<>();

  /** Those of what it requires with which it is stopped and started again. */
  final List<Node> follows = new ArrayList<>();

  final List<Node> followedBy = new ArrayList<>();
  final List<Node> conflicts = new ArrayList<>();

  /** Whether it is to be up. */
  boolean goalUp;

  /** Its supervisor took the order to start it, so that its being down again is news. */
  boolean started;

  /** An order that its supervisor has not answered. */
  Action.Wish outstanding;

  /**
   * {@link Status#since} when it was ordered to restart, while that may not have happened; or 0.
   */
  long restarting;

  /**
   * How those that it follows were when it was started: {@link Status#since} of each, 0 where that
   * did not run. Of one that is missing here nobody knows.
   */
  final Map<String, Long> begunWith = new HashMap<>();

  /** One of those is not what it was then: it has to be stopped, and started again. */
  boolean outdated;

  /** It was stopped for that, so that its being down is no news. */
  boolean setAside;

  /** Its supervisor cannot be asked: what the status says may be long over. */
  boolean silent;

  /** Nobody declares it any more: it goes when it is down. */
  boolean leaving;

  /** Nothing is left of it. */
  boolean gone;

  /** Its supervisor has it up by another declaration than ours. */
  boolean stale;

  /** Processes of it are being ended that its supervisor knows nothing of. */
  boolean occupied;

  /** Whether it stays as it is. */
  Pin pin = Pin.NONE;

  /** It is being found out whether its conditions are met. */
  boolean examining;

  /** They are, and it is about to be started. */
  boolean examined;

  /** Which of them was not when it was to be started, or empty. */
  String skipped = "";

  /** Why the manager took its goal away, or empty. */
  String failure = "";

  /** What gave it its goal, or took it away. */
  Motive motive = Motive.NOBODY;

  /**
   * Its type is missing, or that of something that it requires: as of the last look, so that a deep
   * graph is not walked at each.
   */
  boolean parked;

  Status status;
  View told;
  boolean queued;

  /** What its neighbours last looked at. */
  private Look look;

  /** All of a service that matters to those ordered before or after it. */
  private record Look(
      ServiceState state,
      boolean goalUp,
      boolean atRest,
      boolean standsUp,
      long since,
      boolean skipped,
      boolean parked) {}

  Node(Declaration declaration) {
    this.declaration = declaration;
    this.status = Status.unknown(declaration.name(), declaration.type());
  }

  String name() {
    return declaration.name();
  }

  String supervisor() {
    return declaration.text(Keys.SUPERVISOR);
  }

  ServiceState state() {
    return status.state();
  }

  boolean up() {
    return state() == ServiceState.UP && !silent;
  }

  /** It was to be started, and a condition was not met. */
  boolean isSkipped() {
    boolean down = state() == ServiceState.DOWN || state() == ServiceState.FAILED;
    return goalUp && !skipped.isEmpty() && down && outstanding == null;
  }

  /**
   * It is up, or counts as that, and nothing is on its way to end it: what requires it may be
   * started.
   */
  boolean standsUp() {
    return isSkipped() || up() && goalUp && staysUp() && !goesAside();
  }

  /** It is to be up, and before that it has to go down. */
  private boolean goesAside() {
    return goalUp && (restarting != 0 || outdated || isOfOtherType());
  }

  /** Whether one that it follows has begun anew, or is about to. */
  boolean hasToFollow() {
    if (!goalUp || atRest() || pin == Pin.UP) return false;
    return follows.stream().anyMatch(other -> !other.isAsBefore(begunWith.get(other.name())));
  }

  /**
   * @param since its {@link Status#since} when a follower was started, 0 where it did not run; null
   *     when nobody knows, so that it is taken as it is
   */
  private boolean isAsBefore(Long since) {
    if (silent || !goalUp) return true; // not known, or no matter of following
    if (since == null) return !goesAside();
    return atRest() ? since == 0 : standsUp() && status.since() == since;
  }

  /** Makes up for what is missing in {@link #begunWith}; says whether anything was. */
  boolean learn() {
    boolean learnt = false;
    if (atRest()) return false;
    for (Node other : follows)
      if (other.standsUp() && !begunWith.containsKey(other.name())) {
        begunWith.put(other.name(), other.sinceWhen());
        learnt = true;
      }
    return learnt;
  }

  /** It is about to be started. */
  void begin() {
    begunWith.clear();
    for (Node other : follows) begunWith.put(other.name(), other.sinceWhen());
    setAside = false;
  }

  private long sinceWhen() {
    return up() ? status.since() : 0;
  }

  private boolean staysUp() {
    return outstanding == null
        || outstanding == Action.Wish.START
        || outstanding == Action.Wish.DECLARE;
  }

  /** Nothing of it runs and nothing is on its way to start it. */
  boolean atRest() {
    return outstanding == null
        && !occupied
        && !silent
        && (state() == ServiceState.DOWN || state() == ServiceState.FAILED);
  }

  /** It is up as what it is not declared to be any more. */
  boolean isOfOtherType() {
    return !atRest() && status.since() != 0 && !status.type().equals(declaration.type());
  }

  /** It was started and its supervisor has given it up. */
  boolean endedByItself() {
    return goalUp && started && !setAside && atRest() && !status.wantedUp();
  }

  private boolean isParked() {
    if (state() == ServiceState.NO_TYPE) return true;
    return goalUp && atRest() && requires.stream().anyMatch(other -> other.parked);
  }

  /** Whether its neighbours have to look again; those that require it are parked with it then. */
  boolean looksDifferent() {
    parked = isParked();
    Look now = new Look(state(), goalUp, atRest(), standsUp(), sinceWhen(), isSkipped(), parked);
    boolean different = !now.equals(look);
    look = now;
    return different;
  }

  /** It came to where it is wanted, or waits for something that no order brings about. */
  boolean settled() {
    if (outstanding != null || silent) return false;
    if (leaving) return gone;
    if (isSkipped()) return true;
    return goalUp ? up() && !stale && !goesAside() || parked : atRest();
  }

  /** What stands in the way of its goal; each service once. */
  List<Obstacle> obstacles() {
    List<Obstacle> obstacles = new ArrayList<>();
    anyObstacle(obstacle -> !obstacles.add(obstacle));
    return obstacles;
  }

  boolean isObstructed() {
    return anyObstacle(obstacle -> true);
  }

  /** Looks at one after the other, until one is enough. */
  private boolean anyObstacle(Predicate<Obstacle> enough) {
    if (goalUp && atRest()) {
      return any(requires, Relation.REQUIRED, other -> !other.standsUp(), enough)
          || any(before, Relation.AFTER, Node::goesFirst, enough)
          || any(conflicts, Relation.CONFLICT, other -> !other.atRest(), enough);
    }
    if (!goalUp && !atRest())
      return any(successors, Relation.DEPENDENT, other -> !other.goalUp && !other.atRest(), enough);
    return goesAside() && any(followedBy, Relation.FOLLOWER, Node::isToFollow, enough);
  }

  private boolean isToFollow() {
    return !atRest() && !(goalUp && pin == Pin.UP);
  }

  private static boolean any(
      List<Node> nodes, Relation relation, Predicate<Node> inTheWay, Predicate<Obstacle> enough) {
    for (Node other : nodes)
      if (inTheWay.test(other) && enough.test(new Obstacle(other, relation))) return true;
    return false;
  }

  /** Whether a successor has to wait: for its coming up, or for its going down. */
  private boolean goesFirst() {
    if (isSkipped()) return false;
    if (goalUp) return !up() && !parked;
    return !atRest();
  }

  /** What the supervisor says, but for a service that the manager itself has given up. */
  Status shown() {
    if (isSkipped()) return shownAs(ServiceState.SKIPPED, skipped);
    boolean saysAll = failure.isEmpty() || goalUp;
    if (saysAll) return leaving ? shownAs(state(), LEAVING) : status;
    return shownAs(atRest() ? ServiceState.FAILED : state(), failure);
  }

  private Status shownAs(ServiceState state, String reason) {
    return new Status(
        status.service(),
        status.type(),
        state,
        state == ServiceState.SKIPPED,
        status.pid(),
        status.since(),
        status.restarts(),
        status.lastExit(),
        reason,
        status.unmanaged(),
        status.logProblem());
  }

  // Its place among the others

  /** It stands alone. */
  void disconnect() {
    for (List<Node> others : neighbours()) others.clear();
  }

  /** One that is no more. */
  void forget(Node other) {
    for (List<Node> others : neighbours()) others.remove(other);
  }

  private List<List<Node>> neighbours() {
    return List.of(
        requires, requiredBy, predecessors, before, successors, follows, followedBy, conflicts);
  }
}
