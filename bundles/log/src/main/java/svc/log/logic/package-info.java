/** What lines of a log look like: pure functions, no I/O, no clock, no thread. */
package svc.log.logic;
