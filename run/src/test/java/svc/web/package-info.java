/** The example that real servers run in, from its declarations to nothing left. */
package svc.web;
