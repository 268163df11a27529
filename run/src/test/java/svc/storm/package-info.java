/**
 * kill -9 of runtimes at any moment, over and over, with all that must hold looked at from outside.
 */
package svc.storm;
