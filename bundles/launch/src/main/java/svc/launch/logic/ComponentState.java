package svc.launch.logic;

/**
 * One component of Declarative Services.
 *
 * @param bundle the id of its bundle
 * @param immediate active without anybody asking for its service
 * @param why what it lacks, or what its activation threw; empty when it is well
 */
public record ComponentState(long bundle, String name, boolean immediate, Phase phase, String why) {

  public enum Phase {
    /** A configuration or a reference is missing. */
    UNSATISFIED,
    /** It is made when somebody asks for it, or soon. */
    SATISFIED,
    ACTIVE,
    /** Its activation threw. */
    FAILED
  }

  boolean well() {
    return switch (phase) {
      case SATISFIED, ACTIVE -> true;
      case UNSATISFIED, FAILED -> false;
    };
  }

  /** It will be active by itself, and is not yet. */
  boolean pending() {
    return immediate && phase == Phase.SATISFIED;
  }

  boolean is(ComponentState other) {
    return bundle == other.bundle && name.equals(other.name);
  }
}
