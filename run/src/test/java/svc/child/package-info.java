/** What the processes of services are given, in the installed tree. */
package svc.child;
