package svc.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the built bundles say of themselves, in the tree that is installed. */
class BundlesIT {

  private static final Path DIST = Path.of("target", "dist");

  private static TreeMap<String, Attributes> manifests() throws IOException {
    TreeMap<String, Attributes> manifests = new TreeMap<>();
    try (Stream<Path> files = Files.list(DIST.resolve("bundles"))) {
      for (Path file :
          files.filter(each -> each.getFileName().toString().startsWith("svc.")).toList()) {
        try (JarFile jar = new JarFile(file.toFile())) {
          Attributes main = jar.getManifest().getMainAttributes();
          manifests.put(main.getValue("Bundle-SymbolicName"), main);
        }
      }
    }
    return manifests;
  }

  @Test
  void aBundleExportsOrHasComponentsAndNeverBoth() throws IOException {
    TreeMap<String, Attributes> manifests = manifests();
    assertTrue(manifests.size() >= 11, manifests.keySet()::toString);
    manifests.forEach(
        (name, manifest) -> {
          boolean exports = manifest.getValue("Export-Package") != null;
          boolean components = manifest.getValue("Service-Component") != null;
          assertTrue(
              exports ^ components, name + ": exports " + exports + ", components " + components);
        });
  }

  @Test
  void everyBundleUnderBundlesIsInTheTree() throws IOException {
    List<String> missing = new ArrayList<>();
    try (Stream<Path> folders = Files.walk(Path.of("..", "bundles"), 3)) {
      for (Path file : folders.filter(each -> each.endsWith("bnd.bnd")).toList()) {
        Path folder = file.getParent();
        boolean plugin = folder.getParent().endsWith("plugins");
        String name = (plugin ? "svc.plugin." : "svc.") + folder.getFileName();
        if (!manifests().containsKey(name) && !onTheClassPath(name)) missing.add(name);
      }
    }
    assertEquals(List.of(), missing);
  }

  /** The command and the launcher start the framework, and so are not in it. */
  private static boolean onTheClassPath(String name) throws IOException {
    try (Stream<Path> files = Files.list(DIST.resolve("lib"))) {
      return files.anyMatch(each -> each.getFileName().toString().startsWith(name + "-"));
    }
  }

  @Test
  void nativeCodeIsInOneBundle() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(DIST.resolve("bundles"))) {
      for (Path file : files.toList()) {
        try (JarFile jar = new JarFile(file.toFile())) {
          if (jar.stream().anyMatch(entry -> entry.getName().endsWith(".so"))) {
            found.add(jar.getManifest().getMainAttributes().getValue("Bundle-SymbolicName"));
          }
        }
      }
    }
    assertEquals(List.of("svc.posix"), found);
  }
}
