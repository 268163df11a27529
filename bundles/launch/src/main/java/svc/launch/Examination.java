package svc.launch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import svc.launch.logic.Health;
import svc.launch.logic.Step;

/** Looks how the bundles of a framework are. */
final class Examination {

  /** A bundle's own word: a {@link Supplier} of a text that is empty when all is well. */
  static final String SELF_CHECK = "svc.self-check";

  private final BundleContext system;
  private final Components components;
  private final long deadline;

  /**
   * @param deadline nanoseconds that one self-check may take
   */
  Examination(BundleContext system, Components components, long deadline) {
    this.system = system;
    this.components = components;
    this.deadline = deadline;
  }

  Health now(Step step) throws Rejected {
    Map<Long, String> active = new HashMap<>();
    for (Bundle bundle : system.getBundles()) {
      if (bundle.getState() == Bundle.ACTIVE) active.put(bundle.getBundleId(), Names.of(bundle));
    }
    return new Health(active, components.all(), complaints(step));
  }

  private Map<Long, String> complaints(Step step) throws Rejected {
    Map<Long, String> complaints = new HashMap<>();
    for (ServiceReference<?> check : selfChecks()) {
      Bundle bundle = check.getBundle();
      if (bundle == null) continue; // it has just left
      String text = ask(step, check, bundle);
      if (!text.isEmpty()) complaints.merge(bundle.getBundleId(), text, (a, b) -> a + "; " + b);
    }
    return complaints;
  }

  private ServiceReference<?>[] selfChecks() {
    try {
      ServiceReference<?>[] found =
          system.getAllServiceReferences(Supplier.class.getName(), "(" + SELF_CHECK + "=true)");
      return found == null ? new ServiceReference<?>[0] : found;
    } catch (InvalidSyntaxException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** A check that throws or does not end says no as well. */
  private String ask(Step step, ServiceReference<?> check, Bundle bundle) {
    try {
      return Bounded.call(step, deadline, "self-check", Names.loader(bundle), () -> answer(check));
    } catch (Rejected no) {
      return no.getMessage();
    }
  }

  private String answer(ServiceReference<?> check) {
    Object service = system.getService(check);
    if (!(service instanceof Supplier<?> supplier)) return "";
    try {
      Object text = supplier.get();
      return text == null ? "" : text.toString();
    } finally {
      system.ungetService(check);
    }
  }

  /**
   * Asks for every service of a bundle once, so that components which are only made on demand are
   * made.
   *
   * @return what is wrong with that, or empty
   */
  String touch(Step step, Bundle bundle) throws Rejected {
    ServiceReference<?>[] services = bundle.getRegisteredServices();
    if (services == null) return "";
    List<String> refused = new ArrayList<>();
    for (ServiceReference<?> service : services) {
      boolean there =
          Bounded.call(step, deadline, "a service", Names.loader(bundle), () -> had(service));
      if (!there && service.getBundle() != null) refused.add(service.toString());
    }
    return refused.isEmpty() ? "" : "it does not give its service " + String.join(", ", refused);
  }

  private boolean had(ServiceReference<?> reference) {
    boolean there = system.getService(reference) != null;
    if (there) system.ungetService(reference);
    return there;
  }
}
