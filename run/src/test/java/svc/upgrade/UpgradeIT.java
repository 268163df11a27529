package svc.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import svc.installed.Asked;
import svc.installed.Hammer;
import svc.installed.Installed;
import svc.installed.Patient;
import svc.ipc.Method;

/**
 * A manager and two supervisors in processes of their own, with ten services and a task, from a
 * copy of the tree that a link leads to.
 */
@Timeout(400)
class UpgradeIT {

  private static final int SERVICES = 10;

  @TempDir Path directory;
  private Path tree;

  /** Of the service task, which ends with 7 when something is written there. */
  private Path fifo;

  private Installed installed;
  private Process manager;
  private Map<String, Long> before;

  @BeforeEach
  void start() throws Exception {
    tree = directory.resolve("svc");
    run("cp", "-a", Path.of("target", "dist").toAbsolutePath().toString(), tree.toString());
    Path link = Files.createSymbolicLink(directory.resolve("current"), tree);
    installed = new Installed(directory, link);
    Path declarations = Files.createDirectory(directory.resolve("d"));
    for (int i = 0; i < SERVICES; i++) {
      String supervisor = i % 2 == 0 ? "" : "supervisor = other\n";
      Files.writeString(
          declarations.resolve("s" + i + ".ini"), "[service]\nexec = sleep 1000\n" + supervisor);
    }
    fifo = directory.resolve("fifo");
    run("mkfifo", fifo.toString());
    Files.writeString(
        declarations.resolve("task.ini"),
        "[service]\nexec = sh -c 'read line <" + fifo + "; exit 7'\n[restart]\npolicy = never\n");
    manager = installed.start("manager", "svc-manager", declarations.toString());
    Installed.await("all up", () -> pids().size() == SERVICES + 1);
    before = pids();
  }

  @AfterEach
  void end() throws Exception {
    assertEquals(0, installed.run("svc", "shutdown").status());
    installed.close();
  }

  private static void run(String... words) throws Exception {
    assertEquals(
        0, new ProcessBuilder(words).inheritIO().start().waitFor(), List.of(words)::toString);
  }

  private JsonNode status() {
    return Asked.ask(installed.socket(), Method.STATUS);
  }

  /** Those that are up and were never restarted. */
  private Map<String, Long> pids() {
    Map<String, Long> pids = new TreeMap<>();
    for (JsonNode service : status().path("services")) {
      boolean up = service.path("state").asText().equals("up");
      if (up && service.path("pid").asLong() != 0 && service.path("restarts").asInt() == 0)
        pids.put(service.path("service").asText(), service.path("pid").asLong());
    }
    return pids;
  }

  private void assertUntouched() {
    assertEquals(before, pids());
    assertEquals(manager.pid(), status().path("pid").asLong());
    assertTrue(manager.isAlive());
  }

  private JsonNode runtime(String name) {
    return Asked.ask(directory.resolve("sock.d/update/" + name + ".sock"), Method.BUNDLES);
  }

  /** Versions of svc or of Java, by runtime. */
  private Map<String, String> each(String key) {
    Map<String, String> values = new TreeMap<>();
    for (String name : List.of("manager", "supervise-main", "supervise-other"))
      values.put(name, runtime(name).path(key).asText());
    return values;
  }

  private void assertEach(String key, String value) throws Exception {
    assertEquals(
        Map.of("manager", value, "supervise-main", value, "supervise-other", value), each(key));
  }

  // Trees

  /** A copy of the tree that calls itself so. */
  private Path copy(String version) throws Exception {
    Path copy = directory.resolve("svc-" + version);
    run("cp", "-a", tree.toString(), copy.toString());
    for (String part : List.of("svc.cli", "svc.launch"))
      rename(jar(copy.resolve("lib"), part), version);
    return copy;
  }

