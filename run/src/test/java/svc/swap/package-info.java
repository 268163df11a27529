/** Bundles are replaced in a real framework while services run and clients ask. */
package svc.swap;
