package svc.testkit;

import java.util.Objects;
import java.util.function.Supplier;

/** Fails with what was found. */
final class Expect {

  private Expect() {}

  static void that(boolean holds, String otherwise) {
    if (!holds) throw new AssertionError(otherwise);
  }

  static void equal(Object expected, Object found, String what) {
    that(Objects.equals(expected, found), what + ": expected " + expected + ", and found " + found);
  }

  /** What is computed, which may be neither null nor an exception. */
  static <T> T given(String what, Supplier<T> computed) {
    T found;
    try {
      found = computed.get();
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new AssertionError(what + " throws " + e, e);
    }
    that(found != null, what + " gives null");
    return found;
  }
}
