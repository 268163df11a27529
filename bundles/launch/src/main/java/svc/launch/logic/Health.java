package svc.launch.logic;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a runtime is at one moment.
 *
 * @param active names of the active bundles by their ids
 * @param components those of all bundles
 * @param complaints what self-checks that are not content say, by the ids of their bundles
 */
public record Health(
    Map<Long, String> active, List<ComponentState> components, Map<Long, String> complaints) {

  public Health {
    active = Map.copyOf(active);
    components = List.copyOf(components);
    complaints = Map.copyOf(complaints);
  }

  /**
   * What was well before and is not now.
   *
   * @param except ids of bundles whose business this is not
   * @return sentences for people
   */
  public List<String> harmSince(Health before, Set<Long> except) {
    List<String> harm = new ArrayList<>();
    before.active.forEach(
        (id, name) -> {
          if (!except.contains(id) && !active.containsKey(id))
            harm.add(name + " is not active any more");
        });
    for (ComponentState was : before.components) {
      if (was.well() && !except.contains(was.bundle())) harm.addAll(harmTo(was));
    }
    complaints.forEach(
        (id, text) -> {
          if (!except.contains(id) && !before.complaints.containsKey(id))
            harm.add("the self-check of " + active.getOrDefault(id, "bundle " + id) + ": " + text);
        });
    return List.copyOf(harm);
  }

  private List<String> harmTo(ComponentState was) {
    ComponentState bad = null;
    for (ComponentState now : components) {
      if (now.is(was) && now.well()) return List.of();
      if (now.is(was)) bad = now;
    }
    if (!active.containsKey(was.bundle())) return List.of(); // said already
    return List.of("component " + was.name() + " " + (bad == null ? "is gone" : bad.why()));
  }

  /**
   * What is wrong with a bundle that has just been started: its component failed, or lacks what it
   * did not lack in the bundle that it replaces; its self-check is not content.
   *
   * @param old the id of the bundle it replaces, or -1
   * @param before when that one was still alone
   * @return the first problem, or empty
   */
  public String problemOf(long fresh, long old, Health before) {
    for (ComponentState component : components) {
      if (component.bundle() != fresh || component.well()) continue;
      boolean failed = component.phase() == ComponentState.Phase.FAILED;
      if (failed || before.had(old, component.name()))
        return "component " + component.name() + " " + component.why();
    }
    String complaint = complaints.getOrDefault(fresh, "");
    return complaint.isEmpty() ? "" : "its self-check: " + complaint;
  }

  /** A component of this bundle has thrown, and will not try again by itself. */
  public boolean hasFailed(long bundle) {
    return components.stream()
        .anyMatch(each -> each.bundle() == bundle && each.phase() == ComponentState.Phase.FAILED);
  }

  private boolean had(long bundle, String name) {
    for (ComponentState component : components) {
      if (component.bundle() == bundle && component.name().equals(name) && component.well())
        return true;
    }
    return false;
  }

  /** Components of this bundle that will be active soon. */
  public List<String> pendingOf(long bundle) {
    List<String> names = new ArrayList<>();
    for (ComponentState component : components) {
      if (component.bundle() == bundle && component.pending()) names.add(component.name());
    }
    return names;
  }
}
