package svc.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import svc.rootfs.Rootfs;

/** In containers that runc makes of a Debian. */
@Timeout(600)
class RuncIT {

  private static final Path RUNC = Path.of("/usr/sbin/runc");
  private static final Path ROOT = Path.of("target", "runc-root").toAbsolutePath();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Those whose default is to end a process (signal(7)). */
  private static final List<Integer> DEADLY =
      List.of(1, 2, 3, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 24, 25, 26, 27, 29, 30, 31, 34, 64);

  /** So many exit statuses, from 0 to 255: {@code -Dsvc.statuses=256} for all. */
  private static final int STATUSES = Integer.getInteger("svc.statuses", 12);

  @TempDir static Path directory;

  private static ObjectNode usual;

  @BeforeAll
  static void aRoot() throws Exception {
    assumeTrue(Rootfs.missing() == null, Rootfs.missing());
    assumeTrue(Files.isExecutable(RUNC), "needs runc: apt-get install runc");
    Started.output(directory, "rm", "-rf", ROOT.toString());
    Rootfs.copyInstalled(ROOT);
    Services.declare(ROOT.resolve("services"), "/tmp/journal");
    Started.output(directory, RUNC.toString(), "spec", "--bundle", directory.toString());
    usual = (ObjectNode) JSON.readTree(directory.resolve("config.json").toFile());
  }

  @AfterAll
  static void nothingIsLeft() throws Exception {
    if (usual != null) Started.output(directory, "rm", "-rf", ROOT.toString());
  }

  /** A container of its own for each run; the root file system is the same, and only read. */
  private static final class Container implements AutoCloseable {
    private final String name;
    private final Path bundle;
    private final ObjectNode config = usual.deepCopy();
    private Started started;

    Container(String name, String... words) throws IOException {
      this.name = "svc-test-" + ProcessHandle.current().pid() + "-" + name;
      this.bundle = Files.createDirectory(directory.resolve(name));
      ((ObjectNode) config.get("root")).put("path", ROOT.toString()).put("readonly", true);
      ObjectNode process = (ObjectNode) config.get("process");
      process.put("terminal", false);
      ArrayNode args = process.putArray("args").add("svc-init");
      for (String word : words) args.add(word);
      mount("/tmp");
      mount("/run");
    }

    private void mount(String destination) {
      ObjectNode mount = ((ArrayNode) config.get("mounts")).addObject();
      mount.put("destination", destination).put("type", "tmpfs").put("source", "tmpfs");
      mount.putArray("options").add("nosuid").add("noexec").add("mode=1777");
    }

    Container as(int uid) {
      ObjectNode user = (ObjectNode) config.get("process").get("user");
      user.put("uid", uid).put("gid", uid);
      return this;
    }

    /** Nothing can be written to but what every container has. */
    Container withoutMounts() {
      ArrayNode mounts = (ArrayNode) config.get("mounts");
      mounts.remove(mounts.size() - 1);
      mounts.remove(mounts.size() - 1);
      return this;
    }

    Container start() throws IOException {
      JSON.writeValue(new File(bundle.toFile(), "config.json"), config);
      started =
          Started.of(
              bundle.resolve("out"),
              List.of(RUNC.toString(), "run", "--bundle", bundle.toString(), name));
      return this;
    }

    int status() throws Exception {
      return started.status();
    }

    void kill(String signal) throws Exception {
      Started.output(bundle, RUNC.toString(), "kill", name, signal);
    }

    String exec(String... words) throws Exception {
      List<String> all = new ArrayList<>(List.of(RUNC.toString(), "exec", name));
      all.addAll(List.of(words));
      return Started.output(bundle, all.toArray(String[]::new));
    }

    @Override
    public void close() {
      started.close();
    }
  }

