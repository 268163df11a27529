/** Bundles of an installed tree are replaced while it runs. */
package svc.update;
