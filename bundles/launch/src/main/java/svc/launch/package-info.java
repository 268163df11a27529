/**
 * Starts the composition that a launch descriptor names: reads it, finds its bundles, starts Felix
 * with them and waits for its end.
 */
package svc.launch;
