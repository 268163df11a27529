package svc.log;

/** We are killed. */
final class Cut extends RuntimeException {
  private static final long serialVersionUID = 1;

  Cut() {
    super("killed", null, false, false);
  }
}
