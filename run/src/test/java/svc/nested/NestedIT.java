package svc.nested;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import svc.installed.Installed;

/**
 * {@code ground} and, on it, {@code shop}, a manager with {@code stock} and {@code till}. Every
 * service writes its name when it is told to end.
 */
class NestedIT {

  private Path directory;
  private Path declarations;
  private Path order;
  private Installed installed;

  /** Not JUnit's: what another user writes here has to be reached by that user. */
  @BeforeEach
  void prepare() throws IOException {
    directory = Files.createTempDirectory("svc-nested");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    installed = new Installed(directory);
    declarations = Files.createDirectory(directory.resolve("top"));
    order = directory.resolve("order");
    Files.createFile(order);
    Files.setPosixFilePermissions(order, PosixFilePermissions.fromString("rw-rw-rw-"));
    daemon("ground", "");
    Files.createDirectory(declarations.resolve("shop"));
    shop("");
    daemon("shop/stock", "");
    daemon("shop/till", "[depend]\nrequires = stock\n");
  }

  @AfterEach
  void end() throws Exception {
    installed.close();
    try (var all = Files.walk(directory)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(each);
    }
  }

  private void daemon(String name, String more) throws IOException {
    String script = "trap 'echo %s >> %s; exit 0' TERM; while :; do sleep 0.1; done";
    String exec = script.formatted(name.replaceAll(".*/", ""), order);
    declare(name, "[service]\ntype = daemon\nexec = sh -c \"" + exec + "\"\n" + more);
  }

  private void shop(String more) throws IOException {
    declare(
        "shop",
        "[service]\ntype = manager\n"
            + more
            + "[manager]\ndeclarations = shop\n[depend]\nrequires = ground\n");
  }

  private void declare(String name, String text) throws IOException {
    Files.writeString(declarations.resolve(name + ".ini"), text);
  }

  private Process startManager(String name, String... options) throws IOException {
    String[] words = new String[options.length + 1];
    System.arraycopy(options, 0, words, 0, options.length);
    words[options.length] = declarations.toString();
    return installed.start(name, "svc-manager", words);
  }

