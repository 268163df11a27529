/** What the build makes for the packages. No runtime contains it. */
package svc.packaging;
