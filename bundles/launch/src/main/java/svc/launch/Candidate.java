package svc.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;

/** A jar that may become a bundle, as far as its manifest tells. */
record Candidate(Path jar, String name, Version version) {

  /**
   * @throws IOException with a text for the user when it is no jar, or no bundle
   */
  static Candidate read(Path jar) throws IOException {
    if (!Files.isRegularFile(jar)) throw new IOException(jar + ": no such file");
    try (JarFile file = new JarFile(jar.toFile(), false)) {
      Manifest manifest = file.getManifest();
      if (manifest == null) throw new IOException(jar + ": it has no manifest");
      return of(jar, manifest.getMainAttributes());
    } catch (SecurityException | IllegalArgumentException e) {
      throw new IOException(jar + ": " + e.getMessage(), e);
    }
  }

  private static Candidate of(Path jar, Attributes main) throws IOException {
    String name = main.getValue(Constants.BUNDLE_SYMBOLICNAME);
    if (name == null) throw new IOException(jar + ": no bundle, its manifest has no name");
    if (main.getValue(Constants.FRAGMENT_HOST) != null)
      throw new IOException(jar + ": a fragment is part of its host and cannot be replaced alone");
    String version = main.getValue(Constants.BUNDLE_VERSION);
    return new Candidate(jar, name.split(";")[0].strip(), Version.parseVersion(version));
  }
}