  /** The pids of services by their paths; empty while a level cannot be asked. */
  private Map<String, Long> pids() {
    try {
      Installed.Result result = installed.run("svc", "tree", "--json");
      Map<String, Long> pids = new TreeMap<>();
      if (result.status() == 0) add(new ObjectMapper().readTree(result.out()), "", pids);
      return pids;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void add(JsonNode manager, String prefix, Map<String, Long> pids) {
    for (JsonNode service : manager.path("services")) {
      String name = prefix + service.path("service").asText();
      long pid = service.path("pid").asLong();
      if (pid != 0 && service.path("state").asText().equals("up")) pids.put(name, pid);
      add(service.path("manager"), name + "/", pids);
    }
  }

  private Map<String, Long> awaitUp(Process manager) {
    List<Map<String, Long>> last = new ArrayList<>();
    Installed.await(
        "all up",
        () -> {
          assertTrue(manager.isAlive(), "ended early");
          last.add(pids());
          return last.get(last.size() - 1)
              .keySet()
              .containsAll(List.of("ground", "shop", "shop/stock", "shop/till"));
        });
    return last.get(last.size() - 1);
  }

  private void endsInOrder(Process manager) throws Exception {
    manager.destroy();
    assertTrue(manager.waitFor(60, TimeUnit.SECONDS), "does not end");
    assertEquals(0, manager.exitValue());
    assertEquals(List.of("till", "stock", "ground"), Files.readAllLines(order));
  }

  private static void kill(long pid) {
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    process.destroyForcibly();
    Installed.await("its end", () -> !process.isAlive());
  }

  private static Map<String, Long> without(String name, Map<String, Long> pids) {
    Map<String, Long> others = new TreeMap<>(pids);
    others.remove(name);
    return others;
  }

  @Test
  void bothLevelsComeUpAreShownAndGoDownInOrder() throws Exception {
    Process manager = startManager("manager");
    Map<String, Long> pids = awaitUp(manager);
    List<String> lines = installed.run("svc", "tree").out().lines().toList();
    String top = "svc-manager  pid " + manager.pid() + "  target default  .*/top";
    assertTrue(lines.get(0).matches(top), lines::toString);
    assertTrue(lines.contains("├─ ground  up  pid " + pids.get("ground")), lines::toString);
    assertTrue(lines.contains("│  ├─ till  up  pid " + pids.get("shop/till")), lines::toString);
    endsInOrder(manager);
    for (long pid : pids.values()) assertFalse(ProcessHandle.of(pid).isPresent());
  }

  @Test
  void whoeverIsKilledOfTheManagersNoServiceNotices() throws Exception {
    Process first = startManager("first");
    Map<String, Long> before = awaitUp(first);
    kill(first.pid());
    Process second = startManager("second");
    assertEquals(before, awaitUp(second));
    kill(before.get("shop"));
    Installed.await("a successor", () -> pids().getOrDefault("shop", 0L) > 0);
    Map<String, Long> after = awaitUp(second);
    assertFalse(after.get("shop").equals(before.get("shop")));
    assertEquals(without("shop", before), without("shop", after));
    endsInOrder(second);
  }

  @Test
  void anotherManagerEndsWhatOneThatWasKilledLeft() throws Exception {
    Process first = startManager("first");
    Map<String, Long> before = awaitUp(first);
    kill(first.pid());
    Process last = startManager("last", "--ending");
    assertTrue(last.waitFor(60, TimeUnit.SECONDS), "does not end");
    assertEquals(0, last.exitValue());
    assertEquals(List.of("till", "stock", "ground"), Files.readAllLines(order));
    for (long pid : before.values()) assertFalse(ProcessHandle.of(pid).isPresent());
  }

  @Test
  void aManagerRunsAsAnotherUser() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(isOpenToAll(Path.of("target", "dist").toRealPath()), "others cannot reach the tree");
    shop("user = nobody\n");
    Process manager = startManager("manager");
    Map<String, Long> pids = awaitUp(manager);
    for (String name : List.of("shop", "shop/till")) {
      assertEquals("nobody", Files.getOwner(Path.of("/proc/" + pids.get(name))).getName());
    }
    endsInOrder(manager);
  }

  private static boolean isOpenToAll(Path path) throws IOException {
    for (Path each = path; each != null; each = each.getParent()) {
      if (!Files.getPosixFilePermissions(each).contains(PosixFilePermission.OTHERS_EXECUTE)) {
        return false;
      }
    }
    return true;
  }

  @Test
  void aServiceThatMattersMostEndsTheManagerWithItsStatus() throws Exception {
    declare(
        "task",
        "[service]\ntype = daemon\nexec = sh -c \"sleep 1; exit 3\"\non-failure = shutdown\n"
            + "[depend]\nrequires = ground\n[restart]\npolicy = never\n");
    Process manager = startManager("manager", "--target", "task");
    assertTrue(manager.waitFor(60, TimeUnit.SECONDS), "does not end");
    assertEquals(3, manager.exitValue());
    assertEquals(List.of("ground"), Files.readAllLines(order));
  }

  @Test
  void anotherTargetStopsWhatItDoesNotNeed() throws Exception {
    Process manager = startManager("manager");
    awaitUp(manager);
    Installed.Result mistyped = installed.run("svc", "target", "grund");
    assertEquals(3, mistyped.status());
    assertTrue(mistyped.err().contains("did you mean ground?"), mistyped.err());
    assertEquals(0, installed.run("svc", "target", "ground").status());
    assertEquals(Set.of("ground"), pids().keySet());
    assertEquals(List.of("till", "stock"), Files.readAllLines(order));
  }
}
