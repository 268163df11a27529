package svc.launch;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import svc.launch.logic.ComponentState;

/**
 * What Declarative Services tell of components. We are outside of the framework and cannot be
 * linked to their classes, so the service {@code ServiceComponentRuntime} and its DTOs (OSGi
 * Compendium, 112.10) are spoken to by reflection. Where they are not there, there are no
 * components.
 */
final class Components {

  private static final String SERVICE =
      "org.osgi.service.component.runtime.ServiceComponentRuntime";

  // ComponentConfigurationDTO.state
  private static final int SATISFIED = 4;
  private static final int ACTIVE = 8;
  private static final int FAILED_ACTIVATION = 16;

  private final BundleContext system;

  Components(BundleContext system) {
    this.system = system;
  }

  /** All components of all active bundles. */
  List<ComponentState> all() {
    List<ComponentState> states = new ArrayList<>();
    with(
        (runtime, contract) -> {
          for (Object description : descriptions(runtime, contract)) {
            for (Object configuration : configurations(runtime, contract, description))
              states.add(state(description, configuration));
          }
        });
    return states;
  }

  /**
   * Components of other bundles that are made anew when this one goes: they hold a service of it by
   * a static reference.
   */
  List<String> holding(Bundle bundle) {
    List<String> names = new ArrayList<>();
    with(
        (runtime, contract) -> {
          for (Object description : descriptions(runtime, contract)) {
            if (bundleOf(description) == bundle.getBundleId()) continue;
            for (Object configuration : configurations(runtime, contract, description)) {
              if (holds(description, configuration, bundle.getBundleId()))
                names.add((String) get(description, "name"));
            }
          }
        });
    return names;
  }

  private static boolean holds(Object description, Object configuration, long bundle)
      throws ReflectiveOperationException {
    for (Object reference : array(get(configuration, "satisfiedReferences"))) {
      String name = (String) get(reference, "name");
      if (!isStatic(description, name)) continue;
      for (Object service : array(get(reference, "boundServices"))) {
        if ((long) get(service, "bundle") == bundle) return true;
      }
    }
    return false;
  }

  private static boolean isStatic(Object description, String reference)
      throws ReflectiveOperationException {
    for (Object each : array(get(description, "references"))) {
      if (reference.equals(get(each, "name"))) return "static".equals(get(each, "policy"));
    }
    return false;
  }

  private static ComponentState state(Object description, Object configuration)
      throws ReflectiveOperationException {
    int state = (int) get(configuration, "state");
    ComponentState.Phase phase =
        switch (state) {
          case SATISFIED -> ComponentState.Phase.SATISFIED;
          case ACTIVE -> ComponentState.Phase.ACTIVE;
          case FAILED_ACTIVATION -> ComponentState.Phase.FAILED;
          default -> ComponentState.Phase.UNSATISFIED;
        };
    String name = (String) get(description, "name");
    boolean immediate = (boolean) get(description, "immediate");
    return new ComponentState(
        bundleOf(description), name, immediate, phase, why(phase, configuration));
  }

  private static String why(ComponentState.Phase phase, Object configuration)
      throws ReflectiveOperationException {
    return switch (phase) {
      case SATISFIED, ACTIVE -> "";
      case FAILED -> "failed: " + cause((String) get(configuration, "failure"));
      case UNSATISFIED -> "lacks " + lacking(configuration);
    };
  }

  /** The innermost cause of a stack trace that was printed. */
  private static String cause(String trace) {
    if (trace == null) return "its activation threw";
    String cause = "";
    for (String line : trace.lines().toList()) {
      if (cause.isEmpty() || line.startsWith("Caused by: ")) cause = line;
    }
    return cause.replaceFirst("^Caused by: ", "");
  }

  private static String lacking(Object configuration) throws ReflectiveOperationException {
    List<String> names = new ArrayList<>();
    for (Object reference : array(get(configuration, "unsatisfiedReferences"))) {
      Object target = get(reference, "target");
      names.add(get(reference, "name") + (target == null ? "" : " " + target));
    }
    return names.isEmpty() ? "its configuration" : String.join(", ", names);
  }

  // By reflection

  private interface Task {
    void run(Object runtime, Class<?> contract) throws ReflectiveOperationException;
  }

  private void with(Task task) {
    ServiceReference<?> reference = reference();
    Object runtime = reference == null ? null : system.getService(reference);
    if (runtime == null) return;
    try {
      task.run(runtime, contract(runtime.getClass()));
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("the component runtime: " + e.getCause(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("not the component runtime that we know: " + e, e);
    } finally {
      system.ungetService(reference);
    }
  }

  /** Ours or not: whether we are wired to its package is nothing to us. */
  private ServiceReference<?> reference() {
    try {
      ServiceReference<?>[] found = system.getAllServiceReferences(SERVICE, null);
      return found == null ? null : found[0];
    } catch (InvalidSyntaxException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** Through the interface: the class behind it need not be public. */
  private static Class<?> contract(Class<?> type) throws ClassNotFoundException {
    return Class.forName(SERVICE, false, type.getClassLoader());
  }

  private static Collection<?> descriptions(Object runtime, Class<?> contract)
      throws ReflectiveOperationException {
    Object all = Array.newInstance(Bundle.class, 0);
    return (Collection<?>)
        contract.getMethod("getComponentDescriptionDTOs", Bundle[].class).invoke(runtime, all);
  }

  private static Collection<?> configurations(Object runtime, Class<?> contract, Object description)
      throws ReflectiveOperationException {
    return (Collection<?>)
        contract
            .getMethod("getComponentConfigurationDTOs", description.getClass())
            .invoke(runtime, description);
  }

  private static long bundleOf(Object description) throws ReflectiveOperationException {
    return (long) get(get(description, "bundle"), "id");
  }

  private static Object get(Object dto, String field) throws ReflectiveOperationException {
    return dto.getClass().getField(field).get(dto);
  }

  private static Object[] array(Object field) {
    return field == null ? new Object[0] : (Object[]) field;
  }
}
