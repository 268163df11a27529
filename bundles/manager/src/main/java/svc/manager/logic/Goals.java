package svc.manager.logic;

import java.util.List;
import java.util.Map;

/**
 * What is wanted of everything, so that another manager can go on where this one was: after a swap,
 * after a crash, by the same road. How the services are it hears from their supervisors.
 *
 * @param target the service whose being up is the point of it all
 * @param up the services that are to be up
 * @param down those that are not
 * @param pending those of them that no supervisor has been seen to start yet
 * @param restarting those that were ordered to restart, and since when they had been in the state
 *     that they were in then, see {@link svc.service.Status#since}
 * @param failures why services were given up, by name
 * @param skipped which condition of a service was not met when it was to be started, by name
 * @param pins which services stay up or down, by name
 * @param stale those whose supervisor has not been told of their last declaration
 * @param generation of the declarations that these goals are for
 * @param ending whether everything is to go down
 * @param exitStatus of the manager then
 */
public record Goals(
    String target,
    List<String> up,
    List<String> down,
    List<String> pending,
    Map<String, Long> restarting,
    Map<String, String> failures,
    Map<String, String> skipped,
    Map<String, Pin> pins,
    List<String> stale,
    long generation,
    boolean ending,
    int exitStatus) {

  public Goals {
    up = List.copyOf(up);
    down = List.copyOf(down);
    pending = List.copyOf(pending);
    skipped = Map.copyOf(skipped);
    pins = Map.copyOf(pins);
    stale = List.copyOf(stale);
    restarting = Map.copyOf(restarting);
    failures = Map.copyOf(failures);
  }
}
