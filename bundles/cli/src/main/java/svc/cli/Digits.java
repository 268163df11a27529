package svc.cli;

/** Numbers as they stand in a file or on a command line. */
final class Digits {

  private Digits() {}

  static boolean are(String text) {
    for (int i = 0; i < text.length(); i++)
      if (text.charAt(i) < '0' || text.charAt(i) > '9') return false;
    return !text.isEmpty();
  }

  /**
   * The 64 bits of an unsigned number.
   *
   * @throws IllegalArgumentException when it has more
   */
  static long unsigned(String digits) {
    try {
      return Long.parseUnsignedLong(digits);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(digits + " does not fit in 64 bits", e);
    }
  }

  /** As strtol(3) reads it: what is too large becomes the largest. */
  static long clamped(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }
}
