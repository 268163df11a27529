/**
 * The decisions of manager and supervise in a world that a seed makes: its time, its processes and
 * its faults. The same seed gives the same history, so a failure is found again by its seed alone.
 */
package svc.simulation;
