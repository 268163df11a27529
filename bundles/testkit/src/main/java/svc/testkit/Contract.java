package svc.testkit;

import org.osgi.framework.Version;
import svc.type.ServiceType;

/** The contract's packages as they are on the class path. */
final class Contract {

  private Contract() {}

  /** The version that a package says of itself; nothing else in its description looks like one. */
  static Version version(String packageName) {
    ClassLoader loader = ServiceType.class.getClassLoader();
    return Reach.read(loader, packageName + ".package-info").texts().stream()
        .filter(text -> text.matches("[0-9]+\\.[0-9]+\\.[0-9]+"))
        .map(Version::parseVersion)
        .findFirst()
        .orElseThrow(() -> new AssertionError(packageName + " has no version"));
  }
}
