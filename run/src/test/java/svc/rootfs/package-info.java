/** Root filesystems of a fresh Debian for tests of the whole. */
package svc.rootfs;
