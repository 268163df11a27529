package svc.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** As process 1 of a PID namespace that unshare(1) makes, with manager and supervisor beside. */
@Timeout(300)
class PidNamespaceIT {

  private static final Path BIN = Path.of("target", "dist", "bin").toAbsolutePath();

  private static final Path SOURCE = Path.of("src/test/resources/svc/boot/orphans.c");

  /**
   * At 1,000 orphans a second, as many zombies mean that each lives for 100 ms. The mean is held to
   * it; the most is told, since a machine that stands still for a moment is no fault of an init's.
   */
  private static final int ZOMBIES = 100;

  private static final int SAMPLE_MILLIS = 5;

  /** A /run of its own, and nothing made in this machine's /dev. */
  private static final String OWN_RUN =
      "mount -t tmpfs run /run && mount --bind /dev /dev && mount -o remount,bind,ro /dev"
          + " && exec \"$0\" \"$@\"";

  @TempDir Path directory;

  @BeforeEach
  void asRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root, for a PID namespace");
  }

  @Test
  void bootsReapsOutlivesAKilledManagerAndGoesDownInOrder() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/cc")), "needs a C compiler: apt-get install gcc");
    Path program = directory.resolve("orphans");
    Started.output(directory, "cc", "-O2", "-o", program.toString(), SOURCE.toString());
    try (Started init = boot("--split")) {
      init.prints("target default reached");
      long first = init.first();
      Set<Long> services = services(first);
      assertEquals(2, services.size());

      List<String> generator = inside(first, program.toString(), "10000");
      try (Started orphans = Started.of(directory.resolve("orphans.out"), generator)) {
        int most = 0;
        int samples = 0;
        long sum = 0;
        boolean killed = false;
        while (!orphans.ended(SAMPLE_MILLIS)) {
          int zombies = zombies(first);
          most = Math.max(most, zombies);
          sum += zombies;
          samples++;
          if (!killed) Started.kill("KILL", manager(first));
          killed = true;
        }
        assertEquals(0, orphans.status(), () -> orphans.text() + init.text());
        System.out.printf(
            "%s: zombies at once: %.1f in the mean of %d looks, at most %d%n",
            orphans.text().strip(), (double) sum / samples, samples, most);
        assertTrue(sum < (long) ZOMBIES * samples, sum + " zombies in " + samples + " looks");
      }

      init.prints("svc-manager: killed by SIGKILL; its services live on");
      init.await("adopted", () -> init.text().split("target default reached", -1).length == 3);
      assertEquals(services, services(first));
      String status =
          Started.output(directory, inside(first, BIN + "/svc", "status").toArray(String[]::new));
      for (long pid : services) assertTrue(status.contains(inner(pid)), status);
      init.await("no zombies", () -> zombies(first) == 0);

      Started.kill("TERM", first);
      assertEquals(0, init.status(), init::text);
      assertEquals(Services.IN_ORDER, Files.readString(journal()));
    }
  }

  @Test
  void allInOneProcessGoesDownInOrderToo() throws Exception {
    try (Started init = boot()) {
      init.prints("target default reached");
      Started.kill("TERM", init.first());
      assertEquals(0, init.status(), init::text);
      assertEquals(Services.IN_ORDER, Files.readString(journal()));
    }
  }

  @Test
  void executedAnewItKeepsItsManagerAndServicesAndGoesDownInOrder() throws Exception {
    try (Started init = boot("--split")) {
      init.prints("target default reached");
      long first = init.first();
      Set<Long> services = services(first);
      long manager = manager(first);
      Started.output(directory, inside(first, BIN + "/svc-init", "U").toArray(String[]::new));
      init.prints("goes on; nothing was stopped");
      assertEquals(services, services(first));
      assertEquals(manager, manager(first));

      Started.kill("KILL", manager);
      init.prints("svc-manager: killed by SIGKILL; its services live on");
      init.await("adopted", () -> init.text().split("target default reached", -1).length == 3);
      assertEquals(services, services(first));

      Started.kill("TERM", first);
      assertEquals(0, init.status(), init::text);
      assertEquals(Services.IN_ORDER, Files.readString(journal()));
    }
  }

  @Test
  void allInOneProcessIsExecutedAnewToo() throws Exception {
    try (Started init = boot()) {
      init.prints("target default reached");
      long first = init.first();
      Set<Long> services = services(first);
      Started.output(directory, inside(first, BIN + "/svc-init", "U").toArray(String[]::new));
      init.await(
          "reached again", () -> init.text().split("target default reached", -1).length == 3);
      assertEquals(services, services(first));
      Started.kill("TERM", first);
      assertEquals(0, init.status(), init::text);
      assertEquals(Services.IN_ORDER, Files.readString(journal()));
    }
  }

  @Test
  void itsBundleIsReplacedAndTheNextOneKnowsWhatItKnew() throws Exception {
    try (Started init = boot()) {
      init.prints("target default reached");
      long first = init.first();
      Set<Long> services = services(first);
      Path jar;
      try (DirectoryStream<Path> jars =
          Files.newDirectoryStream(BIN.resolveSibling("bundles"), "svc.init-*.jar")) {
        jar = jars.iterator().next();
      }
      String said =
          Started.output(
              directory, inside(first, BIN + "/svc", "update", "" + jar).toArray(String[]::new));
      assertTrue(said.contains("done"), said);
      init.prints("goes on; nothing was stopped");
      assertEquals(services, services(first));
      Started.kill("TERM", first);
      assertEquals(0, init.status(), init::text);
      assertEquals(Services.IN_ORDER, Files.readString(journal()));
    }
  }

  /** Starts it with the two services. */
  private Started boot(String... options) throws IOException {
    Path services = directory.resolve("services");
    Services.declare(services, journal().toString());
    List<String> words = new ArrayList<>(List.of("unshare", "--pid", "--mount", "--fork"));
    words.addAll(List.of("--mount-proc", "--kill-child", "sh", "-c", OWN_RUN));
    words.addAll(List.of(BIN + "/svc-init", "--declarations", services.toString()));
    words.addAll(List.of(options));
    return Started.of(directory.resolve("init.out"), words);
  }

  private Path journal() {
    return directory.resolve("journal");
  }

  private static List<String> inside(long first, String... words) {
    List<String> all = new ArrayList<>(List.of("nsenter", "-t", String.valueOf(first), "-p", "-m"));
    all.addAll(List.of(words));
    return all;
  }

  private static long manager(long first) throws IOException {
    for (Map.Entry<Long, String> process : namespace(first).entrySet()) {
      if (process.getValue().contains("svc.program=svc-manager")) return process.getKey();
    }
    throw new AssertionError("no manager");
  }

  /** Main processes: what a shell forks has its words until it executes something else. */
  private static Set<Long> services(long first) throws IOException {
    Set<Long> services = new TreeSet<>();
    for (Map.Entry<Long, String> process : namespace(first).entrySet()) {
      if (process.getValue().contains("FIRST") || process.getValue().contains("SECOND"))
        services.add(process.getKey());
    }
    Set<Long> shells = Set.copyOf(services);
    services.removeIf(each -> shells.contains(parent(each)));
    return services;
  }

  private static long parent(long pid) {
    return ProcessHandle.of(pid).flatMap(ProcessHandle::parent).map(ProcessHandle::pid).orElse(0L);
  }

  /** Commands of the processes of its namespace, by our numbers. */
  private static Map<Long, String> namespace(long first) throws IOException {
    String own = Files.readSymbolicLink(Path.of("/proc/" + first + "/ns/pid")).toString();
    Map<Long, String> commands = new HashMap<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        try {
          if (!Files.readSymbolicLink(process.resolve("ns/pid")).toString().equals(own)) continue;
          commands.put(
              Long.parseLong(process.getFileName().toString()),
              Files.readString(process.resolve("cmdline")).replace('\0', ' '));
        } catch (IOException ended) {
          continue;
        }
      }
    }
    commands.remove(first);
    return commands;
  }

  /** Children of process 1 that it has not reaped. */
  private static int zombies(long first) {
    int zombies = 0;
    String children = read(Path.of("/proc/" + first + "/task/" + first + "/children"));
    for (String child : children.strip().split(" ")) {
      String stat = read(Path.of("/proc", child, "stat"));
      if (stat.startsWith("Z", stat.lastIndexOf(')') + 2)) zombies++;
    }
    return zombies;
  }

  /** Empty when it is gone. */
  private static String read(Path file) {
    try {
      return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }

  /** A process's number in its own namespace (proc(5), NSpid). */
  private static String inner(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("NSpid:")) return line.substring(line.lastIndexOf('\t') + 1);
    }
    throw new AssertionError("no NSpid of " + pid);
  }
}
