/** svc-init as the first process: of a PID namespace, of containers, of a machine. */
package svc.boot;
