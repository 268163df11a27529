/**
 * What an init decides: where it is, what signals and requests mean, in which order it all begins
 * and ends. No I/O, no clock, no thread.
 */
package svc.init.logic;
