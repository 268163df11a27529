/**
 * What the manager decides: declarations to plan, wishes and news to orders. No I/O, no clock, no
 * thread.
 */
package svc.manager.logic;
