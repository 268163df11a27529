/** What supervise decides: pure functions and state machines, no I/O, no clock, no thread. */
package svc.supervise.logic;
