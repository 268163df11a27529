package svc.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import svc.manager.logic.World;

/** A machine on which nothing is but flags that come and go, one for each service. */
final class SimulatedWorld implements World {

  static final String FLAGS = "/flag/";

  private final Set<String> present = new TreeSet<>();

  /** What was said of each when it was asked for last. */
  private final Map<String, Boolean> said = new HashMap<>();

  void flip(String service) {
    if (!present.remove(service)) present.add(service);
  }

  /** Whether the last who asked was told that the flag is not there. */
  boolean wasMissing(String service) {
    return Boolean.FALSE.equals(said.get(service));
  }

  @Override
  public boolean exists(String path) {
    String service = path.substring(FLAGS.length());
    boolean there = present.contains(service);
    said.put(service, there);
    return there;
  }

  @Override
  public boolean holdsSomething(String path) {
    return false;
  }

  @Override
  public String text(String path) {
    return "";
  }

  @Override
  public String variable(String name) {
    return null;
  }

  @Override
  public String architecture() {
    return "amd64";
  }
}
