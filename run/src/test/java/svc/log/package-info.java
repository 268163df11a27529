/** What services write, whoever dies. */
package svc.log;
