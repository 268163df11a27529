/**
 * The supervisor's hands: processes, records and messages. What it does with them is decided in
 * {@code logic}.
 */
package svc.supervise;
