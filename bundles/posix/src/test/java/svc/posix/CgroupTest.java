package svc.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.os.Attributes;
import svc.os.Content;
import svc.os.Errno;
import svc.os.ExitStatus;
import svc.os.Signal;
import svc.os.Spawn;
import svc.os.Spawn.Stream;
import svc.os.Spawned;

/** A child is in its cgroup, and so is whatever it forks. */
class CgroupTest {

  @TempDir Path directory;

  private final CompletableFuture<Throwable> fault = new CompletableFuture<>();
  private PosixKernel kernel;
  private Heard heard;
  private Path cgroup;

  @BeforeEach
  void start() throws IOException {
    Path own = own();
    assumeTrue(own != null, "no cgroup2 file system is mounted where our cgroup is seen");
    cgroup = own.resolve("svc.test-" + ProcessHandle.current().pid());
    assumeTrue(cgroup.toFile().mkdir(), "no cgroup can be made below " + own);
    kernel = PosixKernel.start(fault::complete);
    heard = new Heard(kernel);
    kernel.attach(heard, List.of());
  }

  @AfterEach
  void end() throws Exception {
    if (kernel == null) return;
    heard.onLoop(() -> kernel.append(cgroup + "/cgroup.kill", text("1")));
    until(() -> heard.onLoop(() -> kernel.removeDirectory(cgroup.toString()).ok()));
    kernel.close();
    assertFalse(fault.isDone(), () -> "the loop ended by " + fault.join());
  }

  /** Where we are in the file system of cgroup2, or null. */
  private static Path own() throws IOException {
    String place = "";
    for (String line : Files.readAllLines(Path.of("/proc/self/cgroup")))
      if (line.startsWith("0::/")) place = line.substring("0::/".length());
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      if (!line.contains(" - cgroup2 ")) continue;
      Path own = Path.of(line.split(" ")[4]).resolve(place);
      if (Files.exists(own.resolve("cgroup.procs"))) return own;
    }
    return null;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private Spawn request(String cgroup, String... words) {
    Stream file = new Stream.File(directory + "/output");
    List<String> environment = List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin");
    Attributes attributes = Attributes.NONE.in(cgroup);
    String at = directory.toString();
    return new Spawn(List.of(words), environment, at, null, null, 022, Stream.NULL, file, file)
        .with(attributes);
  }

  private int spawn(Spawn request) throws Exception {
    return assertInstanceOf(Spawned.Child.class, heard.onLoop(() -> kernel.spawn(request))).pid();
  }

  private List<String> members() throws IOException {
    return Files.readAllLines(cgroup.resolve("cgroup.procs"));
  }

  private static void until(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Heard.PATIENCE_SECONDS);
    while (!condition.call()) {
      assertTrue(System.nanoTime() < end, "it never is so");
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void isThereWithAllThatItForksFromThenOn() throws Exception {
    int pid =
        spawn(
            request(cgroup.toString(), "sh", "-c", "until [ -e go ]; do :; done; sleep 60 & wait"));
    assertEquals(List.of("" + pid), members());
    Files.writeString(directory.resolve("go"), "on\n");
    until(() -> members().size() == 2);
  }

  /** It forks before it can have been moved, and its child does too; none of them waits for us. */
  @Test
  void whatItForksBeforeItHasBeenMovedFollowsIt() throws Exception {
    String script = "(sleep 60 & sleep 60; :) & sleep 60 & wait";
    for (int i = 1; i <= 20; i++) {
      spawn(request(cgroup.toString(), "sh", "-c", script));
      int expected = 5 * i;
      until(() -> members().size() == expected);
    }
  }

  @Test
  void weStayWhereWeAre() throws Exception {
    String ours = Files.readString(Path.of("/proc/self/cgroup"));
    spawn(request(cgroup.toString(), "sleep", "60"));
    assertEquals(ours, Files.readString(Path.of("/proc/self/cgroup")));
  }

  /** Each leaves its session and its parent; more of them come while others are killed. */
  @Test
  void oneWriteEndsWhatNobodyCouldFollow() throws Exception {
    String bomb =
        "n=$1; [ $n -gt 0 ] || exec sleep 60; setsid sh \"$0\" $((n - 1)) & "
            + "setsid sh \"$0\" $((n - 1)) & exit 0";
    Path program = Files.writeString(directory.resolve("bomb"), bomb + "\n");
    String begin = "until [ -e go ]; do :; done; exec sh " + program + " 6";
    spawn(request(cgroup.toString(), "sh", "-c", begin));
    Files.writeString(directory.resolve("go"), "on\n");
    until(() -> members().size() > 20);
    assertEquals(Errno.OK, heard.onLoop(() -> kernel.append(cgroup + "/cgroup.kill", text("1"))));
    until(() -> members().isEmpty());
  }

  @Test
  void oneThatIsNotThereIsDoneWithout() throws Exception {
    int pid = spawn(request(cgroup + "/missing", "touch", "ran"));
    assertEquals(ExitStatus.exited(0), heard.exit(pid));
    assertTrue(Files.exists(directory.resolve("ran")));
  }

  @Test
  void anEmptyOneIsRemovedAndAnotherIsNot() throws Exception {
    String below = cgroup + "/below";
    heard.onLoop(() -> kernel.makeDirectory(below, 0755));
    int pid = spawn(request(below, "sleep", "60"));
    Errno refused = heard.onLoop(() -> kernel.removeDirectory(below));
    assertEquals("EBUSY", refused.name());
    heard.onLoop(() -> kernel.kill(pid, Signal.KILL));
    heard.exit(pid);
    until(() -> heard.onLoop(() -> kernel.removeDirectory(below).ok()));
    assertEquals(Errno.OK, heard.onLoop(() -> kernel.removeDirectory(below)));
  }

  @Test
  void hasNoAttributeThatNobodyGaveIt() throws Exception {
    Content content = heard.onLoop(() -> kernel.attribute(cgroup.toString(), "user.delegate"));
    assertEquals(0, content.bytes().length);
    assertFalse(content.errno().ok());
  }

  @Test
  void anAttributeIsRead() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    try {
      Files.setAttribute(file, "user:delegate", text("1"));
    } catch (IOException | UnsupportedOperationException e) {
      assumeTrue(false, "no attributes in " + directory + ": " + e.getMessage());
    }
    Content content = heard.onLoop(() -> kernel.attribute(file.toString(), "user.delegate"));
    assertEquals(Errno.OK, content.errno());
    assertEquals("1", new String(content.bytes(), StandardCharsets.US_ASCII));
  }
}
