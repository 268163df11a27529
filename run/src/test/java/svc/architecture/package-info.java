/** The house rules of CONTRIBUTING.md. */
package svc.architecture;
