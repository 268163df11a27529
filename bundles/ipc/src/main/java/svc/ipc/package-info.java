/**
 * How the parts of svc speak to each other: name/value lists in one envelope, over a socket or
 * within one process.
 *
 * <p>Every message has {@code ipc:version} NUMBER 1, {@code ipc:id} NUMBER, {@code ipc:method}
 * STRING and {@code ipc:reply} BOOL, in this order, then its body. A reply carries the request's id
 * and method with {@code ipc:reply} TRUE; an error reply adds {@code ipc:error_code} NUMBER and
 * {@code ipc:error_text} STRING. Keys of a body are lower_snake with the unit last.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.2.0")
package svc.ipc;
