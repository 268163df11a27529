/** Speaking to a manager without our own code. */
package svc.wire;
