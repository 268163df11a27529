package svc.simulation;

/** What the roles did is against a rule. */
final class BrokenRule extends AssertionError {

  private static final long serialVersionUID = 1L;

  BrokenRule(String text) {
    super(text);
  }
}
