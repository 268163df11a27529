package svc.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.installed.Installed;
import svc.nv.NvHeader;
import svc.nv.NvLimits;
import svc.nv.NvList;

/**
 * One program under the installed svc-supervise, and a real socket pair: perl makes it, and passes
 * on what is said. The numbers are those of the C program's defects in c-svc-supervise.md.
 */
class StandaloneIT {

  /** Java starts no program with more than three descriptors. */
  private static final String BRIDGE =
      """
      use Socket;
      $^F = 20;
      socketpair A, B, AF_UNIX, SOCK_STREAM, 0;
      if (!($child = fork)) {
        close A;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', 'program.out';
        $fd = fileno B;
        exec map { s/%FD%/$fd/r } @ARGV;
      }
      close B;
      open P, '>', 'pid.new'; print P $child; close P; rename 'pid.new', 'pid';
      if (!fork) {
        syswrite STDOUT, $x while sysread A, $x, 65536;
        exit;
      }
      close STDOUT;
      syswrite A, $x while sysread STDIN, $x, 65536;
      shutdown A, 1;
      waitpid $child, 0;
      exit $? >> 8;
      """;

  private static final long PATIENCE_SECONDS = 90;

  @TempDir Path directory;

  private Process bridge;
  private DataInputStream in;
  private OutputStream out;

