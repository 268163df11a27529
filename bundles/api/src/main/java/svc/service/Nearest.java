package svc.service;

import java.util.Collection;
import java.util.Comparator;

/** Finds what somebody meant who mistyped a name. */
public final class Nearest {

  private Nearest() {}

  /**
   * Ends a sentence about a name that is not known.
   *
   * @param written what somebody wrote
   * @param candidates what there is
   * @return {@code ; did you mean NAME?}, or empty when no candidate is near
   */
  public static String hint(String written, Collection<String> candidates) {
    return candidates.stream()
        .filter(candidate -> distance(written, candidate) <= Math.max(1, written.length() / 3))
        .min(Comparator.comparingInt(candidate -> distance(written, candidate)))
        .map(candidate -> "; did you mean " + candidate + "?")
        .orElse("");
  }

  /** Insertions, deletions and replacements between two words (Levenshtein). */
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) row[j] = j;
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
