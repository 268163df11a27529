package svc.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.os.Content;
import svc.os.Errno;
import svc.os.ExitStatus;
import svc.os.ProcessInfo;
import svc.os.Signal;
import svc.os.Spawn;
import svc.os.Spawn.Stream;
import svc.os.Spawned;
import svc.os.Spawned.Stage;
import svc.os.User;

/** With real processes. */
class PosixKernelTest {

  private static final String PATH = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";

  @TempDir Path directory;

  private final CompletableFuture<Throwable> fault = new CompletableFuture<>();
  private PosixKernel kernel;
  private Heard heard;
  private Path output;

  @BeforeEach
  void start() {
    kernel = PosixKernel.start(fault::complete);
    heard = new Heard(kernel);
    kernel.attach(heard, List.of());
    output = directory.resolve("output");
  }

  @AfterEach
  void end() {
    kernel.close();
    assertFalse(fault.isDone(), () -> "the loop ended by " + fault.join());
  }

  private Spawn request(String... words) {
    Stream file = new Stream.File(output.toString());
    List<String> environment = List.of(PATH, "GREETING=hello");
    return new Spawn(
        List.of(words), environment, directory.toString(), null, null, -1, Stream.NULL, file, file);
  }

  private static Spawn silent(List<String> environment, String directory) {
    Stream none = Stream.NULL;
    return new Spawn(List.of("true"), environment, directory, null, null, -1, none, none, none);
  }

  private Spawn as(String user, String group, Spawn request) {
    return new Spawn(
        request.words(),
        request.environment(),
        request.directory(),
        user,
        group,
        request.umask(),
        request.in(),
        request.out(),
        request.err());
  }

  private int child(Spawn request) throws Exception {
    Spawned spawned = heard.onLoop(() -> kernel.spawn(request));
    assertTrue(spawned instanceof Spawned.Child, spawned::toString);
    return ((Spawned.Child) spawned).pid();
  }

  private ExitStatus run(Spawn request) throws Exception {
    return heard.exit(child(request));
  }

  private Spawned.Failure failure(Spawn request) throws Exception {
    return (Spawned.Failure) heard.onLoop(() -> kernel.spawn(request));
  }

  private String output() throws Exception {
    return Files.readString(output).strip();
  }

  @Test
  void tellsTheExitStatusOfAChildExactly() throws Exception {
    for (int code : new int[] {0, 1, 42, 255}) {
      assertEquals(ExitStatus.exited(code), run(request("sh", "-c", "exit " + code)));
    }
    assertEquals(ExitStatus.killed(9), run(request("sh", "-c", "kill -KILL $$")));
    assertEquals(ExitStatus.killed(6), run(request("sh", "-c", "kill -ABRT $$")));
  }

  @Test
  void tellsEveryExitOfManyOnce() throws Exception {
    Set<Integer> children = new HashSet<>();
    for (int i = 0; i < 200; i++) children.add(child(request("true")));
    for (int pid : children) {
      assertEquals(ExitStatus.exited(0), heard.exit(pid));
      assertEquals(1, heard.timesTold(pid));
    }
  }

  @Test
  void aDirectoryInThePathIsNoProgram() throws Exception {
    Files.createDirectories(directory.resolve("first/true"));
    List<String> environment = List.of("PATH=" + directory + "/first:/usr/bin:/bin");
    Spawn request = silent(environment, directory.toString());
    assertEquals(ExitStatus.exited(0), run(request));
    assertEquals(Errno.EACCES, failure(request(directory + "/first/true")).errno());
  }

  /** The next version of a role makes its directories while this one works. */
  @Test
  void pathsOfSeveralThreadsAreNotMixed() throws Exception {
    int count = 2_000;
    CompletableFuture<Integer> other = CompletableFuture.supplyAsync(() -> make("other", count));
    assertEquals(count, heard.onLoop(() -> make("loop", count)));
    assertEquals(count, other.join());
    for (int i = 0; i < count; i++) {
      assertTrue(Files.isDirectory(directory.resolve("loop" + i)), "loop" + i);
      assertTrue(Files.isDirectory(directory.resolve("other" + i)), "other" + i);
    }
  }

