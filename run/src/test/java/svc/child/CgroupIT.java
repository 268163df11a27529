package svc.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.installed.Installed;

/** Each service in a cgroup of its own, where this machine lets us make one. */
class CgroupIT {

  /** Goes away from wherever it is, leaves one that stays, and takes no notice of anybody. */
  private static final String HOP =
      """
      trap '' TERM
      [ $1 -gt 0 ] || exit 0
      env -i PATH=$PATH setsid sleep 60 &
      sleep 0.05
      env -i PATH=$PATH setsid sh "$0" $(($1 - 1)) &
      exit 0
      """;

  private static final String BOMB =
      """
      trap '' TERM
      for i in 1 2 3 4 5 6; do setsid sh "$1" 50 & done
      exec sleep 1000
      """;

  @TempDir Path directory;

  private Path own;
  private Installed installed;
  private Path declarations;
  private Process manager;

  @BeforeEach
  void prepare() throws IOException {
    own = own();
    assumeTrue(own != null, "no cgroup2 file system shows our cgroup");
    assumeFalse(Files.exists(Path.of("/run/systemd/system")), "cgroups are systemd's here");
    Path trial = own.resolve("svc.trial-" + ProcessHandle.current().pid());
    assumeTrue(trial.toFile().mkdir(), "no cgroup can be made in " + own);
    boolean kills = Files.exists(trial.resolve("cgroup.kill"));
    Files.delete(trial);
    assumeTrue(kills, "Linux before 5.14 has no cgroup.kill");
    installed = new Installed(directory);
    declarations = Files.createDirectory(directory.resolve("services"));
  }

  @AfterEach
  void end() throws Exception {
    if (installed == null) return;
    if (manager != null && manager.isAlive()) installed.run("svc", "shutdown");
    installed.close();
  }

  private static Path own() throws IOException {
    String place = place("self");
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      if (!line.contains(" - cgroup2 ")) continue;
      Path own = Path.of(line.split(" ")[4] + place);
      if (Files.exists(own.resolve("cgroup.procs"))) return own;
    }
    return null;
  }

  /** Empty when there is no such process any more. */
  private static String place(String pid) {
    return read(Path.of("/proc/" + pid + "/cgroup"))
        .lines()
        .filter(line -> line.startsWith("0::"))
        .map(line -> line.substring("0::".length()).replaceFirst("^/$", ""))
        .findFirst()
        .orElse("");
  }

  private static String read(Path path) {
    try {
      return new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  private void declare(String name, String lines) throws IOException {
    Files.writeString(declarations.resolve(name + ".ini"), "[service]\n" + lines);
  }

  private void start() throws IOException {
    manager = installed.start("manager", "svc-manager", declarations.toString());
  }

  private int up(String name) {
    int[] pid = new int[1];
    Installed.await(
        name + " up",
        () -> {
          JsonNode service = installed.service(name);
          pid[0] = service.path("pid").asInt();
          return service.path("state").asText().equals("up") && pid[0] > 0;
        });
    return pid[0];
  }

  /** As the command shows it. */
  private JsonNode shown(String name) throws Exception {
    String json = installed.run("svc", "status", "--json", name).out();
    return new ObjectMapper().readTree(json).path("services").path(0);
  }

  private Path cgroup(int pid) {
    String below = place(Integer.toString(pid)).substring(place("self").length());
    return Path.of(own + below);
  }

  private static List<String> members(Path cgroup) {
    return read(cgroup.resolve("cgroup.procs")).lines().toList();
  }

  @Test
  void aServiceHasOneUntilItIsDown() throws Exception {
    declare("web", "exec = sleep 1000\n");
    declare("none", "exec = sleep 1000\ncgroup = no\n");
    start();
    Path cgroup = cgroup(up("web"));
    assertEquals("svc.web", cgroup.getFileName().toString());
    assertTrue(cgroup.getParent().getFileName().toString().startsWith("svc.main."));
    assertEquals(own, cgroup.getParent().getParent());
    String told = shown("web").path("cgroup").asText();
    assertTrue(
        cgroup.toString().endsWith(told) && told.endsWith("/svc.web"),
        () -> told + " of " + cgroup);
    JsonNode other = shown("none");
    assertTrue(other.path("cgroup").isMissingNode(), other::toString);
    assertEquals(own, cgroup(up("none")));
    installed.run("svc", "stop", "web");
    assertFalse(Files.exists(cgroup));
    installed.run("svc", "start", "web");
    assertEquals(cgroup, cgroup(up("web")));
    installed.run("svc", "shutdown");
    Installed.await("the manager ends", () -> !manager.isAlive());
    assertFalse(Files.exists(cgroup.getParent()));
  }

  @Test
  void aBombOfProcessesThatNobodyCanFollowIsGoneInOneKill() throws Exception {
    Path hop = Files.writeString(directory.resolve("hop"), HOP);
    Path bomb = Files.writeString(directory.resolve("bomb"), BOMB);
    declare(
        "bomb",
        "exec = sh -c 'until grep -q svc.bomb /proc/self/cgroup; do :; done; exec sh %s %s'\nstop-timeout = 300ms\n"
            .formatted(bomb, hop));
    start();
    Path cgroup = cgroup(up("bomb"));
    Installed.await("many processes", () -> members(cgroup).size() > 40);
    installed.run("svc", "stop", "bomb");
    assertEquals("down", installed.service("bomb").path("state").asText());
    assertFalse(Files.exists(cgroup), () -> "left: " + members(cgroup));
  }

  /** The successor finds the cgroup, and what has lost its mark in it. */
  @Test
  void aSuccessorOfItsSupervisorGoesOnWithIt() throws Exception {
    Path hop = Files.writeString(directory.resolve("hop"), HOP);
    declare(
        "web",
        "exec = sh -c 'until grep -q svc.web /proc/self/cgroup; do :; done; env -i PATH=$PATH setsid sh %s 1; exec sleep 1000'\nstop-timeout = 300ms\n"
            .formatted(hop));
    start();
    int pid = up("web");
    Path cgroup = cgroup(pid);
    Installed.await("a process that has no mark", () -> members(cgroup).size() > 1);
    manager
        .toHandle()
        .children()
        .filter(child -> child.info().commandLine().orElse("").contains("svc-supervise"))
        .forEach(ProcessHandle::destroyForcibly);
    assertEquals(pid, up("web"));
    installed.run("svc", "restart", "web");
    assertEquals(cgroup, cgroup(up("web")));
    installed.run("svc", "stop", "web");
    assertFalse(Files.exists(cgroup), () -> "left: " + members(cgroup));
  }
}
