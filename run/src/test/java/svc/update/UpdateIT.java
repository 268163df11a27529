package svc.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import svc.installed.Asked;
import svc.installed.Hammer;
import svc.installed.Installed;
import svc.installed.Patient;
import svc.ipc.Method;

/**
 * A manager and a supervisor in processes of their own, from a copy of the tree, with a service
 * that runs and one that waits for who connects.
 */
@Timeout(300)
class UpdateIT {

  @TempDir Path directory;
  private Path tree;
  private Installed installed;
  private Process manager;
  private long pid;

  @BeforeEach
  void start() throws Exception {
    tree = directory.resolve("svc");
    String dist = Path.of("target", "dist").toAbsolutePath().toString();
    assertEquals(0, new ProcessBuilder("cp", "-a", dist, tree.toString()).start().waitFor());
    installed = new Installed(directory, tree);
    Path declarations = Files.createDirectory(directory.resolve("d"));
    Files.writeString(
        declarations.resolve("sleeper.ini"),
        "[service]\nexec = sleep 1000\n[restart]\ndelay = 0s\n");
    Files.writeString(
        declarations.resolve("echo.ini"),
        "[service]\ntype = socket\nexec = cat\n[socket]\nlisten = unix:"
            + directory.resolve("echo")
            + "\n");
    manager = installed.start("manager", "svc-manager", declarations.toString());
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

  private Path jar(String bundle) throws IOException {
    Path bundles = tree.resolve("bundles");
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
    assertEquals(0, answer.path("services_to_touch").size(), answer::toString);
    assertEquals(0, answer.path("services_touched").size(), answer::toString);
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

  /** svc.posix has native libraries and uses both, so they come with whole runtimes. */
  @ParameterizedTest
  @ValueSource(strings = {"svc.api", "svc.nv"})
  void contractsAreReplacedWithEveryRuntimeAsPlannedAndNobodyNotices(String contract)
      throws Exception {
    Path fresh = directory.resolve("fresh.jar");
    change(jar(contract), fresh, "Bundle-Version", "0.1.7");
    JsonNode plan = json("update", "--plan", "--json", fresh.toString());
    assertEquals("0.1.0.SNAPSHOT", version("manager", contract));
    String listening = listening();

    Hammer hammer = new Hammer(installed);
    Patient patient = new Patient(installed.socket());
    Installed.Result result = installed.run("svc", "update", "--json", fresh.toString());
    assertEquals(List.of(), hammer.stop());
    assertTrue(patient.stop() > 0);
    patient.close();
    assertEquals(0, result.status(), () -> result + logs());
    JsonNode answer = new ObjectMapper().readTree(result.out());
    assertEquals(plan.path("plan"), answer.path("plan"));
    assertEquals(
        Set.of("manager", "supervise-main"),
        Set.copyOf(answer.path("plan").findValuesAsText("runtime")));
    assertEquals(
        Set.copyOf(answer.path("plan").findValuesAsText("runtime")),
        Set.copyOf(answer.path("results").findValuesAsText("runtime")));
    assertEquals(plan.path("services_to_touch"), answer.path("services_to_touch"));
    assertEquals(plan.path("services_to_touch"), answer.path("services_touched"));
    assertEquals(0, answer.path("services_touched").size(), answer::toString);
    assertEquals(listening, listening(), "who comes waits in the same queue");
    assertEquals("0.1.7", version("manager", contract));
    assertEquals("0.1.7", version("supervise-main", contract));
    assertTrue(Files.exists(tree.resolve("lib/" + contract + "-0.1.7.jar")));
    assertUntouched();
    assertEquals(manager.pid(), json("status", "--json").path("pid").asLong());
  }

  @Test
  void whereItsTrialFailsNothingIsChanged() throws Exception {
    Path broken = directory.resolve("broken.jar");
    change(jar("svc.nv"), broken, "Import-Package", "no.such.thing");
    for (String plan : List.of("--plan", "--json")) {
      Installed.Result result = installed.run("svc", "update", plan, broken.toString());
      assertEquals(1, result.status(), result::toString);
      assertTrue(result.err().contains("nothing changed: the trial ends"), result::toString);
      assertTrue(result.err().contains("no.such.thing"), result::toString);
    }
    assertFalse(Files.exists(directory.resolve(".svc.new")));
    assertUntouched();
  }

  /** Killed when the services have been looked at, before anything is replaced. */
  @Test
  void aServiceThatCrashesMeanwhileIsTold() throws Exception {
    Path fresh = Files.copy(jar("svc.nv"), directory.resolve("fresh.jar"));
    CompletableFuture<Installed.Result> update =
        CompletableFuture.supplyAsync(() -> run("update", "--json", fresh.toString()));
    Installed.await("begun", () -> Files.exists(directory.resolve(".svc.new/bin")));
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    Installed.Result result = update.join();
    assertEquals(0, result.status(), () -> result + logs());
    JsonNode answer = new ObjectMapper().readTree(result.out());
    assertEquals(0, answer.path("services_to_touch").size(), answer::toString);
    assertEquals(List.of("sleeper"), answer.path("services_touched").findValuesAsText("service"));
    assertTrue(
        answer.at("/services_touched/0/how").asText().startsWith("pid " + pid + " -> "),
        answer::toString);
    Installed.await("up again", () -> sleeper().path("restarts").asInt() == 1);
  }

  /** The socket that the service without a process waits on, by its inode (proc(5)). */
  private String listening() throws IOException {
    String path = " " + directory.resolve("echo");
    for (String socket : Files.readAllLines(Path.of("/proc/net/unix")))
      if (socket.endsWith(path)) return socket.strip().split(" +")[6];
    throw new AssertionError("nobody listens");
  }

  private Installed.Result run(String... words) {
    try {
      return installed.run("svc", words);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private JsonNode json(String... words) throws Exception {
    Installed.Result result = run(words);
    assertEquals(0, result.status(), () -> result + logs());
    return new ObjectMapper().readTree(result.out());
  }

  private String logs() {
    try {
      return Files.readString(directory.resolve("manager.err"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Of a bundle in a runtime. */
  private String version(String runtime, String bundle) {
    for (JsonNode each : bundlesOf(runtime))
      if (each.path("name").asText().equals(bundle)) return each.path("version").asText();
    return "";
  }

  private JsonNode bundlesOf(String runtime) {
    Path door = directory.resolve("sock.d/update/" + runtime + ".sock");
    return Asked.ask(door, Method.BUNDLES).path("bundles");
  }

  @Test
  void aPluginIsFollowedByEveryRuntime() throws Exception {
    Path plugins = directory.resolve("sock.d/plugins");
    Path beside = plugins.resolve(".oneshot.jar");
    change(jar("svc.plugin.oneshot"), beside, "Bundle-SymbolicName", "svc.test.oneshot");
    Path plugin = Files.move(beside, plugins.resolve("oneshot.jar"));
    for (String each : List.of("manager", "supervise-main"))
      Installed.await("loaded", () -> !version(each, "svc.test.oneshot").isEmpty());
    Files.delete(plugin);
    for (String each : List.of("manager", "supervise-main"))
      Installed.await("gone", () -> version(each, "svc.test.oneshot").isEmpty());
    assertUntouched();
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
