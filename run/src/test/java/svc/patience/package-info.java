/** How tests wait. */
package svc.patience;
