package svc.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import svc.installed.Installed;

/** A manager and a supervisor in processes of their own, with one service. */
@Timeout(300)
class UpdateIT {

  @TempDir Path directory;
  private Installed installed;
  private long pid;

  @BeforeEach
  void start() throws IOException {
    installed = new Installed(directory);
    Path declarations = Files.createDirectory(directory.resolve("d"));
    Files.writeString(declarations.resolve("sleeper.ini"), "[service]\nexec = sleep 1000\n");
    installed.start("manager", "svc-manager", declarations.toString());
    Installed.await("up", () -> sleeper().path("state").asText().equals("up"));
    pid = sleeper().path("pid").asLong();
  }

  @AfterEach
  void end() throws Exception {
    assertEquals(0, installed.run("svc", "shutdown").status());
    installed.close();
  }

  private JsonNode sleeper() {
    return installed.service("sleeper");
  }

  private void assertUntouched() {
    JsonNode now = sleeper();
    assertEquals(pid, now.path("pid").asLong(), now::toString);
    assertEquals(0, now.path("restarts").asInt(), now::toString);
  }

  private static Path jar(String bundle) throws IOException {
    Path bundles = Path.of("target", "dist", "bundles").toAbsolutePath();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(bundles, bundle + "-*.jar")) {
      return files.iterator().next();
    }
  }

  private JsonNode update(int status, Path jar) throws Exception {
    Installed.Result result = installed.run("svc", "update", "--json", jar.toString());
    assertEquals(status, result.status(), result::toString);
    return new ObjectMapper().readTree(result.out());
  }

  @Test
  void aTypeIsReplacedInBothRuntimes() throws Exception {
    JsonNode answer = update(0, jar("svc.plugin.daemon"));
    assertEquals(
        List.of("manager", "supervise-main"), answer.path("results").findValuesAsText("runtime"));
    assertEquals(List.of("done", "done"), answer.path("results").findValuesAsText("step"));
    assertUntouched();
  }

  @Test
  void theDoorItselfIsReplacedAndAnswersAllTheSame() throws Exception {
    JsonNode answer = update(0, jar("svc.update"));
    assertEquals(List.of("done", "done"), answer.path("results").findValuesAsText("step"));
    assertUntouched();
  }

  @Test
  void oneThatDoesNotResolveIsRefused() throws Exception {
    Path broken = directory.resolve("broken.jar");
    change(jar("svc.plugin.daemon"), broken, "Import-Package", "svc.type;version=\"[7,8)\"");
    JsonNode answer = update(1, broken);
    assertEquals(0, answer.path("results").size());
    assertTrue(
        answer.at("/plan/0/reason").asText().contains("package svc.type [7.0.0,8.0.0)"),
        answer::toString);
    assertUntouched();
  }

  @Test
  void whatHasNativeLibrariesIsNotReplacedInPlace() throws Exception {
    Installed.Result result = installed.run("svc", "update", jar("svc.posix").toString());
    assertEquals(1, result.status());
    assertTrue(result.err().contains("use svc upgrade"), result.err());
    assertUntouched();
  }

  @Test
  void aPluginIsFollowedByEveryRuntime() throws Exception {
    Path plugins = directory.resolve("sock.d/plugins");
    Path beside = plugins.resolve(".oneshot.jar");
    change(jar("svc.plugin.oneshot"), beside, "Bundle-SymbolicName", "svc.test.oneshot");
    Path plugin = Files.move(beside, plugins.resolve("oneshot.jar"));
    Installed.await("loaded", () -> bundles().contains("svc.test.oneshot"));
    Files.delete(plugin);
    Installed.await("gone", () -> !bundles().contains("svc.test.oneshot"));
    assertUntouched();
  }

  private List<String> bundles() {
    try {
      String out = installed.run("svc", "types", "--json").out();
      return new ObjectMapper().readTree(out).path("types").findValuesAsText("bundle");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** The same jar, but for a line of its manifest. */
  private static void change(Path from, Path to, String header, String value) throws IOException {
    try (JarFile jar = new JarFile(from.toFile())) {
      Manifest manifest = jar.getManifest();
      manifest.getMainAttributes().putValue(header, value);
      try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(to), manifest)) {
        for (JarEntry entry : jar.stream().toList()) {
          if (entry.isDirectory() || entry.getName().equals(JarFile.MANIFEST_NAME)) continue;
          out.putNextEntry(new JarEntry(entry.getName()));
          jar.getInputStream(entry).transferTo(out);
          out.closeEntry();
        }
      }
    }
  }
}
