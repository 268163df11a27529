/** Other declarations while services run, on the installed tree. */
package svc.reload;