  @BeforeEach
  void needPerl() {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "perl");
  }

  private void start(String... arguments) throws IOException {
    Path script = Files.writeString(directory.resolve("bridge.pl"), BRIDGE);
    Path program = Path.of("target", "dist", "bin", "svc-supervise").toAbsolutePath();
    List<String> words = new ArrayList<>(List.of("perl", script.toString(), program.toString()));
    words.addAll(List.of("--manager-fd", "%FD%"));
    words.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile());
    bridge = builder.redirectError(directory.resolve("err").toFile()).start();
    in = new DataInputStream(bridge.getInputStream());
    out = bridge.getOutputStream();
  }

  @AfterEach
  void end() throws Exception {
    if (bridge == null) return;
    if (bridge.isAlive()) supervisor().ifPresent(ProcessHandle::destroy);
    out.close();
    bridge.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    bridge.destroyForcibly();
  }

  private Optional<ProcessHandle> supervisor() throws IOException {
    Path pid = directory.resolve("pid");
    return Files.exists(pid)
        ? ProcessHandle.of(Long.parseLong(Files.readString(pid)))
        : Optional.empty();
  }

  private static NvList.Builder request(long id, String method) {
    return NvList.builder()
        .number("ipc:version", 1)
        .number("ipc:id", id)
        .string("ipc:method", method)
        .bool("ipc:reply", false);
  }

  private void send(NvList list) throws IOException {
    out.write(list.pack());
    out.flush();
  }

  private NvList receive() throws Exception {
    byte[] header = new byte[NvHeader.SIZE];
    in.readFully(header);
    int size = NvHeader.read(ByteBuffer.wrap(header), NvLimits.DEFAULT).packetSize();
    byte[] all = Arrays.copyOf(header, size);
    in.readFully(all, header.length, size - header.length);
    return NvList.unpack(ByteBuffer.wrap(all), NvLimits.DEFAULT);
  }

  private NvList ask(long id, String method) throws Exception {
    send(request(id, method).build());
    NvList reply = receive();
    assertEquals(id, reply.number("ipc:id", -1)); // 1
    assertTrue(reply.bool("ipc:reply", false)); // 2
    return reply;
  }

  private NvList awaitRunning() throws Exception {
    NvList[] status = new NvList[1];
    Installed.await(
        "running",
        () -> {
          try {
            status[0] = ask(7, "status");
            return status[0].number("pid", 0) > 0;
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
    return status[0];
  }

  private static boolean lives(long pid) {
    return ProcessHandle.of(pid).isPresent();
  }

  /** Its end is told while it is still there to be asked for its status. */
  private static void awaitGone(long pid) {
    Installed.await(pid + " gone", () -> !lives(pid));
  }

  private String err() throws IOException {
    return Files.readString(directory.resolve("err"));
  }

  @Test
  void answersWithTheKeysOfTheCProgram() throws Exception {
    start("--respawn-delay", "3", "--chdir", "/usr", "--", "sleep", "1000");
    NvList status = awaitRunning();
    assertEquals("sleep", status.string("prog_name", ""));
    assertEquals("/usr", status.string("dir_chdir", ""));
    assertFalse(status.exists("dir_chroot"));
    assertEquals(-1, status.number("uid", 0));
    assertEquals(-1, status.number("gid", 0));
    assertEquals(0, status.number("restart_count", -1));
    assertEquals(3, status.number("respawn_delay", 0));
    assertEquals(0, status.number("respawn_max", -1));
    assertEquals(0, status.number("respawn_period", -1));
    long last = status.number("respawn_last", 0);
    assertTrue(Math.abs(System.currentTimeMillis() / 1000 - last) < 600, "" + last);
    long pid = status.number("pid", 0);
    assertEquals("/usr", Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd")).toString());
    // 11: its own three, and none of ours
    try (var descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      assertEquals(3, descriptors.count());
    }

    NvList restarted = ask(8, "restart"); // 5, 6: answered when the old one is gone
    assertTrue(restarted.bool("success", false));
    awaitGone(pid);
    long next = restarted.number("pid", 0);
    assertNotEquals(pid, next);
    assertTrue(lives(next));

    assertTrue(ask(9, "kill").bool("success", false)); // 4: and stays down
    awaitGone(next);
    assertEquals(0, ask(10, "status").number("pid", -1));
    assertTrue(ask(11, "kill").bool("success", false));
    assertTrue(ask(12, "restart").bool("success", false));

    // 2, 3: one answer for each, in order, and every one is a reply
    send(request(20, "dance").build());
    send(request(21, "status").number("ipc:error_code", 3).build());
    send(NvList.builder().number("ipc:id", 22).build());
    send(request(23, "status").bool("more", true).build());
    assertEquals(3, refusal(20));
    assertEquals(1, receive().number("ipc:error_code", 0));
    assertEquals(1, refusal(22));
    assertEquals(0, refusal(23));
  }

  private long refusal(long id) throws Exception {
    NvList reply = receive();
    assertEquals(id, reply.number("ipc:id", -1), reply::toString);
    assertTrue(reply.bool("ipc:reply", false));
    return reply.number("ipc:error_code", 0);
  }

  @Test
  void whatIsNoMessageEndsTheConversationAndNothingElse() throws Exception {
    start("--", "sleep", "1000");
    long pid = awaitRunning().number("pid", 0);
    out.write("this is no list of names and values".getBytes("US-ASCII"));
    out.flush();
    assertEquals(-1, in.read()); // 10
    assertTrue(lives(pid)); // 9
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    long supervisor = supervisor().orElseThrow().pid();
    Installed.await(
        "another",
        () ->
            ProcessHandle.of(supervisor)
                .orElseThrow()
                .children()
                .anyMatch(each -> each.pid() != pid));
    supervisor().orElseThrow().destroy(); // 8: SIGTERM ends it, and its program
    out.close();
    assertTrue(bridge.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
    assertEquals(0, bridge.exitValue(), err());
  }

  @Test
  void tooManyRestartsAreTheEnd() throws Exception {
    start("--respawn-max", "2", "--stdout", "said", "--", "echo", "--no", "it's");
    assertEquals(-1, in.read());
    out.close();
    assertTrue(bridge.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
    assertEquals(1, bridge.exitValue(), err()); // 15, 17: what follows the program is its own
    assertEquals("--no it's\n".repeat(3), Files.readString(directory.resolve("said")));
    assertTrue(err().contains("svc-supervise: echo: "), err());
  }
}
