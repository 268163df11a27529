/**
 * The command line: {@code svc}, {@code svc-manager} and {@code svc-supervise}. Plain classes on a
 * class path; only what {@link svc.cli.Runtimes} starts is a framework.
 */
package svc.cli;
