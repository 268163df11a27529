package svc.launch.logic;

import java.util.List;

/**
 * What an update did.
 *
 * @param step the one that failed, or {@link Step#DONE}
 * @param reason why it failed; empty when it did not
 * @param refreshed names of the bundles that were stopped and started beside the replaced one, as
 *     the framework told it
 * @param notes what else is worth knowing: threads that were left, that it lasts until the next
 *     start
 * @param previous a jar with the bundle that was replaced, to go back to; empty when there is none
 */
public record Outcome(
    Step step, String reason, List<String> refreshed, List<String> notes, String previous) {

  public Outcome {
    refreshed = List.copyOf(refreshed);
    notes = List.copyOf(notes);
  }

  public boolean ok() {
    return step == Step.DONE;
  }

  /** Nothing was changed. */
  public static Outcome failed(Step step, String reason) {
    return new Outcome(step, reason, List.of(), List.of(), "");
  }
}
