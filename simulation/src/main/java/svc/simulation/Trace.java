package svc.simulation;

import java.util.ArrayDeque;
import java.util.Deque;

/** What happened, as a number to compare two runs by and the last lines for people. */
final class Trace {

  private static final int KEPT = 80;

  private final Deque<String> last = new ArrayDeque<>();
  private long hash = 1;

  void add(long now, String text) {
    String line = now / 1_000 + "us " + text;
    hash = 31 * hash + line.hashCode();
    if (last.size() == KEPT) last.removeFirst();
    last.addLast(line);
  }

  long hash() {
    return hash;
  }

  @Override
  public String toString() {
    return String.join("\n", last);
  }
}
