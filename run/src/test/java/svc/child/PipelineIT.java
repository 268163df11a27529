package svc.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import svc.installed.Installed;

/**
 * One service counts, another one writes down what it reads, and both die again and again, as do
 * svc's processes. {@code -Dsvc.seed=N} is another order.
 */
@Timeout(600)
class PipelineIT {

  private static final long SEED = Long.getLong("svc.seed", 1);
  private static final int KILLS = Integer.getInteger("svc.kills", 8);
  private static final int LONGEST_PAUSE_MILLIS = 1200;

  /** Each start says its number with each line; a line is one write(2), so none is torn. */
  private static final String WRITER =
      """
      trap 'echo "SIGPIPE" >>bad' PIPE
      start=$(($(cat starts 2>/dev/null || echo 0) + 1))
      echo $start >starting
      mv starting starts
      i=0
      while [ ! -e stop ]; do
        for ten in 0 1 2 3 4 5 6 7 8 9; do echo "$start $i"; i=$((i+1)); done
        sleep 0.01
      done
      echo "$start end"
      exec sleep infinity
      """;

  /** What somebody has read who dies is gone with it, so it dies between two lines. */
  private static final String READER =
      """
      n=0
      while read -r line; do
        echo "$line" >>read
        n=$((n+1))
        [ $n -lt 200 ] || kill -KILL $$
      done
      echo "end of file" >>bad
      """;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  private Installed installed;
  private Path declarations;
  private Process manager;
  private int managers;

  @BeforeEach
  void declare() throws IOException {
    installed = new Installed(directory);
    declarations = Files.createDirectory(directory.resolve("d"));
    declare("writer", WRITER, "stdout = service:reader");
    declare("reader", READER, "stdin = services");
  }

  private void declare(String name, String script, String stream) throws IOException {
    Path file = Files.writeString(directory.resolve(name + ".sh"), script);
    String restarts = "[restart]\npolicy = always\ndelay = 20ms\nlimit = 999999\n";
    Files.writeString(
        declarations.resolve(name + ".ini"),
        "[service]\nexec = sh %s\ndirectory = ..\n%s\n%s".formatted(file, stream, restarts));
  }

  @AfterEach
  void end() throws Exception {
    if (manager != null && !manager.isAlive()) installed.run("svc", "shutdown");
    installed.close();
  }

  private void startManager() throws IOException {
    manager = installed.start("manager" + managers++, "svc-manager", declarations.toString());
  }

  private static void kill(long pid) {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  private void killSupervisor() {
    String ours = directory.resolve("sock.d").toString();
    ProcessHandle.allProcesses()
        .filter(each -> isSupervisor(each.info().commandLine().orElse(""), ours))
        .forEach(ProcessHandle::destroyForcibly);
  }

  private static boolean isSupervisor(String words, String ours) {
    return words.contains("svc-supervise") && words.contains("--run-dir " + ours);
  }

  private long writer() {
    JsonNode[] service = new JsonNode[1];
    Installed.await(
        "writer up",
        () -> {
          service[0] = installed.service("writer");
          return service[0].path("pid").asLong() > 0;
        });
    return service[0].path("pid").asLong();
  }

  private void letPass(Random random) {
    long until = System.nanoTime() + random.nextInt(LONGEST_PAUSE_MILLIS) * 1_000_000L;
    Installed.await("a while", () -> System.nanoTime() > until);
  }

  private List<String> read() {
    try {
      Path file = directory.resolve("read");
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }

  private boolean ended() {
    List<String> lines = read();
    return !lines.isEmpty() && lines.get(lines.size() - 1).endsWith(" end");
  }

  @Test
  void whoeverIsKilledEachLineIsReadOnceAndInOrder() throws Exception {
    startManager();
    writer();
    Random random = new Random(SEED);
    for (int i = 0; i < KILLS; i++) {
      letPass(random);
      switch (i % 4) {
        case 0 -> kill(writer());
        case 1 -> killSupervisor();
        case 2 -> restartManager();
        default -> {
          kill(writer());
          killSupervisor();
          restartManager();
        }
      }
    }
    letPass(random);
    Files.createFile(directory.resolve("stop"));
    Installed.await("the last line", this::ended);
    assertFalse(
        Files.exists(directory.resolve("bad")), () -> "an end of the pipe: " + directory + "/bad");
    assertInOrder(read());
    assertEquals(0, installed.run("svc", "shutdown").status());
  }

  private void restartManager() throws Exception {
    manager.destroyForcibly().waitFor();
    startManager();
  }

  private static void assertInOrder(List<String> lines) {
    int start = 0;
    int next = 0;
    for (String line : lines) {
      String[] words = line.split(" ");
      if (Integer.parseInt(words[0]) != start) next = 0;
      assertTrue(Integer.parseInt(words[0]) >= start, line);
      start = Integer.parseInt(words[0]);
      if (!words[1].equals("end")) assertEquals(start + " " + next++, line);
    }
    assertTrue(start > 1 && lines.size() > 400, start + " starts, " + lines.size() + " lines");
    System.out.println("PipelineIT: " + lines.size() + " lines of " + start + " starts");
  }
}
