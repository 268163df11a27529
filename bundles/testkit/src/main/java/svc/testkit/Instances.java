package svc.testkit;

import svc.type.ServiceType;

/** Makes a type anew, as ServiceLoader does. */
final class Instances {

  private Instances() {}

  static ServiceType another(ServiceType type) {
    Class<?> made = type.getClass();
    try {
      return (ServiceType) made.getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(
          made.getName() + " has no public constructor without arguments that works: " + e, e);
    }
  }
}
