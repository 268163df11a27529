package svc.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/** An installed tree. */
record Tree(Path home) {

  private static final List<String> NEEDED =
      List.of("bin/svc", "bin/svc-manager", "bin/svc-supervise", "bin/svc-init", "lib/java.sh");

  /** What is an operator's, and so comes along. */
  private static final List<String> KEPT = List.of("etc/java", "etc/svc");

  private static Failure refused(String why) {
    return Failure.failed("nothing changed: " + Text.line(why));
  }

  /** What it says of itself. */
  String version() throws Failure {
    for (String needed : NEEDED)
      if (!Files.isRegularFile(home.resolve(needed)))
        throw refused("no tree of svc: " + needed + " is missing");
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(home.resolve("lib"), "svc.cli-*.jar")) {
      for (Path jar : jars) return version(jar);
      throw refused("no tree of svc: lib/svc.cli-*.jar is missing");
    } catch (IOException e) {
      throw Failure.file(home, e);
    }
  }

  private static String version(Path jar) throws IOException, Failure {
    try (JarFile file = new JarFile(jar.toFile())) {
      String version =
          file.getManifest().getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
      if (version == null) throw refused(jar.getFileName() + " does not say its version");
      return version;
    }
  }

  /** Only who could have put the tree there may replace it, with what nobody else can change. */
  static void refuseStrangers(Path file, int uid) throws Failure {
    try {
      PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
      int owner = (Integer) Files.getAttribute(file, "unix:uid");
      if (owner != uid && owner != 0)
        throw refused(file + " belongs to " + attributes.owner().getName());
      boolean open =
          attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
              || attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE);
      if (open) throw refused(file + " can be written to by others");
    } catch (IOException e) {
      throw Failure.file(file, e);
    }
  }

  /** Takes over what is an operator's from another tree. */
  void keepFrom(Tree other) throws Failure {
    for (String kept : KEPT) {
      Path from = other.home.resolve(kept);
      try {
        if (!Files.exists(from)) continue;
        delete(home.resolve(kept));
        copy(from, home.resolve(kept));
      } catch (IOException e) {
        throw Failure.file(from, e);
      }
    }
  }

  /**
   * A copy of all of it, with times, owners and links as they are.
   *
   * @param fresh a directory that is not there
   */
  void copyTo(Path fresh) throws Failure {
    try {
      copy(home, fresh);
    } catch (IOException e) {
      throw Failure.file(fresh, e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) return;
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path each, IOException e) throws IOException {
            Files.delete(each);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
