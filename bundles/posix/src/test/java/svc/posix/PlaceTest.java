package svc.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which session and process group a child is in, without a terminal and on one. */
class PlaceTest {

  /** Its pid, group, session and the foreground group of its terminal; then it reads. */
  private static final String WHERE =
      "set -- $(cat /proc/$$/stat); echo \"where $1 $5 $6 $8\"; exec cat";

  @TempDir Path directory;

  private Path output;
  private Process process;

  @BeforeEach
  void prepare() {
    output = directory.resolve("output");
  }

  @AfterEach
  void end() {
    if (process == null) return;
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private List<String> program(String place) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return List.of(
        java,
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        Foreground.class.getName(),
        place,
        "sh",
        "-c",
        WHERE);
  }

  private void start(List<String> words) throws Exception {
    process =
        new ProcessBuilder(words)
            .redirectOutput(output.toFile())
            .redirectError(output.toFile())
            .start();
  }

  /** util-linux's script(1) gives its child a terminal of its own; what is written is typed. */
  private void startOnTerminal(String place) throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/bin/script")), "needs script of util-linux");
    List<String> quoted = program(place).stream().map(word -> "'" + word + "'").toList();
    Path file = Files.writeString(directory.resolve("run"), "exec " + String.join(" ", quoted));
    start(List.of("script", "-qec", "sh " + file, "/dev/null"));
  }

  private void type(String text) throws Exception {
    OutputStream terminal = process.getOutputStream();
    terminal.write(text.getBytes(StandardCharsets.UTF_8));
    terminal.flush();
  }

  private String line(String beginning) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Heard.PATIENCE_SECONDS);
    while (System.nanoTime() < end) {
      String text = Files.readString(output);
      for (String line : text.split("\n", -1)) {
        int at = line.indexOf(beginning); // the terminal may have echoed something before it
        if (at >= 0 && text.contains(line + "\n")) return line.substring(at).strip();
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("no line " + beginning + " in " + Files.readString(output));
  }

  /** pid, group, session, foreground group */
  private List<Long> where() throws Exception {
    String[] words = line("where ").split(" ");
    return Stream.of(words).skip(1).map(Long::valueOf).toList();
  }

  private void endsBy(String status) throws Exception {
    assertEquals("child: " + status, line("child: "));
  }

  @Test
  void aSessionOfItsOwnHasNoTerminal() throws Exception {
    startOnTerminal("SESSION");
    List<Long> where = where();
    long pid = where.get(0);
    assertEquals(List.of(pid, pid, pid, -1L), where);
  }

  @Test
  void aGroupOfItsOwnLeavesTheTerminalToUs() throws Exception {
    startOnTerminal("GROUP");
    List<Long> where = where();
    assertEquals(where.get(0), where.get(1));
    assertNotEquals(where.get(0), where.get(2));
    assertNotEquals(where.get(0), where.get(3));
  }

  @Test
  void theForegroundIsGivenAway() throws Exception {
    startOnTerminal("FOREGROUND");
    List<Long> where = where();
    assertEquals(where.get(0), where.get(1));
    assertNotEquals(where.get(0), where.get(2));
    assertEquals(where.get(0), where.get(3));
    type("typed\n");
    line("typed");
    type("\003"); // ctrl-C
    endsBy("killed by SIGINT");
    assertTrue(process.waitFor(Heard.PATIENCE_SECONDS, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue());
  }

  @Test
  void theForegroundWithoutATerminalIsAGroup() throws Exception {
    start(new ArrayList<>(program("FOREGROUND")));
    List<Long> where = where();
    assertEquals(where.get(0), where.get(1));
    assertNotEquals(where.get(0), where.get(2));
    type("piped\n");
    line("piped");
    process.getOutputStream().close();
    endsBy("exit status 0");
  }
}
