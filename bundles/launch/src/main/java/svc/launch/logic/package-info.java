/** What is decided about updates: pure, so that it is tested without a framework. */
package svc.launch.logic;
