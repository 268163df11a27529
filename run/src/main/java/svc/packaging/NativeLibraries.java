package svc.packaging;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The native libraries of svc.posix as files, {@code ARCH-Linux/libNAME.so} with the ARCH of
 * uname(1). Each start would unpack them otherwise.
 */
final class NativeLibraries {

  private static final String JFFI = "jni/x86_64-Linux/libjffi-1.2.so";
  private static final Pattern LIBRARY =
      Pattern.compile(
          "jni/(\\w+)-Linux/(libjffi-1.2)\\.so"
              + "|lib/(amd64|aarch64)-Linux-clang/jni/(libjunixsocket)-native-[0-9.]+\\.so");
  private static final int LIBRARIES = 4;

  private NativeLibraries() {}

  static void unpack(Path directory) throws IOException {
    URL place = NativeLibraries.class.getClassLoader().getResource(JFFI);
    if (place == null) throw new IOException("no " + JFFI + " on the class path");
    int found = 0;
    try (JarFile jar = ((JarURLConnection) place.openConnection()).getJarFile()) {
      for (JarEntry entry : jar.stream().toList()) {
        Matcher name = LIBRARY.matcher(entry.getName());
        if (!name.matches()) continue;
        copy(jar, entry, directory.resolve(target(name)));
        found++;
      }
    }
    if (found != LIBRARIES) throw new IOException(found + " native libraries in " + place);
  }

  private static String target(Matcher name) {
    if (name.group(1) != null) return name.group(1) + "-Linux/" + name.group(2) + ".so";
    String arch = name.group(3).equals("amd64") ? "x86_64" : name.group(3);
    return arch + "-Linux/" + name.group(4) + ".so";
  }

  private static void copy(JarFile jar, JarEntry entry, Path target) throws IOException {
    Files.createDirectories(target.getParent());
    try (InputStream bytes = jar.getInputStream(entry)) {
      Files.copy(bytes, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
