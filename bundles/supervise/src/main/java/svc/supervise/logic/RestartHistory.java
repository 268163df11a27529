package svc.supervise.logic;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The restarts of one service within the last period: may there be one more? */
final class RestartHistory {

  private final Deque<Long> times = new ArrayDeque<>();

  /**
   * Counts a restart if the limit allows it. At most {@code limit} times are kept.
   *
   * @return false when the limit is reached
   */
  boolean add(long now, int limit, long period) {
    while (!times.isEmpty() && now - times.peekFirst() >= period) times.removeFirst();
    if (times.size() >= limit) return false;
    times.addLast(now);
    return true;
  }

  void clear() {
    times.clear();
  }

  List<Long> times() {
    return List.copyOf(times);
  }

  void addAll(List<Long> earlier) {
    times.addAll(earlier);
  }
}
