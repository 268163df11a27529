/** Services that say how they are, with real processes and sockets. */
package svc.ready;