  private int make(String name, int count) {
    int made = 0;
    for (int i = 0; i < count; i++)
      if (kernel.makeDirectory(directory + "/" + name + i, 0700).ok()) made++;
    return made;
  }

  @Test
  void givesAChildASessionOfItsOwnAndNoMoreThanThreeDescriptors() throws Exception {
    int pid = child(request("sleep", "1000"));
    awaitDescriptors(3, pid);
    assertEquals(pid, heard.onLoop(() -> kernel.process(pid)).session());
    heard.onLoop(() -> kernel.kill(pid, Signal.KILL));
    heard.exit(pid);
  }

  /** The loader of a program that has just been executed has files of its own open for a moment. */
  private static void awaitDescriptors(long expected, int pid) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    long found = -1;
    while (found != expected && System.nanoTime() < end) {
      try (var descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
        found = descriptors.count();
      }
    }
    assertEquals(expected, found);
  }

  @Test
  void givesAChildAnEmptySignalMaskAndNothingIgnored() throws Exception {
    run(request("grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status"));
    // glibc's posix_spawn ignores 32 and 33, which it keeps for itself, and takes them back by need
    assertEquals("SigBlk:\t0000000000000000\nSigIgn:\t0000000180000000", output());
  }

  @Test
  void startsInTheDirectoryWithTheEnvironmentGivenAndNothingElse() throws Exception {
    run(request("sh", "-c", "pwd; exec env"));
    Set<String> lines = new HashSet<>(output().lines().toList());
    assertTrue(lines.contains(directory.toRealPath().toString()), lines::toString);
    assertTrue(lines.contains("GREETING=hello"), lines::toString);
    assertFalse(lines.stream().anyMatch(line -> line.startsWith("HOME=")), lines::toString);
  }

  @Test
  void keepsTheParentsUmaskWhileTheChildHasAnother() throws Exception {
    Spawn request = request("sh", "-c", "umask");
    Spawn masked =
        new Spawn(
            request.words(),
            request.environment(),
            request.directory(),
            null,
            null,
            077,
            request.in(),
            request.out(),
            request.err());
    run(masked);
    assertEquals("0077", output());
    run(request);
    assertEquals("0077\n0022", output());
  }

  @Test
  void appendsToAnOutputThatOnlyTheOwnerAndTheGroupMayRead() throws Exception {
    run(request("echo", "one"));
    run(request("echo", "two"));
    assertEquals("one\ntwo", output());
    String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(output));
    assertEquals("rw-r-----", mode);
  }

  @Test
  void namesTheStageThatFailedAndItsErrno() throws Exception {
    Spawned.Failure exec = failure(request("no-such-program"));
    assertEquals(new Spawned.Failure(Stage.EXEC, "no-such-program", Errno.ENOENT), exec);
    assertEquals("execute no-such-program: No such file or directory (ENOENT)", exec.toString());

    Path script = Files.writeString(directory.resolve("script"), "echo never\n");
    assertEquals(Errno.EACCES, failure(request("./script")).errno());
    assertTrue(script.toFile().setExecutable(true));
    assertEquals("ENOEXEC", failure(request("./script")).errno().name());
    Files.writeString(script, "#!/no/such/interpreter\n");
    assertEquals("interpreter of ./script", failure(request("./script")).subject());

    Spawn in = silent(List.of(PATH), "/no/such");
    assertEquals(new Spawned.Failure(Stage.DIRECTORY, "/no/such", Errno.ENOENT), failure(in));
    output = directory;
    assertEquals(Stage.OUTPUT, failure(request("true")).stage());
    output = directory.resolve("output");
    assertEquals(
        new Spawned.Failure(Stage.USER, "nobody-such", Errno.ENOENT),
        failure(as("nobody-such", null, request("true"))));
    assertEquals(
        new Spawned.Failure(Stage.USER, "group nobody-such", Errno.ENOENT),
        failure(as(null, "nobody-such", request("true"))));
  }

  @Test
  void runsAProgramAsAnotherUserWithThatUsersGroups() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Files.exists(Path.of("/usr/bin/setpriv")), "needs setpriv of util-linux");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    run(as("daemon", null, request("id", "-un")));
    run(as("daemon", "mail", request("id", "-gn")));
    run(as(null, "mail", request("id", "-G")));
    run(as("12345", null, request("id", "-u")));
    assertEquals("daemon\nmail\n8\n12345", output());
  }

  @Test
  void neverWaitsForTheReaderOfAFifo() throws Exception {
    assertEquals(ExitStatus.exited(0), run(request("mkfifo", "fifo")));
    output = directory.resolve("fifo");
    Spawned.Failure failure = failure(request("true"));
    assertEquals(Stage.OUTPUT, failure.stage());
    assertEquals("ENXIO", failure.errno().name());
  }

  private Spawn through(Spawn request, Stream in, Stream out) {
    return new Spawn(
        request.words(),
        request.environment(),
        request.directory(),
        request.user(),
        null,
        -1,
        in,
        out,
        Stream.NULL);
  }

  /** Three come after one another, and none of them ever is with another. */
  @Test
  void whatOneChildHasWrittenWaitsForAnotherWhileTheirFifoIsHeld() throws Exception {
    String fifo = directory.resolve("between").toString();
    heard.onLoop(() -> kernel.holdFifo(fifo));
    Stream file = new Stream.File(output.toString());
    Stream others = new Stream.Fifo(fifo, false);
    String two = "echo one; echo two";
    run(through(request("sh", "-c", two), Stream.NULL, others));
    for (int i = 0; i < 2; i++)
      run(through(request("sh", "-c", "read -r a; echo $a"), new Stream.Fifo(fifo), file));
    assertEquals("one\ntwo", output());
  }

  @Test
  void aFifoIsItsReadersAndNotItsWriters() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    String fifo = directory.resolve("between").toString();
    Spawn reader = as("daemon", null, request("true"));
    run(through(reader, new Stream.Fifo(fifo), Stream.NULL));
    run(through(as("mail", null, request("true")), Stream.NULL, new Stream.Fifo(fifo, false)));
    assertEquals("daemon", Files.getOwner(Path.of(fifo)).getName());
  }

  @Test
  void signalsAProcessAndAGroup() throws Exception {
    int pid = child(request("sleep", "1000"));
    assertEquals(Errno.OK, heard.onLoop(() -> kernel.kill(pid, Signal.TERM)));
    assertEquals(ExitStatus.killed(15), heard.exit(pid));
    assertEquals(Errno.ESRCH, heard.onLoop(() -> kernel.kill(pid, Signal.TERM)));

    int leader = child(request("sh", "-c", "sleep 1000 & wait"));
    assertEquals(Errno.OK, heard.onLoop(() -> kernel.killGroup(leader, Signal.KILL)));
    assertEquals(ExitStatus.killed(9), heard.exit(leader));
  }

  @Test
  void reapsAnOrphanAsItsSubreaper() throws Exception {
    assertEquals(Errno.OK, heard.onLoop(kernel::becomeSubreaper));
    Path pidFile = directory.resolve("pid");
    run(request("sh", "-c", "(sleep 0.05; exit 7) & echo $! > pid"));
    assertEquals(
        ExitStatus.exited(7), heard.exit(Integer.parseInt(Files.readString(pidFile).strip())));
  }

  @Test
  void tellsTheEndOfAProcessThatIsNotItsChildWithoutAStatus() throws Exception {
    int parent =
        child(
            request(
                "sh", "-c", "sleep 1000 & echo $! > pid.new; mv pid.new pid; wait; sleep 1000"));
    int grandchild = Integer.parseInt(awaitFile(directory.resolve("pid")));
    assertEquals(Errno.OK, heard.onLoop(() -> kernel.watch(grandchild)));
    heard.onLoop(() -> kernel.kill(grandchild, Signal.KILL));
    assertEquals(ExitStatus.UNKNOWN, heard.exit(grandchild));
    assertEquals(1, heard.timesTold(grandchild));
    heard.onLoop(() -> kernel.killGroup(parent, Signal.KILL));
    heard.exit(parent);
    assertEquals(Errno.ESRCH, heard.onLoop(() -> kernel.watch(grandchild)));
  }

  @Test
  void tellsAWatchedChildsEndOnceWithItsStatus() throws Exception {
    int pid = child(request("sleep", "1000"));
    assertEquals(Errno.OK, heard.onLoop(() -> kernel.watch(pid)));
    heard.onLoop(() -> kernel.kill(pid, Signal.TERM));
    assertEquals(ExitStatus.killed(15), heard.exit(pid));
    heard.onLoop(() -> null);
    assertEquals(1, heard.timesTold(pid));
  }

  private static String awaitFile(Path file) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Heard.PATIENCE_SECONDS);
    while (!Files.exists(file)) {
      assertTrue(System.nanoTime() < end, () -> "no " + file);
      Thread.onSpinWait();
    }
    return Files.readString(file).strip();
  }

  @Test
  void showsAProcessAndItsChildren() throws Exception {
    int pid = child(request("sleep", "1000"));
    ProcessInfo process = heard.onLoop(() -> kernel.process(pid));
    assertEquals(new ProcessInfo(pid, kernel.pid(), pid, pid, process.started(), false), process);
    List<Integer> children = new ArrayList<>();
    heard.onLoop(
        () -> {
          kernel.children(kernel.pid(), children);
          return kernel.kill(pid, Signal.KILL);
        });
    assertTrue(children.contains(pid), children::toString);
    heard.exit(pid);
    assertNull(heard.onLoop(() -> kernel.process(pid)));
  }

  @Test
  void readsTheProcessTableWhateverAProgramIsCalled() {
    String stat = "77 (a) b (c) Z 1 70 60 0 -1 4 0 0 0 0 0 0 0 0 20 0 1 0 4321 0 0";
    assertEquals(new ProcessInfo(77, 1, 70, 60, 4321, true), ProcessTable.parse(77, stat));
  }

  @Test
  void wakesARoleAtItsDeadlineAndNotBefore() throws Exception {
    heard.onLoop(() -> heard.deadline = kernel.now() + 3_000_000);
    heard.awaitWakes(1);
  }

  @Test
  void findsUsersByNameAndByNumber() throws Exception {
    User root = new User("root", 0, 0, "/root", heard.onLoop(() -> kernel.user("root")).shell());
    assertEquals(root, heard.onLoop(() -> kernel.user("0")));
    assertNull(heard.onLoop(() -> kernel.user("nobody-such")));
    assertEquals(4_000_000, heard.onLoop(() -> kernel.user("4000000")).gid());
  }

  @Test
  void readsReplacesAndDeletesFiles() throws Exception {
    String deep = directory.resolve("a/b/c").toString();
    assertEquals(Errno.OK, heard.onLoop(() -> kernel.makeDirectory(deep, 0700)));
    assertEquals(Errno.OK, heard.onLoop(() -> kernel.makeDirectory(deep, 0700)));
    User self = heard.onLoop(() -> kernel.user(System.getProperty("user.name")));
    assertEquals(Errno.OK, heard.onLoop(() -> kernel.give(deep, self)));
    assertEquals(Errno.ENOENT, heard.onLoop(() -> kernel.give(deep + "/none", self)));
    String file = deep + "/file";
    byte[] bytes = new byte[40_000];
    bytes[39_999] = 7;
    assertEquals(Errno.OK, heard.onLoop(() -> kernel.replace(file, bytes)));
    Content content = heard.onLoop(() -> kernel.read(file, bytes.length));
    assertEquals(7, content.bytes()[39_999]);
    assertEquals(Errno.EFBIG, heard.onLoop(() -> kernel.read(file, bytes.length - 1)).errno());
    assertEquals(Errno.OK, heard.onLoop(() -> kernel.delete(file)));
    assertEquals(Errno.OK, heard.onLoop(() -> kernel.delete(file)));
    assertEquals(Errno.ENOENT, heard.onLoop(() -> kernel.read(file, 10)).errno());
    assertEquals(Errno.ENOENT, heard.onLoop(() -> kernel.replace("/no/such", bytes)));
  }

  @Test
  void exchangesTwoDirectoriesInOneStep() throws Exception {
    Path one = Files.createDirectory(directory.resolve("one"));
    Path other = Files.createDirectory(directory.resolve("other"));
    Files.createFile(one.resolve("here"));
    assertEquals(Errno.OK, heard.onLoop(() -> kernel.exchange(one + "", other + "")));
    assertTrue(Files.exists(other.resolve("here")));
    assertEquals(Errno.ENOENT, heard.onLoop(() -> kernel.exchange(one + "", one + "/none")));
  }

  @Test
  void appendsToAFileThatOnlyTheOwnerAndTheGroupMayRead() throws Exception {
    String file = directory.resolve("log").toString();
    for (String text : List.of("one\n", "", "two\n")) {
      byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      assertEquals(Errno.OK, heard.onLoop(() -> kernel.append(file, bytes)));
    }
    assertEquals("one\ntwo\n", Files.readString(Path.of(file)));
    assertEquals(
        "rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(file))));
    assertEquals(Errno.ENOENT, heard.onLoop(() -> kernel.append("/no/such", new byte[1])));
    String itself = directory.toString();
    assertEquals("EISDIR", heard.onLoop(() -> kernel.append(itself, new byte[1])).name());
  }

  @Test
  void showsEveryProcess() throws Exception {
    int pid = child(request("sleep", "1000"));
    List<Integer> all = new ArrayList<>();
    heard.onLoop(
        () -> {
          kernel.processes(all);
          return kernel.kill(pid, Signal.KILL);
        });
    assertTrue(all.containsAll(List.of(1, kernel.pid(), pid)), all::toString);
    assertEquals(new HashSet<>(all).size(), all.size());
    heard.exit(pid);
  }

  @Test
  void aProgramSeesTheNameThatItWasCalledBy() throws Exception {
    run(request("sh", "-c", "tr '\\0' '|' < /proc/$$/cmdline | cut -c -6; true"));
    Files.createSymbolicLink(directory.resolve("shell"), Path.of("/bin/sh"));
    run(request("./shell", "-c", "tr '\\0' '|' < /proc/$$/cmdline | cut -c -11; true"));
    assertEquals("sh|-c|\n./shell|-c|", output());
  }

  @Test
  void leaksNoDescriptorWhetherASpawnSucceedsOrNot() throws Exception {
    run(request("true"));
    failure(request("no-such-program"));
    int before = descriptors();
    for (int i = 0; i < 50; i++) run(request("true"));
    for (int i = 0; i < 50; i++) failure(request("no-such-program"));
    assertEquals(before, descriptors());
  }

  private static int descriptors() throws Exception {
    try (var entries = Files.list(Path.of("/proc/self/fd"))) {
      return (int) entries.count();
    }
  }

  @Test
  void allocatesNothingWhileNothingHappens() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long loop = heard.onLoop(() -> Thread.currentThread().getId());
    for (int i = 0; i < 200; i++) turn();
    // what is not of the turns, as a class that is loaded late, comes once
    long least = Long.MAX_VALUE;
    for (int window = 0; least > 0 && window < 10; window++) {
      long before = threads.getThreadAllocatedBytes(loop);
      for (int i = 0; i < 100; i++) turn();
      least = Math.min(least, threads.getThreadAllocatedBytes(loop) - before);
    }
    assertEquals(0, least, "bytes in a hundred turns of the loop");
  }

  private void turn() throws Exception {
    heard.deadline = kernel.now();
    int wakes = heard.wakes;
    kernel.execute(NOTHING);
    heard.awaitWakes(wakes + 1);
  }

  private static final Runnable NOTHING = () -> {};

  @Test
  void tellsAMistakeOfARoleAndEnds() throws Exception {
    CompletableFuture<Throwable> told = new CompletableFuture<>();
    IllegalStateException mistake = new IllegalStateException("ours");
    try (PosixKernel other = PosixKernel.start(told::complete)) {
      other.execute(
          () -> {
            throw mistake;
          });
      assertEquals(mistake, told.get(Heard.PATIENCE_SECONDS, TimeUnit.SECONDS));
    }
  }
}
