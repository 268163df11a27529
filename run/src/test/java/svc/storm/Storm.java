package svc.storm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** Kills the runtimes of a world at random and, all the time, looks at what must hold. */
final class Storm {

  /** Between two looks; a JVM takes a hundred times as long to start. */
  private static final int LOOK_MILLIS = 5;

  private static final int LONGEST_PAUSE_MILLIS = 700;

  /** Every so many blows fall on runtimes that all work. */
  private static final int CALMER = 4;

  private static final long CALM_NANOS = 20_000_000_000L;

  /** For the next blow to fall on a successor while it starts. */
  private static final long HUNT_NANOS = 15_000_000_000L;

  private final World world;
  private final List<String> supervisors;
  private final RandomGenerator random;
  private final Map<String, Probe> probes = new TreeMap<>();

  /** From the last kill of a runtime to its first answer, in ns. */
  final List<Long> managers = new ArrayList<>();

  final List<Long> supervises = new ArrayList<>();
  final List<String> violations = new ArrayList<>();
  int kills;

  /** Of those, how many hit a successor that had not answered yet. */
  int early;

  /** Written by services, and found in their logs. */
  long lines;

  private long nextBlow;
  private boolean waitsForAll;
  private String hunted = "";
  private long huntedUntil;

  Storm(World world, List<String> supervisors, RandomGenerator random) {
    this.world = world;
    this.supervisors = supervisors;
    this.random = random;
  }

  /** Until that many were killed. */
  void rage(int wanted) throws IOException {
    while (kills < wanted) {
      look();
      if (isTime()) blow();
      world.pause(LOOK_MILLIS);
    }
  }

  private boolean isTime() {
    long now = System.nanoTime();
    return now >= nextBlow && (!waitsForAll || allAnswer() || now >= nextBlow + CALM_NANOS);
  }

  /** A look without a kill. */
  void look() throws IOException {
    List<Seen> all = world.look();
    Map<String, Seen> first = new HashMap<>();
    for (Seen seen : all) {
      if (!seen.isInstance()) continue;
      Seen other = first.putIfAbsent(seen.service(), seen);
      if (other != null && other.runs(world.proc()) && seen.runs(world.proc()))
        violations.add(seen.service() + " runs twice: " + other + " and " + seen);
    }
    probes.entrySet().removeIf(each -> answered(each.getKey(), each.getValue()));
  }

  private boolean answered(String runtime, Probe probe) {
    long nanos = probe.look();
    if (nanos < 0) return false;
    (runtime.equals(World.MANAGER) ? managers : supervises).add(nanos);
    return true;
  }

  /** Whether all answer that were killed. */
  boolean allAnswer() {
    return probes.isEmpty();
  }

  private void blow() throws IOException {
    List<String> targets = targets();
    List<Seen> victims = new ArrayList<>();
    for (String target : targets) {
      Seen victim = world.runtimes().get(target);
      if (victim != null && !isSpared(target)) victims.add(victim);
    }
    if (victims.isEmpty()) return;
    strike(victims);
    boolean hunts = random.nextInt(5) == 0;
    waitsForAll = !hunts && random.nextInt(CALMER) == 0;
    hunted = hunts ? targets.get(0) : "";
    huntedUntil = System.nanoTime() + HUNT_NANOS;
    nextBlow = System.nanoTime() + (hunts ? 0 : random.nextInt(LONGEST_PAUSE_MILLIS) * 1_000_000L);
  }

  private boolean isSpared(String target) {
    return target.equals(World.MANAGER) && world.sparesManagers();
  }

  private void strike(List<Seen> victims) throws IOException {
    world.kill(victims);
    kills += victims.size();
    for (Seen victim : victims) {
      Probe before = probes.put(victim.runtime(), new Probe(world.socket(victim.runtime())));
      if (before == null) continue;
      before.close();
      early++;
    }
  }

  private List<String> targets() {
    if (!hunted.isEmpty() && System.nanoTime() < huntedUntil) return List.of(hunted);
    hunted = "";
    int chance = random.nextInt(100);
    String one = supervisors.get(random.nextInt(supervisors.size()));
    if (chance < 15) return List.of(World.MANAGER);
    if (chance < 25) return List.of(World.MANAGER, one);
    if (chance < 35) return List.of(one, World.MANAGER);
    if (chance < 40) return supervisors;
    if (chance < 45) return List.copyOf(new TreeSet<>(world.runtimes().keySet()));
    return List.of(one);
  }
}
