/** Lists of names and values and their packed bytes, as FreeBSD's libnv has them (nv(9)). */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.0")
package svc.nv;
