/**
 * The first process of a machine or a container: boots, reaps, listens, shuts down. Its decisions
 * are in {@code logic}; it neither sees nor needs the lists and messages of the IPC.
 */
package svc.init;
