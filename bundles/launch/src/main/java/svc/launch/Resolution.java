package svc.launch;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.resource.Namespace;
import org.osgi.resource.Requirement;

/** What the framework's resolver says of a bundle. */
final class Resolution {

  private final FrameworkWiring wiring;

  Resolution(BundleContext system) {
    wiring = system.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkWiring.class);
  }

  /** All that are wired to this one, through others too. */
  Set<Bundle> dependents(Bundle bundle) {
    Set<Bundle> closure = new HashSet<>(wiring.getDependencyClosure(Set.of(bundle)));
    closure.remove(bundle);
    return closure;
  }

  /**
   * Resolves a bundle that has just been installed.
   *
   * @return why it does not resolve, or empty
   */
  String problem(Bundle bundle) {
    if (wiring.resolveBundles(Set.of(bundle))) return "";
    List<String> missing = missing(bundle);
    if (!missing.isEmpty()) return "it needs " + String.join(", ", missing) + ", which is not here";
    try {
      bundle.start(Bundle.START_TRANSIENT);
      return "it does not resolve";
    } catch (BundleException e) {
      return Rejected.text(e);
    }
  }

  private List<String> missing(Bundle bundle) {
    List<String> missing = new ArrayList<>();
    for (BundleRequirement requirement : revision(bundle).getDeclaredRequirements(null)) {
      if (binding(requirement) && wiring.findProviders(requirement).isEmpty())
        missing.add(text(requirement));
    }
    return missing;
  }

  /** The resolver has to find something for it. */
  private static boolean binding(Requirement requirement) {
    String effective = requirement.getDirectives().get(Namespace.REQUIREMENT_EFFECTIVE_DIRECTIVE);
    String need = requirement.getDirectives().get(Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE);
    return (effective == null || effective.equals(Namespace.EFFECTIVE_RESOLVE))
        && !Namespace.RESOLUTION_OPTIONAL.equals(need);
  }

  private static String text(Requirement requirement) {
    String filter = requirement.getDirectives().get(Namespace.REQUIREMENT_FILTER_DIRECTIVE);
    return Requirements.text(requirement.getNamespace(), filter == null ? "" : filter);
  }

  /**
   * Whether those that are wired to a bundle could be wired to another in its place.
   *
   * @return what would be missing by whom, or empty
   */
  String problemOfDependents(Bundle old, Bundle fresh) {
    List<BundleCapability> offered = revision(fresh).getDeclaredCapabilities(null);
    List<String> problems = new ArrayList<>();
    for (BundleWire wire : wires(old)) {
      BundleRequirement requirement = wire.getRequirement();
      if (!binding(requirement) || offered.stream().anyMatch(requirement::matches)) continue;
      problems.add(Names.of(wire.getRequirer().getBundle()) + " needs " + text(requirement));
    }
    return String.join("; ", problems);
  }

  private static List<BundleWire> wires(Bundle bundle) {
    BundleWiring current = bundle.adapt(BundleWiring.class);
    return current == null ? List.of() : current.getProvidedWires(null);
  }

  private static BundleRevision revision(Bundle bundle) {
    return bundle.adapt(BundleRevision.class);
  }

  FrameworkWiring wiring() {
    return wiring;
  }
}
