/** svc-supervise without a manager. */
package svc.standalone;
