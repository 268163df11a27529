/**
 * Service types that come and go while services run, and services that wait until they are asked.
 */
package svc.types;
