package svc.manager.logic;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import svc.service.ServiceState;

/**
 * Gives services their goals and takes them away, with those of the services that stand or fall
 * with them. Nothing is ordered here. Loop thread.
 */
final class Wants {

  private final Changes changes;
  private boolean ending;

  Wants(Changes changes) {
    this.changes = changes;
  }

  /** Everything is to go down, and nothing stays. */
  void end() {
    ending = true;
  }

  boolean ending() {
    return ending;
  }

  // Up

  /** One is to be up; those that it conflicts with are not. */
  void up(Node node, Motive motive) {
    if (!node.failure.isEmpty() || !node.goalUp) changes.keep();
    node.failure = "";
    examineAgain(node);
    if (!node.goalUp || node.motive.equals(Motive.FOUND)) node.motive = motive;
    for (Node other : node.conflicts) down(other, new Motive(Motive.Kind.CONFLICT, node.name()));
    if (!node.goalUp) node.started = node.status.wantedUp() && !node.atRest();
    node.goalUp = true;
    changes.touch(node);
  }

  /** One that somebody wants cannot be started. */
  void refuse(Node node, String why) {
    node.failure = why;
    node.motive = Motive.PINNED;
    changes.keep();
    changes.touch(node);
  }

  /** One is up already, and stays so with what it requires. */
  void keepUp(Node first) {
    Deque<Node> open = new ArrayDeque<>(List.of(first));
    while (!open.isEmpty()) {
      Node node = open.remove();
      if (node.goalUp) continue;
      node.goalUp = true;
      node.motive = Motive.FOUND;
      changes.keep();
      changes.touch(node);
      open.addAll(node.requires);
    }
  }

  /** Its conditions count anew. */
  void examineAgain(Node node) {
    if (!node.skipped.isEmpty()) changes.keep();
    node.skipped = "";
    node.examined = false;
  }

  // Down

  /** One is not to be up, nor is what requires it. */
  void down(Node first, Motive motive) {
    Deque<Node> open = new ArrayDeque<>(List.of(first));
    while (!open.isEmpty()) {
      Node node = open.remove();
      if (staysUp(node)) continue;
      for (Node dependent : node.requiredBy) if (dependent.goalUp) open.add(dependent);
      if (!node.failure.isEmpty() || node.goalUp) changes.keep();
      if (!node.failure.isEmpty() || node.goalUp) node.motive = motive;
      node.failure = "";
      examineAgain(node);
      lose(node);
    }
  }

  /** One ended by itself: what requires it goes too, and says why. */
  void ended(Node node) {
    boolean failed = node.state() == ServiceState.FAILED;
    lose(node);
    node.motive = new Motive(Motive.Kind.ENDED, node.name());
    changes.keep();
    Motive motive = new Motive(Motive.Kind.FAILURE, node.name());
    String why = "requires " + node.name() + ", which " + (failed ? "failed" : "ended");
    for (Node dependent : node.requiredBy)
      if (dependent.goalUp && !staysUp(dependent)) giveUp(dependent, why, motive);
  }

  /** One cannot be up: what requires it goes too, and says why. */
  void giveUp(Node node, String why, Motive motive) {
    Deque<Node> open = new ArrayDeque<>();
    node.failure = why;
    node.motive = motive;
    open.add(node);
    changes.keep();
    while (!open.isEmpty()) {
      Node next = open.remove();
      lose(next);
      for (Node dependent : next.requiredBy) {
        if (!dependent.goalUp || staysUp(dependent)) continue;
        dependent.failure = "requires " + next.name() + ", which failed";
        dependent.motive = new Motive(Motive.Kind.FAILURE, next.name());
        open.add(dependent);
      }
    }
  }

  private void lose(Node node) {
    node.goalUp = false;
    node.setAside = false;
    if (node.outstanding != Action.Wish.RESTART) node.restarting = 0;
    changes.touch(node);
  }

  /**
   * Whether it keeps its goal, whatever happens to others. One that is pinned and not up has
   * nothing to keep; all ends together, and what nobody declares is nobody's to pin.
   */
  boolean staysUp(Node node) {
    return node.pin == Pin.UP && !node.atRest() && !ending && !node.leaving;
  }
}
