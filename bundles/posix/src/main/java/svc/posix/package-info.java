/**
 * The real kernel: Linux, called through jffi on the way to a service, through jnr-posix and
 * junixsocket beside it. The one bundle with native code, and the one that is replaced only
 * together with its runtime: each load of it leaves its libraries mapped.
 */
package svc.posix;
