package svc.launch.logic;

import java.util.List;

/**
 * What an update would do to one runtime. No service is touched by any of it.
 *
 * @param jar the file, absolute
 * @param bundle its symbolic name; empty when the file has none
 * @param from the version that is there; empty when there is none
 * @param to the version in the file
 * @param old the id of the bundle that is replaced, or -1
 * @param refreshed names of the bundles that are wired anew, the replaced one not among them; they
 *     are the ones that are stopped and started
 * @param restarted names of components of other bundles that are made anew because a service that
 *     they hold for good is replaced
 * @param reason why not, for {@link Action#RUNTIME}, {@link Action#ABSENT} and {@link
 *     Action#REFUSED}; otherwise empty
 */
public record Plan(
    String jar,
    String bundle,
    String from,
    String to,
    long old,
    Action action,
    List<String> refreshed,
    List<String> restarted,
    String reason) {

  public Plan {
    refreshed = List.copyOf(refreshed);
    restarted = List.copyOf(restarted);
  }

  /** The plan to do nothing, for a reason. */
  public static Plan not(
      Action action, String jar, String bundle, String from, String to, String reason) {
    return new Plan(jar, bundle, from, to, -1, action, List.of(), List.of(), reason);
  }

  /** Whether {@code apply} would do anything. */
  public boolean possible() {
    return switch (action) {
      case BESIDE, REFRESH -> true;
      case RUNTIME, ABSENT, REFUSED -> false;
    };
  }
}