  private static Path jar(Path folder, String part) throws IOException {
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, part + "-*.jar")) {
      return jars.iterator().next();
    }
  }

  private static void rename(Path file, String version) throws IOException {
    Path changed = Files.createTempFile(file.getParent(), "changed", null);
    try (JarFile jar = new JarFile(file.toFile())) {
      Manifest manifest = jar.getManifest();
      manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, version);
      try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(changed), manifest)) {
        for (JarEntry entry : jar.stream().toList()) {
          if (entry.isDirectory() || entry.getName().equals(JarFile.MANIFEST_NAME)) continue;
          out.putNextEntry(new JarEntry(entry.getName()));
          jar.getInputStream(entry).transferTo(out);
          out.closeEntry();
        }
      }
    }
    Files.delete(file);
    Files.move(changed, file);
  }

  private Path pack(Path copy) throws Exception {
    Path tarball = directory.resolve(copy.getFileName() + ".tar.gz");
    run(
        "tar",
        "-czf",
        tarball.toString(),
        "-C",
        directory.toString(),
        copy.getFileName().toString());
    run("chmod", "go-w", tarball.toString());
    return tarball;
  }

  private Installed.Result upgrade(String... arguments) throws Exception {
    return installed.run(
        "svc", Stream.concat(Stream.of("upgrade"), Stream.of(arguments)).toArray(String[]::new));
  }

  // What must hold

  @Test
  void everyRuntimeHasTheNewVersionAndNobodyNotices() throws Exception {
    Path tarball = pack(copy("9.9.9"));
    Installed.Result plan = upgrade("--plan", tarball.toString());
    assertEquals(0, plan.status(), plan::toString);
    assertTrue(plan.out().contains("9.9.9"), plan::toString);
    assertFalse(each("version").containsValue("9.9.9"));

    Hammer hammer = new Hammer(installed);
    Patient patient = new Patient(installed.socket());
    Installed.Result result = upgrade(tarball.toString());
    List<Installed.Result> failed = hammer.stop();
    assertEquals(0, result.status(), () -> result + logs());
    assertEquals(List.of(), failed);
    System.out.println(patient.stop() + " questions, each with its answer");
    System.out.println(result.out());
    assertTrue(result.out().endsWith("services touched: none, as planned\n"), result::toString);
    assertEach("version", "9.9.9");
    assertUntouched();
    assertTrue(Files.isDirectory(directory.resolve("svc.old")));
    assertEquals("svc 9.9.9", installed.run("svc", "--version").out().strip());
    kill(before.get("s1"));
    Installed.await("restarted", () -> installed.service("s1").path("restarts").asInt() == 1);
    patient.awaitEventOf("s1");
    patient.close();
    before = pids();
  }

  /** Whether a process has a thread of this name (proc(5), comm). */
  private static boolean hasThread(long pid, String name) {
    try (DirectoryStream<Path> tasks =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (Path each : tasks)
        if (Files.readString(each.resolve("comm")).strip().equals(name)) return true;
    } catch (IOException gone) {
      // that one is not there any more
    }
    return false;
  }

  private static void kill(long pid) {
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
  }

  private String logs() {
    try {
      return Files.readString(directory.resolve("manager.err"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void aTreeThatFailsItsTrialChangesNothing() throws Exception {
    Path copy = copy("9.9.8");
    Files.delete(jar(copy.resolve("bundles"), "svc.supervise"));
    Installed.Result result = upgrade(pack(copy).toString());
    assertEquals(1, result.status(), result::toString);
    assertTrue(result.err().contains("nothing changed: the trial ends"), result::toString);
    assertTrue(result.err().contains("svc.supervise"), result::toString);
    assertFalse(each("version").containsValue("9.9.8"));
    assertUntouched();
  }

  @Test
  void whatIsNoTreeIsRefused() throws Exception {
    Path strange = Files.createDirectory(directory.resolve("strange"));
    Files.writeString(strange.resolve("README"), "no tree");
    Installed.Result result = upgrade(pack(strange).toString());
    assertEquals(1, result.status(), result::toString);
    assertTrue(result.err().contains("no tree of svc: bin/svc is missing"), result::toString);
    Path open = pack(copy("9.9.6"));
    run("chmod", "go+w", open.toString());
    result = upgrade(open.toString());
    assertTrue(result.err().contains("can be written to by others"), result.err());
    assertUntouched();
  }

  /** Its supervisors do not start, which a trial in one process does not show. */
  @Test
  void allGoBackWhereARuntimeDoesNotComeUp() throws Exception {
    Path copy = copy("9.9.7");
    Files.writeString(copy.resolve("etc/supervise.bndrun"), "-runbundles: no.such.bundle\n");
    Installed.Result result = upgrade(pack(copy).toString(), "--deadline", "60s");
    assertEquals(1, result.status(), result::toString);
    assertTrue(result.err().contains("all went back to what they had"), result::toString);
    Installed.await("answers", () -> pids().equals(before));
    assertUntouched();
    assertEach("version", System.getProperty("svc.version"));
  }

  @Test
  void theJavaIsReplacedInPlaceToo() throws Exception {
    Path other = Path.of("/usr/lib/jvm/temurin-25-jdk-amd64");
    Path first = Path.of(System.getProperty("java.home"));
    assumeTrue(Files.isDirectory(other), "needs a second Java: " + other);
    assumeTrue(!first.equals(other), "runs on that Java itself");
    Map<String, String> was = each("java");
    Installed.Result result = upgrade("--java", other.toString());
    assertEquals(0, result.status(), () -> result + logs());
    for (String java : each("java").values()) assertTrue(java.startsWith("25"), java);
    assertUntouched();
    Installed.Result none = upgrade("--java", directory.toString());
    assertTrue(none.err().contains("has no bin/java"), none::toString);
    assertFalse(was.equals(each("java")));
  }

  /** It serves the trial, and then a supervisor does not start with it. */
  @Test
  void aJavaWithWhichARuntimeDoesNotComeUpIsGivenUp() throws Exception {
    Path bad = Files.createDirectories(directory.resolve("java/bin/java").getParent());
    Path program =
        Files.writeString(
            bad.resolve("java"),
            "#!/bin/sh\ncase \"$*\" in *svc.program=svc-supervise*) exit 3 ;; esac\nexec "
                + System.getProperty("java.home")
                + "/bin/java \"$@\"\n");
    run("chmod", "+x", program.toString());
    Map<String, String> was = each("java");
    Installed.Result result = upgrade("--java", directory.resolve("java").toString());
    assertEquals(1, result.status(), () -> result + logs());
    assertTrue(result.err().contains("all went back to what they had"), result::toString);
    assertFalse(Files.exists(tree.resolve("etc/java")));
    Installed.await("answers", () -> pids().equals(before));
    assertUntouched();
    assertEquals(was, each("java"));
  }

  @Test
  void theEndOfAServiceWhileItsSupervisorIsReplacedIsCountedWithItsStatus() throws Exception {
    Path socket = directory.resolve("sock.d/update/supervise-main.sock");
    long supervisor = runtime("supervise-main").path("pid").asLong();
    Installed.Result asked =
        installed.run("svc", "nv", "call", socket.toString(), "replace", "home=" + tree);
    assertEquals(0, asked.status(), asked::toString);
    Installed.await("it stops", () -> !hasThread(supervisor, "svc.loop"));
    Files.writeString(fifo, "go\n");
    Installed.await("known", () -> installed.service("task").toString().contains("exit status 7"));
    before.remove("task");
    assertUntouched();
  }
}
