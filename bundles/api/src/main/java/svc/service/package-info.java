/**
 * The values that all of svc speaks about: a declaration and what is wrong with it, a service's
 * state and status.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package svc.service;
