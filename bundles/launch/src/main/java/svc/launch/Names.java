package svc.launch;

import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/** Small things about bundles. */
final class Names {

  private Names() {}

  static String of(Bundle bundle) {
    return bundle.getSymbolicName() == null ? bundle.getLocation() : bundle.getSymbolicName();
  }

  /** The loader of its classes, or ours when it has none: it is not resolved. */
  static ClassLoader loader(Bundle bundle) {
    BundleWiring wiring = bundle.adapt(BundleWiring.class);
    ClassLoader loader = wiring == null ? null : wiring.getClassLoader();
    return loader == null ? Names.class.getClassLoader() : loader;
  }
}
