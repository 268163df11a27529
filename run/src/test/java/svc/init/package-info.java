/** svc-init as the first process of a container, with the programs that packaging leaves. */
package svc.init;
