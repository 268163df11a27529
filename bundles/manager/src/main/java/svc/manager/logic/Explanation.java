package svc.manager.logic;

import java.util.List;

/**
 * Why a service is as it is, and what would let it come up.
 *
 * @param up whether it is
 * @param causes from the service down to the roots, depth first; no service twice
 * @param remedies the smallest set of things to do after which it comes up, in the order to do
 *     them: with all of them it does, with less it does not. Empty when it is up or comes up by
 *     itself
 * @param hopeless why nothing that can be done now would help, or empty
 */
public record Explanation(
    String service, boolean up, List<Cause> causes, List<Remedy> remedies, String hopeless) {

  public Explanation {
    causes = List.copyOf(causes);
    remedies = List.copyOf(remedies);
  }
}
