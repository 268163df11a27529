package svc.launch;

import svc.launch.logic.Step;

/** A step of an update did not succeed; what was done before it is undone. */
final class Rejected extends Exception {
  private static final long serialVersionUID = 1L;

  private final Step step;

  Rejected(Step step, String reason) {
    super(reason, null, false, false);
    this.step = step;
  }

  Step step() {
    return step;
  }

  /** The innermost cause in one line: what wraps it says only that a bundle did not start. */
  static String text(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null && cause.getCause() != cause) cause = cause.getCause();
    String message = cause.getMessage();
    String first = message == null ? "" : message.lines().findFirst().orElse("");
    boolean speaks = first.contains(" ");
    return speaks ? first : (cause.getClass().getSimpleName() + " " + first).strip();
  }
}
