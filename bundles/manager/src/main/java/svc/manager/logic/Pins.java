package svc.manager.logic;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** What cannot be started since something is pinned. */
final class Pins {

  private Pins() {}

  /**
   * Those of some services that stay down, and why: pinned down themselves, in conflict with one
   * that is pinned up, or requiring another of them.
   *
   * @param services with all that they require
   */
  static Map<Node, String> blocked(Collection<Node> services) {
    Map<Node, String> blocked = new LinkedHashMap<>();
    if (services.stream().noneMatch(Pins::touched)) return blocked;
    boolean more = true;
    while (more) {
      more = false;
      for (Node node : services) {
        String why = blocked.containsKey(node) ? "" : why(node, blocked);
        if (!why.isEmpty()) more |= blocked.put(node, why) == null;
      }
    }
    return blocked;
  }

  private static boolean touched(Node node) {
    return node.pin != Pin.NONE || node.conflicts.stream().anyMatch(other -> other.pin == Pin.UP);
  }

  private static String why(Node node, Map<Node, String> blocked) {
    if (node.pin == Pin.UP) return "";
    if (node.pin == Pin.DOWN) return node.name() + " is pinned down";
    String conflict = conflict(node);
    if (!conflict.isEmpty()) return conflict;
    for (Node other : node.requires)
      if (blocked.containsKey(other))
        return "requires " + other.name() + ", which cannot be started";
    return "";
  }

  /** That it is in conflict with one that is pinned up, or empty. */
  static String conflict(Node node) {
    for (Node other : node.conflicts)
      if (other.pin == Pin.UP) return "conflicts with " + other.name() + ", which is pinned up";
    return "";
  }
}
