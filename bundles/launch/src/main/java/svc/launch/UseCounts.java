package svc.launch;

import java.lang.reflect.Field;
import java.util.Map;
import org.osgi.framework.Bundle;

/**
 * Felix counts for each bundle how often it uses which service, and keeps the counts, which are 0
 * then, of a bundle that is gone; with them the bundle and all that was read from its file
 * (org.apache.felix.framework.ServiceRegistry, 7.0.5 and what came after). A process that is
 * replaced piece by piece for years would grow by each piece. No call of OSGi lets go of them, so
 * this reaches into Felix; in another framework, or in a Felix that has them elsewhere, it does
 * nothing.
 */
final class UseCounts {

  private UseCounts() {}

  /**
   * @param framework the system bundle
   * @param gone uninstalled; it uses nothing any more
   */
  static void forget(Bundle framework, Bundle gone) {
    try {
      Object registry = value(framework, "m_registry");
      if (value(registry, "m_inUseMap") instanceof Map<?, ?> counts) counts.remove(gone);
    } catch (ReflectiveOperationException | RuntimeException elsewhere) {
      return; // some KiB stay
    }
  }

  private static Object value(Object of, String name) throws ReflectiveOperationException {
    Field field = of.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(of);
  }
}
