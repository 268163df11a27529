package svc.launch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.osgi.framework.Bundle;

/**
 * What an installed bundle consists of, as a jar. Its own file may be another's by now: a runtime
 * beside us has replaced it, and the framework reads on from what it once opened.
 */
final class Contents {

  private Contents() {}

  static void write(Bundle bundle, Path jar) throws IOException {
    try (OutputStream bytes = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(bytes)) {
      add(zip, JarFile.MANIFEST_NAME, bundle.getEntry(JarFile.MANIFEST_NAME));
      Enumeration<URL> entries = bundle.findEntries("/", "*", true);
      while (entries != null && entries.hasMoreElements()) {
        URL entry = entries.nextElement();
        String name = entry.getPath().substring(1);
        if (!name.endsWith("/") && !name.equals(JarFile.MANIFEST_NAME)) add(zip, name, entry);
      }
    }
  }

  private static void add(ZipOutputStream zip, String name, URL entry) throws IOException {
    if (entry == null) throw new IOException("no " + name);
    zip.putNextEntry(new ZipEntry(name));
    try (InputStream content = entry.openStream()) {
      content.transferTo(zip);
    }
    zip.closeEntry();
  }
}
