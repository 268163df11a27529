package svc.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The smallest Java that the bundles run on, made by jlink(1). */
final class JavaRuntime {

  /**
   * Found by trying. SCR reads XML, Felix and jffi use Unsafe, junixsocket logs, svc.socket asks
   * for SO_PEERCRED (jdk.net). What else they name they do without.
   */
  private static final String MODULES = "java.base,java.logging,java.xml,jdk.net,jdk.unsupported";

  private JavaRuntime() {}

  /**
   * Makes it, unless it is there and of this JDK; a JDK without jlink makes none.
   *
   * <p>In a process of its own: within Maven's the same input has given different bytes.
   */
  static void make(Path directory) throws IOException, InterruptedException {
    Path jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
    if (!Files.isExecutable(jlink)) return;
    Path stamp = directory.resolveSibling(directory.getFileName() + ".of");
    String of = jlink + " " + Runtime.version() + " " + MODULES;
    if (Files.exists(stamp) && Files.readString(stamp).equals(of)) return;
    Files.deleteIfExists(stamp);
    delete(directory);
    Process process =
        new ProcessBuilder(
                jlink.toString(),
                "--add-modules=" + MODULES,
                // --strip-debug wants objcopy(1) too, for libraries that are stripped already
                "--strip-java-debug-attributes",
                "--no-header-files",
                "--no-man-pages",
                Runtime.version().feature() < 21 ? "--compress=2" : "--compress=zip-6",
                "--output=" + directory)
            .inheritIO()
            .start();
    int status = process.waitFor();
    if (status != 0) throw new IOException("jlink: exit status " + status);
    Files.writeString(stamp, of);
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) return;
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
    }
  }
}
