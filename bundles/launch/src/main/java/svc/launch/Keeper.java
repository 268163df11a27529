package svc.launch;

import java.io.IOException;
import java.nio.file.Path;

/** Where the next start finds its bundles. */
public interface Keeper {

  /** For a framework that somebody else starts. */
  Keeper NONE = (old, fresh, version, jar) -> "the next start has the old one again";

  /**
   * Puts a jar where the next start finds it, in place of the old one.
   *
   * @param old the location of the bundle that it replaces
   * @param fresh its symbolic name
   * @param version its version, OSGi's form
   * @return empty, or why the next start has the old one again
   */
  String keep(String old, String fresh, String version, Path jar) throws IOException;
}
