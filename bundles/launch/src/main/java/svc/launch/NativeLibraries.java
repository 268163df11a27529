package svc.launch;

import java.io.IOException;
import java.io.InputStream;
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
public final class NativeLibraries {

  private static final Pattern LIBRARY =
      Pattern.compile(
          "jni/(\\w+)-Linux/(libjffi-1.2)\\.so"
              + "|lib/(amd64|aarch64)-Linux-clang/jni/(libjunixsocket)-native-[0-9.]+\\.so");

  private NativeLibraries() {}

  /**
   * Writes those that a jar has.
   *
   * @param jar any
   * @param directory is made where there is something to write
   * @return how many there were
   */
  public static int unpack(Path jar, Path directory) throws IOException {
    int found = 0;
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : file.stream().toList()) {
        Matcher name = LIBRARY.matcher(entry.getName());
        if (!name.matches()) continue;
        copy(file, entry, directory.resolve(target(name)));
        found++;
      }
    }
    return found;
  }

  private static String target(Matcher name) {
    if (name.group(1) != null) return name.group(1) + "-Linux/" + name.group(2) + ".so";
    String arch = name.group(3).equals("amd64") ? "x86_64" : name.group(3);
    return arch + "-Linux/" + name.group(4) + ".so";
  }

  /** A file of its own, since a process may have the old one mapped. */
  private static void copy(JarFile jar, JarEntry entry, Path target) throws IOException {
    Files.createDirectories(target.getParent());
    try (InputStream bytes = jar.getInputStream(entry)) {
      Files.copy(bytes, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
