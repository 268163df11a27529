/**
 * The manager's hands: sockets, supervisors and processes. What it does with them is decided in
 * {@code logic}.
 */
package svc.manager;
