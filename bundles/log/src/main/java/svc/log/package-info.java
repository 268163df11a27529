/**
 * Takes what services write from their FIFOs and writes it to their logs, on a thread of its own,
 * so that a slow disk never delays supervision.
 */
package svc.log;
