/** Whole runtimes are replaced while services run. */
package svc.upgrade;