  @Test
  void everyExitStatusAndSignalOfTheWorkloadComesOut() throws Exception {
    Map<Integer, Future<Integer>> statuses = new TreeMap<>();
    Map<Integer, Future<Integer>> signals = new TreeMap<>();
    ExecutorService runs = Executors.newFixedThreadPool(4);
    for (int i = 0; i < STATUSES; i++) {
      int status = 255 * i / (STATUSES - 1);
      String script = "exit " + status;
      String name = "exit" + status;
      statuses.put(status, runs.submit(() -> run(name, script)));
    }
    for (int signal : DEADLY) {
      String script = "/bin/kill -" + signal + " $$; sleep 99";
      String name = "signal" + signal;
      signals.put(signal, runs.submit(() -> run(name, script)));
    }
    runs.shutdown();
    assertTrue(runs.awaitTermination(9, TimeUnit.MINUTES));
    for (var each : statuses.entrySet()) assertEquals(each.getKey(), each.getValue().get());
    for (var each : signals.entrySet()) assertEquals(128 + each.getKey(), each.getValue().get());
  }

  private static int run(String name, String script) throws Exception {
    try (Container container = new Container(name, "--quiet", "--", "sh", "-c", script).start()) {
      return container.status();
    }
  }

  @Test
  void stopsInOrderByTerm() throws Exception {
    try (Container container = new Container("stop", "--declarations", "/services").start()) {
      container.started.prints("target default reached");
      container.exec("sh", "-c", "exec tail -f /tmp/journal </dev/null >/proc/1/fd/1 2>&1 &");
      container.kill("TERM");
      assertEquals(0, container.status(), container.started::text);
      container.started.prints("second\nfirst");
    }
  }

  @Test
  void aWorkloadAfterTheServicesEndsTheContainerWithItsStatus() throws Exception {
    String[] words = {
      "--declarations", "/services", "--", "sh", "-c", "cat /tmp/journal; svc status first; exit 42"
    };
    try (Container container = new Container("workload", words).start()) {
      assertEquals(42, container.status(), container.started::text);
      assertTrue(container.started.text().contains("FIRST\nSECOND\n"), container.started::text);
      assertTrue(container.started.text().contains("up"), container.started::text);
    }
  }

  @Test
  void worksWithAReadOnlyRootAsARandomUser() throws Exception {
    String[] words = {"--declarations", "/services", "--", "sh", "-c", "svc status; id -u; exit 3"};
    try (Container container = new Container("user", words).as(54321).start()) {
      assertEquals(3, container.status(), container.started::text);
      assertTrue(container.started.text().contains("\n54321\n"), container.started::text);
      assertTrue(container.started.text().contains("runs in runc"), container.started::text);
    }
  }

  @Test
  void worksWhereNothingButSharedMemoryCanBeWritten() throws Exception {
    String[] words = {"--", "sh", "-c", "touch /x /tmp/x /run/x; exit 4"};
    for (int uid : new int[] {0, 54321}) {
      Container container = new Container("bare" + uid, words).as(uid).withoutMounts();
      try (container) {
        assertEquals(4, container.start().status(), container.started::text);
      }
    }
  }

  @Test
  void aServiceThatItCannotDoWithoutEndsTheContainer() throws Exception {
    Path services = Files.createDirectories(ROOT.resolve("fragile"));
    Files.writeString(
        services.resolve("vital.ini"),
        "[service]\nexec = sh -c 'sleep 0.2; exit 7'\non-failure = shutdown\n"
            + "[restart]\npolicy = never\n");
    try (Container container = new Container("vital", "--declarations", "/fragile").start()) {
      assertEquals(7, container.status(), container.started::text);
    }
  }

  @Test
  void inThreeProcessesToo() throws Exception {
    Container split = new Container("split", "--split", "--declarations", "/services");
    try (Container container = split.start()) {
      container.started.prints("target default reached");
      String processes = container.exec("ps", "ax", "-o", "args");
      assertTrue(processes.contains("svc.program=svc-supervise"), processes);
      container.kill("TERM");
      assertEquals(0, container.status(), container.started::text);
    }
  }
}
