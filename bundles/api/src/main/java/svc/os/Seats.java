package svc.os;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Who has the places that there are once in a process, and who waits for them. What is behind
 * {@link Kernel#seat}; loop thread only.
 */
public final class Seats {

  /** With no places yet. */
  public Seats() {}

  /** One who has a place or waits for it. */
  public final class Occupant {
    private final String seat;
    private final Runnable seated;

    private Occupant(String seat, Runnable seated) {
      this.seat = seat;
      this.seated = seated;
    }

    /**
     * Leaves, and seats whoever waits next. Any number of times.
     *
     * @param last is run before, if this one had the place
     */
    public void leave(Runnable last) {
      Deque<Occupant> queue = queues.get(seat);
      if (queue == null || !queue.contains(this)) return;
      boolean first = queue.peekFirst() == this;
      try {
        if (first) last.run();
      } finally {
        queue.remove(this);
        if (queue.isEmpty()) queues.remove(seat);
        else if (first) queue.peekFirst().seated.run();
      }
    }
  }

  private final Map<String, Deque<Occupant>> queues = new HashMap<>();

  /**
   * Takes the place when nobody has it, or waits.
   *
   * @param seat the place's name
   * @param seated is run when it is the turn of this one, maybe at once
   * @return this one, to leave again
   */
  public Occupant take(String seat, Runnable seated) {
    Occupant occupant = new Occupant(seat, seated);
    Deque<Occupant> queue = queues.computeIfAbsent(seat, any -> new ArrayDeque<>());
    queue.add(occupant);
    if (queue.size() == 1) seated.run();
    return occupant;
  }
}
