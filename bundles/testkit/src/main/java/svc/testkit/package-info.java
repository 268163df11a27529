/**
 * What the author of a service type tests it with, in any test framework: {@link
 * svc.testkit.Conformance} holds the type to what {@link svc.type.ServiceType} asks of it, {@link
 * svc.testkit.BundleConformance} the jar that it comes in, and {@link svc.testkit.Histories} has
 * svc's manager and supervisors run services of it in a simulated world.
 *
 * <p>Nothing here needs more than the class path: no framework is started and no process is run.
 */
package svc.testkit;
