/** As many services as a large machine has. */
package svc.thousand;
