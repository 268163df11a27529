package svc.manager.logic;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What has changed in the conductor's table: which services have to be looked at, and whether
 * somebody who comes after us has to know. Loop thread.
 */
final class Changes {

  private final Deque<Node> queue = new ArrayDeque<>();
  private int toKeep;

  /** It has to be looked at. */
  void touch(Node node) {
    if (node.queued) return;
    node.queued = true;
    queue.add(node);
  }

  /**
   * The next one that has to be looked at, in the order in which they were touched.
   *
   * @return null when there is none
   */
  Node next() {
    Node node = queue.poll();
    if (node != null) node.queued = false;
    return node;
  }

  /** The goals are others than before in a way that must not be forgotten. */
  void keep() {
    toKeep++;
  }

  /** Another number whenever they are. */
  int toKeep() {
    return toKeep;
  }
}
