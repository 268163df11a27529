/** Breaks every house rule once. */
package svc.architecture.sample;
