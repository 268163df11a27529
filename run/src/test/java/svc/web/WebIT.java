package svc.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.installed.Installed;

/**
 * nginx, Redis, PostgreSQL and an application on top, as examples/web declares them: up in order,
 * killed and recovered, down in reverse order, nothing left. Once in one JVM, once in three.
 */
class WebIT {

  private static final Path EXAMPLE = Path.of("..", "examples", "web");
  private static final Path TOP = Path.of("/run/svc-web");
  private static final List<String> SERVICES =
      List.of("prepare", "nginx", "redis", "cluster", "postgres", "app");

  /** Who requires whom, as the declarations say. */
  private static final Map<String, List<String>> REQUIRES =
      Map.of(
          "nginx", List.of("prepare"),
          "redis", List.of("prepare"),
          "cluster", List.of("prepare"),
          "postgres", List.of("cluster"),
          "app", List.of("nginx", "redis", "postgres"));

  private final ObjectMapper json = new ObjectMapper();

  @TempDir Path directory;

  private Installed installed;
  private Path declarations;

  @BeforeEach
  void prepare() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root, for services' users");
    for (String program : List.of("nginx", "redis-server", "psql")) {
      assumeTrue(isInstalled(program), "needs " + program);
    }
    delete(TOP);
    installed = new Installed(directory);
    declarations = directory.resolve("web");
    copy(EXAMPLE, declarations);
    // services run as users of their own, who have to pass
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void end() throws Exception {
    if (installed != null) installed.close();
    if (installed != null) delete(TOP);
  }

  @Test
  void inOneJvm() throws Exception {
    Process svc = installed.start("svc", "svc", "up", declarations.toString());
    Path shown = installed.output("svc");
    wholeLife(
        svc,
        () -> read(shown).lines().anyMatch(line -> line.matches(".*app.*published: count .*")));
  }

  @Test
  void inThreeJvms() throws Exception {
    for (String service : List.of("cluster", "postgres")) {
      Path file = declarations.resolve(service + ".ini");
      String text = Files.readString(file);
      Files.writeString(file, text.replace("[service]\n", "[service]\nsupervisor = database\n"));
    }
    Process manager = installed.start("manager", "svc-manager", declarations.toString());
    wholeLife(manager, () -> true);
  }

  @Test
  void aBrokenDeclarationIsExplainedAndNothingIsStarted() throws Exception {
    Path app = declarations.resolve("app.ini");
    Files.writeString(app, "usr = nobody\n", StandardOpenOption.APPEND);
    Files.writeString(
        declarations.resolve("redis.ini"), "stop-timeout = soon\n", StandardOpenOption.APPEND);
    int line = Files.readAllLines(app).size();
    for (String[] words : new String[][] {{"check"}, {"plan"}, {"up"}}) {
      Installed.Result result = installed.run("svc", words[0], declarations.toString());
      assertEquals(1, result.status(), words[0]);
      String said = result.err() + result.out();
      assertTrue(said.contains(app + ":" + line + ": depend.usr: unknown key"), said);
      assertTrue(said.contains("redis.ini:9: depend.stop-timeout"), said);
    }
    assertFalse(Files.exists(TOP));
  }

  /**
   * @param published whether the application has told of its page, where its log is shown
   */
  private void wholeLife(Process manager, Supplier<Boolean> published) throws Exception {
    Installed.await("all up", () -> ended(manager) || isUp("app"));
    assertTrue(manager.isAlive(), () -> "ended early");
    cameUpInOrder();
    Installed.await("a page", () -> page().startsWith("count "));
    Installed.await("told of in the log", published);
    for (String service : List.of("nginx", "redis", "postgres", "app")) recovers(service);
    Installed.await("a page after all that", () -> page().startsWith("count "));
    Process events = installed.start("events", "svc", "events", "--json");
    Path told = installed.output("events");
    Installed.await("events", () -> !read(told).isEmpty());
    List<Long> pids = new ArrayList<>();
    for (String service : SERVICES) {
      long pid = installed.service(service).path("pid").asLong();
      if (pid != 0) pids.add(pid);
    }
    assertEquals(4, pids.size());
    manager.destroy();
    assertTrue(manager.waitFor(60, TimeUnit.SECONDS), "does not end");
    assertEquals(0, manager.exitValue());
    assertTrue(events.waitFor(60, TimeUnit.SECONDS), "events does not end");
    wentDownInReverse(downs(told));
    for (long pid : pids) assertFalse(Files.exists(Path.of("/proc/" + pid)), () -> "left: " + pid);
    assertEquals(List.of(), marked());
    assertFalse(Files.exists(installed.socket()));
  }

  private boolean ended(Process process) {
    return !process.isAlive();
  }

  private boolean isUp(String service) {
    return installed.service(service).path("state").asText().equals("up");
  }

  private void cameUpInOrder() {
    REQUIRES.forEach(
        (service, required) -> {
          long since = installed.service(service).path("since_ms").asLong();
          for (String each : required) {
            long before = installed.service(each).path("since_ms").asLong();
            assertTrue(before <= since, () -> service + " was up before " + each);
          }
        });
  }

  private void recovers(String service) {
    JsonNode before = installed.service(service);
    long pid = before.path("pid").asLong();
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    Installed.await(
        service + " back",
        () -> {
          JsonNode now = installed.service(service);
          return now.path("state").asText().equals("up") && now.path("pid").asLong() != pid;
        });
    JsonNode after = installed.service(service);
    assertEquals(before.path("restarts").asLong() + 1, after.path("restarts").asLong(), service);
  }

  private String page() {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:8480/")).build();
    try {
      return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    } catch (IOException | InterruptedException notYet) {
      return "";
    }
  }

  /** The services in the order in which they were told to be down. */
  private List<String> downs(Path told) throws IOException {
    List<String> order = new ArrayList<>();
    for (String line : Files.readAllLines(told)) {
      JsonNode service = json.readTree(line).path("service");
      if (service.path("state").asText().equals("down"))
        order.add(service.path("service").asText());
    }
    return order;
  }

  private static void wentDownInReverse(List<String> order) {
    assertTrue(order.containsAll(SERVICES), order::toString);
    REQUIRES.forEach(
        (service, required) -> {
          for (String each : required) {
            assertTrue(order.indexOf(service) < order.indexOf(each), order::toString);
          }
        });
  }

  /** Processes that one of the services started. */
  private static List<String> marked() throws IOException {
    List<String> found = new ArrayList<>();
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        List<String> variables = List.of(read(process.resolve("environ")).split("\0"));
        if (SERVICES.stream().map("SVC_SERVICE="::concat).anyMatch(variables::contains)) {
          found.add(process.toString());
        }
      }
    }
    return found;
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }

  private static boolean isInstalled(String program) {
    return List.of("/usr/sbin", "/usr/bin", "/usr/local/bin").stream()
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    try (var files = Files.newDirectoryStream(from)) {
      for (Path file : files) Files.copy(file, to.resolve(file.getFileName()));
    }
  }

  private static void delete(Path top) throws IOException {
    if (!Files.exists(top)) return;
    try (var all = Files.walk(top)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(each);
    }
  }
}
