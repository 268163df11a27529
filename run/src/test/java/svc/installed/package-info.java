/** The installed tree, for tests that use it as an operator does. */
package svc.installed;
