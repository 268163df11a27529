/**
 * The door to {@code svc.launch}, which replaces bundles: a socket for the command, {@code
 * update/RUNTIME.sock} in the run directory.
 */
package svc.update;
