package svc.manager.logic;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import svc.service.Status;

/**
 * The requests that are answered when their services are where they want them, in the order in
 * which they came. Loop thread.
 */
final class Waiters {

  /**
   * @param up the services that are to be up
   * @param down those that are to be down
   */
  private record Waiter(long request, List<Node> up, List<Node> down) {

    boolean isThrough() {
      return up.stream().allMatch(node -> through(node, true))
          && down.stream().allMatch(node -> through(node, false));
    }

    /** It is where it should be, or its goal is another by now. */
    private static boolean through(Node node, boolean up) {
      return node.goalUp == up ? node.settled() : !up || node.atRest();
    }

    /** What is not as it was wanted, for people; or empty. */
    String problem() {
      List<String> problems = new ArrayList<>();
      for (Node node : up)
        if (!node.isSkipped() && (!node.up() || !node.goalUp)) problems.add(words(node));
      for (Node node : down) if (!node.atRest()) problems.add(words(node));
      return String.join("; ", problems);
    }

    private static String words(Node node) {
      View view = View.of(node);
      Status status = view.status();
      String words = node.name() + " is " + status.state();
      if (!status.reason().isEmpty()) return words + ": " + status.reason();
      if (view.waitingFor().isEmpty()) return words;
      return words + ", waiting for " + String.join(", ", view.waitingFor());
    }
  }

  private final List<Waiter> waiters = new ArrayList<>();

  void add(long request, List<Node> up, List<Node> down) {
    waiters.add(new Waiter(request, up, down));
  }

  /** Answers those that need not wait any more. */
  void answer(List<Action> out) {
    for (Iterator<Waiter> all = waiters.iterator(); all.hasNext(); ) {
      Waiter waiter = all.next();
      if (!waiter.isThrough()) continue;
      all.remove();
      out.add(new Action.Answer(waiter.request(), waiter.problem()));
    }
  }
}
