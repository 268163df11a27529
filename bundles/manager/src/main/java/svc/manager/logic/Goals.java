package svc.manager.logic;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
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
 * @param motives what gave or took each goal, by name; without those that nobody asked for
 * @param skipped which condition of a service was not met when it was to be started, by name
 * @param pins which services stay up or down, by name
 * @param stale those whose supervisor has not been told of their last declaration
 * @param setAside those that are down, or on their way, for those that they follow
 * @param begunWith how those that a service follows were when it was started, by name: {@link
 *     svc.service.Status#since} of each, or 0 where it did not run
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
    Map<String, Motive> motives,
    Map<String, String> skipped,
    Map<String, Pin> pins,
    List<String> stale,
    List<String> setAside,
    Map<String, Map<String, Long>> begunWith,
    long generation,
    boolean ending,
    int exitStatus) {

  /** As they stand in the conductor's table; what is leaving has none. */
  static Goals of(
      Collection<Node> nodes, String target, long generation, boolean ending, int exitStatus) {
    List<String> up = new ArrayList<>();
    List<String> down = new ArrayList<>();
    List<String> pending = new ArrayList<>();
    List<String> stale = new ArrayList<>();
    Map<String, Long> restarting = new HashMap<>();
    Map<String, String> failures = new HashMap<>();
    Map<String, Motive> motives = new HashMap<>();
    Map<String, String> skipped = new HashMap<>();
    Map<String, Pin> pins = new HashMap<>();
    List<String> setAside = new ArrayList<>();
    Map<String, Map<String, Long>> begunWith = new HashMap<>();
    for (Node node : nodes) {
      if (node.leaving) continue;
      (node.goalUp ? up : down).add(node.name());
      if (node.goalUp && !node.skipped.isEmpty()) skipped.put(node.name(), node.skipped);
      if (node.pin != Pin.NONE) pins.put(node.name(), node.pin);
      if (node.setAside) setAside.add(node.name());
      if (!node.begunWith.isEmpty()) begunWith.put(node.name(), node.begunWith);
      if (node.stale) stale.add(node.name());
      if (node.goalUp && !node.started) pending.add(node.name());
      if (node.restarting != 0) restarting.put(node.name(), node.restarting);
      if (!node.failure.isEmpty()) failures.put(node.name(), node.failure);
      if (!node.motive.equals(Motive.NOBODY)) motives.put(node.name(), node.motive);
    }
    return new Goals(
        target,
        up,
        down,
        pending,
        restarting,
        failures,
        motives,
        skipped,
        pins,
        stale,
        setAside,
        begunWith,
        generation,
        ending,
        exitStatus);
  }

  public Goals {
    up = List.copyOf(up);
    down = List.copyOf(down);
    pending = List.copyOf(pending);
    skipped = Map.copyOf(skipped);
    pins = Map.copyOf(pins);
    stale = List.copyOf(stale);
    setAside = List.copyOf(setAside);
    begunWith = copy(begunWith);
    restarting = Map.copyOf(restarting);
    failures = Map.copyOf(failures);
    motives = Map.copyOf(motives);
  }

  private static Map<String, Map<String, Long>> copy(Map<String, Map<String, Long>> maps) {
    Map<String, Map<String, Long>> copy = new HashMap<>();
    maps.forEach((service, map) -> copy.put(service, Map.copyOf(map)));
    return Map.copyOf(copy);
  }
}
