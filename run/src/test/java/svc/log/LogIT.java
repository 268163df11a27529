package svc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import svc.installed.Installed;
import svc.service.LogFiles;

/**
 * A service counts, some 2,000 lines a second, while the runtimes are killed: each line is in its
 * log once and in order, over files that were begun anew and compressed. {@code -Dsvc.seed=N} is
 * another order, {@code -Dsvc.kills=N} another number of kills.
 */
@Timeout(900)
class LogIT {

  private static final int KILLS = Integer.getInteger("svc.kills", 8);
  private static final long SEED = Long.getLong("svc.seed", 1);
  private static final int LONGEST_PAUSE_MILLIS = 1500;

  /** Sleeps are the service's, so that it writes no faster than a busy one does. */
  private static final String COUNTER =
      """
      i=0
      while [ ! -e %s ]; do
        for ten in 0 1 2 3 4 5 6 7 8 9; do
          for one in 0 1 2 3 4 5 6 7 8 9; do echo "line $i"; i=$((i+1)); done
        done
        sleep 0.05
      done
      echo "end $i"
      exec sleep infinity
      """;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  private Installed installed;
  private Path declarations;
  private Path stop;
  private Path logs;
  private Process manager;
  private int managers;

  @BeforeEach
  void declare() throws IOException {
    installed = new Installed(directory);
    stop = directory.resolve("stop");
    logs = directory.resolve("sock.d/log");
    declarations = Files.createDirectory(directory.resolve("d"));
    Path script = Files.writeString(directory.resolve("count.sh"), COUNTER.formatted(stop));
    Files.writeString(
        declarations.resolve("counter.ini"),
        "[service]\nexec = sh " + script + "\n[log]\nmax-size = 64K\nkeep = 9999\n");
  }

  @AfterEach
  void end() throws Exception {
    if (manager != null && !manager.isAlive()) installed.run("svc", "shutdown");
    installed.close();
  }

  private void startManager(List<String> words) throws IOException {
    String[] arguments = words.subList(1, words.size()).toArray(String[]::new);
    manager = installed.start("manager" + managers++, words.get(0), arguments);
  }

  private long awaitUp() {
    Installed.await("up", () -> installed.service("counter").path("state").asText().equals("up"));
    return installed.service("counter").path("pid").asLong();
  }

  /** Process numbers of the svc-supervise of this test. */
  private List<Long> supervisors() {
    List<Long> found = new ArrayList<>();
    String ours = "--run-dir\0" + directory.resolve("sock.d") + "\0";
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path each : all) {
        String words = commandLine(each);
        boolean supervise = words.contains("svc-supervise") && words.contains(ours);
        if (supervise) found.add(Long.parseLong(each.getFileName().toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private static String commandLine(Path process) {
    try {
      return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }

  private static void kill(long pid) {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  /** Lets some time of the service pass, and not ours: lines are what is waited for. */
  private void letWrite(Random random) {
    long until = System.nanoTime() + random.nextInt(LONGEST_PAUSE_MILLIS) * 1_000_000L;
    Installed.await("a while", () -> System.nanoTime() > until);
  }

  // Looking

  private List<Path> older() throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(logs)) {
      for (Path each : all)
        if (LogFiles.isOlder("counter", each.getFileName().toString())) files.add(each);
    }
    files.sort(null);
    return files;
  }

  private boolean allCompressed() {
    try {
      return older().stream().allMatch(file -> file.toString().endsWith(LogFiles.COMPRESSED));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> current() {
    try {
      return Files.readAllLines(logs.resolve("counter.log"));
    } catch (IOException e) {
      return List.of();
    }
  }

  private boolean ended() {
    List<String> lines = current();
    return !lines.isEmpty() && lines.get(lines.size() - 1).contains(" end ");
  }

  private List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path file : older()) {
      try (InputStream in = new GZIPInputStream(Files.newInputStream(file));
          BufferedReader reader = new BufferedReader(new InputStreamReader(in, "UTF-8"))) {
        reader.lines().forEach(lines::add);
      }
    }
    lines.addAll(current());
    return lines;
  }

  private void assertEachOnce() throws IOException {
    Files.createFile(stop);
    Installed.await("the last line", this::ended);
    Installed.await("all compressed", this::allCompressed);
    List<String> lines = lines();
    for (int i = 0; i < lines.size(); i++) {
      byte[] line = lines.get(i).getBytes(StandardCharsets.UTF_8);
      int stamp = LogFiles.stamp(line, line.length);
      String expected = (i == lines.size() - 1 ? "end " : "line ") + i;
      assertEquals(expected, lines.get(i).substring(stamp), "line " + i + " of " + lines.size());
      assertTrue(stamp > 0, lines.get(i));
    }
    assertTrue(older().size() > 0, "lines: " + lines.size());
    System.out.println("LogIT: " + lines.size() + " lines in " + (older().size() + 1) + " files");
  }

  @Test
  void whoeverIsKilledEachLineIsThereOnce() throws Exception {
    List<String> words = List.of("svc-manager", declarations.toString());
    startManager(words);
    long pid = awaitUp();
    Random random = new Random(SEED);
    for (int i = 0; i < KILLS; i++) {
      letWrite(random);
      boolean both = random.nextInt(3) == 0;
      boolean hitsManager = both || random.nextInt(3) == 0;
      if (hitsManager) manager.destroyForcibly().waitFor();
      if (both || !hitsManager) supervisors().forEach(LogIT::kill);
      if (hitsManager) startManager(words);
      if (random.nextBoolean()) assertEquals(pid, awaitUp());
    }
    assertEquals(pid, awaitUp());
    assertEachOnce();
    assertEquals(0, installed.run("svc", "shutdown").status());
  }

  @Test
  void anAllInOneRuntimeIsKilledAndEachLineIsThereOnce() throws Exception {
    List<String> words = List.of("svc", "up", declarations.toString());
    startManager(words);
    long pid = awaitUp();
    Random random = new Random(SEED);
    for (int i = 0; i < KILLS / 2; i++) {
      letWrite(random);
      manager.destroyForcibly().waitFor();
      startManager(words);
      if (random.nextBoolean()) assertEquals(pid, awaitUp());
    }
    assertEquals(pid, awaitUp());
    assertEachOnce();
    assertEquals(0, installed.run("svc", "shutdown").status());
  }

  @Test
  void whoKeepsTheLogIsReplacedWhileItIsWrittenTo() throws Exception {
    startManager(List.of("svc-manager", declarations.toString()));
    long pid = awaitUp();
    for (int i = 0; i < 3; i++) {
      Installed.Result result = installed.run("svc", "update", "--json", jar().toString());
      assertEquals(0, result.status(), result::toString);
      assertEquals(
          List.of("done"),
          new ObjectMapper().readTree(result.out()).path("results").findValuesAsText("step"));
    }
    assertEquals(pid, awaitUp());
    assertEachOnce();
    assertEquals(0, installed.run("svc", "shutdown").status());
  }

  private static Path jar() throws IOException {
    Path bundles = Path.of("target", "dist", "bundles").toAbsolutePath();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(bundles, "svc.log-*.jar")) {
      return files.iterator().next();
    }
  }
}
