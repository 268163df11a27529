package svc.simulation;

import java.util.ArrayDeque;
import java.util.Deque;

/** What happened, as a number to compare two runs by and the last lines for people. */
final class Trace {

  private static final int KEPT = Integer.getInteger("svc.trace", 40);

  private final Deque<String> last = new ArrayDeque<>();
  private long hash = 1;
  private long lines;

  void add(long now, String text) {
    String line = now / 1_000 + "us " + text;
    hash = 31 * hash + line.hashCode();
    lines++;
    if (last.size() == KEPT) last.removeFirst();
    last.addLast(line);
  }

  /** The same for the same history. */
  long hash() {
    return hash;
  }

  long lines() {
    return lines;
  }

  @Override
  public String toString() {
    return String.join("\n", last);
  }
}
