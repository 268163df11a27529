package svc.os;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Some of a machine's processors, by their numbers from 0 (cpuset(7)).
 *
 * @param numbers in order, each once; at least one
 */
public record Processors(List<Integer> numbers) {

  /** CONFIG_NR_CPUS is nowhere larger. */
  public static final int MOST = 8192;

  /**
   * Copies the list.
   *
   * @param numbers which are copied
   */
  public Processors {
    numbers = List.copyOf(numbers);
  }

  /**
   * Reads numbers and ranges with commas between them, as {@code 0-3,5}.
   *
   * @param text any text
   * @return nothing when it has another form
   */
  public static Optional<Processors> parse(String text) {
    TreeSet<Integer> numbers = new TreeSet<>();
    for (String part : text.split(",", -1))
      if (!add(part.strip(), numbers)) return Optional.empty();
    return Optional.of(new Processors(new ArrayList<>(numbers)));
  }

  private static boolean add(String part, TreeSet<Integer> numbers) {
    if (!part.matches("[0-9]{1,4}(-[0-9]{1,4})?")) return false;
    int dash = part.indexOf('-');
    int first = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
    int last = Integer.parseInt(part.substring(dash + 1));
    if (first > last || last >= MOST) return false;
    for (int number = first; number <= last; number++) numbers.add(number);
    return true;
  }

  /** {@return the numbers with commas between them} */
  @Override
  public String toString() {
    return String.join(",", numbers.stream().map(String::valueOf).toList());
  }
}
