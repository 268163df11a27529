/**
 * The one door to the operating system. A role acts through {@link svc.os.Kernel} and nothing else,
 * so that tests put a simulated kernel in its place.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.2.0")
package svc.os;
