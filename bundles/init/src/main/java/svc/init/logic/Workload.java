package svc.init.logic;

import java.util.List;
import java.util.Map;
import svc.os.Signal;

/**
 * The program that a container is there for: it runs when the target is reached, and its end is the
 * container's.
 *
 * @param words empty when there is none
 * @param wholeGroup signals go to its process group and not to it alone
 * @param rewrites signals by number that reach it as another one, or not at all (0)
 */
public record Workload(List<String> words, boolean wholeGroup, Map<Integer, Integer> rewrites) {

  public static final Workload NONE = new Workload(List.of(), false, Map.of());

  /** sysexits(3) has none for these: as shells have it (Shell Command Language, 2.8.2). */
  static final int NOT_FOUND = 127;

  static final int NOT_EXECUTABLE = 126;

  public boolean exists() {
    return !words.isEmpty();
  }

  /** What reaches it of a signal, or null. */
  Signal rewritten(Signal signal) {
    int number = rewrites.getOrDefault(signal.number(), signal.number());
    return number == 0 ? null : new Signal(number);
  }

  /**
   * Reads {@code FROM:TO}, where TO may be 0.
   *
   * @return the two numbers, or null when it has not this form
   */
  public static Map.Entry<Integer, Integer> rewrite(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 2) return null;
    Signal from = Signal.parse(parts[0]).orElse(null);
    Signal to = Signal.parse(parts[1]).orElse(null);
    if (from == null || to == null && !parts[1].equals("0")) return null;
    return Map.entry(from.number(), to == null ? 0 : to.number());
  }
}
