/**
 * What a service type is. A type describes, the platform acts: a type holds no state, does no I/O
 * and starts no thread, so it can be replaced or removed while services of it run.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.2.0")
package svc.type;
