/** Service types that come and go while services run. */
package svc.types;
