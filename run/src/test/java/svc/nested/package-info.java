/** A manager in a manager, and what becomes of services whose managers are killed. */
package svc.nested;
