package svc.posix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.os.Attributes;
import svc.os.Errno;
import svc.os.ExitStatus;
import svc.os.Limit;
import svc.os.Processors;
import svc.os.Resource;
import svc.os.Signal;
import svc.os.Spawn;
import svc.os.Spawn.Stream;
import svc.os.Spawned;
import svc.os.Spawned.Stage;

/** What a child finds that was given more than others, by what it prints itself. */
class AttributesTest {

  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

  @TempDir Path directory;

  private final CompletableFuture<Throwable> fault = new CompletableFuture<>();
  private PosixKernel kernel;
  private Heard heard;
  private Path output;

  @BeforeEach
  void start() throws IOException {
    kernel = PosixKernel.start(fault::complete);
    heard = new Heard(kernel);
    kernel.attach(heard, List.of());
    output = directory.resolve("output");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void end() {
    kernel.close();
    assertFalse(fault.isDone(), () -> "the loop ended by " + fault.join());
  }

  private Spawn as(String user, String group, String at, String... words) {
    Stream file = new Stream.File(output.toString());
    List<String> environment = List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin");
    return new Spawn(List.of(words), environment, at, user, group, 022, Stream.NULL, file, file);
  }

  private Spawn request(Attributes attributes, String... words) {
    return as(null, null, directory.toString(), words).with(attributes);
  }

  /** Runs it to its end, which is a success, and gives what it printed. */
  private String run(Spawn request) throws Exception {
    Files.deleteIfExists(output);
    ExitStatus status = heard.exit(child(request));
    String printed = Files.readString(output).strip();
    assertEquals(ExitStatus.exited(0), status, printed);
    return printed;
  }

  private Spawned.Failure failure(Spawn request) throws Exception {
    return (Spawned.Failure) heard.onLoop(() -> kernel.spawn(request));
  }

  private static Attributes limits(Limit... limits) {
    return new Attributes(null, null, List.of(limits), null, null, null, null);
  }

  private static Attributes nice(int nice) {
    return new Attributes(null, null, List.of(), nice, null, null, null);
  }

  private static Attributes score(int score) {
    return new Attributes(null, null, List.of(), null, score, null, null);
  }

  private static Attributes processors(String text) {
    return new Attributes(
        null, null, List.of(), null, null, Processors.parse(text).orElseThrow(), null);
  }

  private static Attributes root(Path root) {
    return new Attributes(root.toString(), null, List.of(), null, null, null, null);
  }

  private static Attributes groups(String... groups) {
    return new Attributes(null, List.of(groups), List.of(), null, null, null, null);
  }

  private static Attributes terminal(String device) {
    return new Attributes(null, null, List.of(), null, null, null, device);
  }

  // Its witness

  private Path witness() {
    return directory.resolve("witness");
  }

  @Test
  void makesItsWitnessBeforeItsProgramRuns() throws Exception {
    Attributes attributes = Attributes.NONE.witnessedBy(witness().toString());
    assertEquals("0", run(request(attributes, "stat", "-c", "%s", witness().toString())));
  }

  @Test
  void hasAWitnessBesideItsLimits() throws Exception {
    Limit limit = new Limit(Resource.NOFILE, 50, 50);
    Attributes attributes = limits(limit).witnessedBy(witness().toString());
    assertEquals("0", run(request(attributes, "stat", "-c", "%s", witness().toString())));
  }

  @Test
  void hasAWitnessThatItCannotSee() throws Exception {
    needRoot();
    Attributes attributes = root(makeRoot()).witnessedBy(witness().toString());
    Spawn request = as(null, null, "/inner", "/bin/sh", "-c", "true").with(attributes);
    assertEquals("", run(request));
    assertTrue(Files.exists(witness()));
  }

  @Test
  void whatCannotHaveWhatItIsGivenNeverWas() throws Exception {
    Attributes attributes = processors("8000-8001").witnessedBy(witness().toString());
    failure(request(attributes, "true"));
    assertFalse(Files.exists(witness()));
  }

  @Test
  void hasItsLimitsAndWeKeepOurs() throws Exception {
    String ours = Files.readString(Path.of("/proc/self/limits"));
    Attributes attributes =
        limits(
            new Limit(Resource.NOFILE, 123, 456),
            new Limit(Resource.CORE, 0, 0),
            new Limit(Resource.CPU, 1000, Limit.UNLIMITED));
    String limits = run(request(attributes, "cat", "/proc/self/limits"));
    assertTrue(limits.matches("(?s).*\nMax open files +123 +456 +files.*"), limits);
    assertTrue(limits.matches("(?s).*\nMax core file size +0 +0 +bytes.*"), limits);
    assertTrue(limits.matches("(?s).*\nMax cpu time +1000 +unlimited +seconds.*"), limits);
    assertEquals(ours, Files.readString(Path.of("/proc/self/limits")));
  }

  @Test
  void everyResourceIsTheKernels() throws Exception {
    for (Resource resource : Resource.values()) {
      Spawn request =
          request(
              limits(new Limit(resource, 1 << 28, 1 << 28)),
              "sh",
              "-c",
              "prlimit --output=SOFT --noheadings --" + resource);
      if (failsForWantOfRights(resource)) continue;
      assertEquals(Integer.toString(1 << 28), run(request), resource.toString());
    }
  }

  /** Hard limits are raised by root only, and not by root everywhere. */
  private boolean failsForWantOfRights(Resource resource) throws Exception {
    Spawn raised = request(limits(new Limit(resource, 1 << 28, 1 << 28)), "true");
    if (heard.onLoop(() -> kernel.spawn(raised)) instanceof Spawned.Failure failure) {
      assertEquals(Errno.EPERM, failure.errno());
      return true;
    }
    return false;
  }

  @Test
  void aLimitThatCannotBeSetIsToldAndNothingRuns() throws Exception {
    Spawn request =
        request(limits(new Limit(Resource.NOFILE, 1L << 40, 1L << 40)), "touch", "never");
    Spawned.Failure failure = failure(request);
    assertEquals(Stage.LIMIT, failure.stage());
    assertEquals("nofile = 1099511627776:1099511627776", failure.subject());
    assertEquals(Errno.EPERM, failure.errno());
    assertFalse(Files.exists(directory.resolve("never")));
    // and the next one is as any
    assertEquals(
        "77", run(request(limits(new Limit(Resource.NOFILE, 77, 77)), "sh", "-c", "ulimit -n")));
  }

  @Test
  void hasItsNiceValue() throws Exception {
    assertEquals("7", run(request(nice(7), "nice")));
    if (ROOT) return;
    Spawned.Failure failure = failure(request(nice(-5), "true"));
    assertEquals("set nice to -5: Permission denied (EACCES)", failure.toString());
  }

  @Test
  void hasItsOomScore() throws Exception {
    assertEquals("321", run(request(score(321), "cat", "/proc/self/oom_score_adj")));
    assertEquals("0", Files.readString(Path.of("/proc/self/oom_score_adj")).strip());
  }

  @Test
  void hasItsProcessors() throws Exception {
    String allowed =
        run(request(processors("0"), "grep", "Cpus_allowed_list", "/proc/self/status"));
    assertEquals("Cpus_allowed_list:\t0", allowed);
    Spawned.Failure failure = failure(request(processors("8000-8001"), "true"));
    assertEquals(new Spawned.Failure(Stage.PROCESSORS, "8000,8001", Errno.EINVAL), failure);
  }

  @Test
  void aProgramThatIsNotThereIsToldAsEver() throws Exception {
    Spawned.Failure failure = failure(request(nice(3), "no-such-program"));
    assertEquals(new Spawned.Failure(Stage.EXEC, "no-such-program", Errno.ENOENT), failure);
    Path script = Files.writeString(directory.resolve("script"), "#!/no/such/interpreter\n");
    assertTrue(script.toFile().setExecutable(true));
    failure = failure(request(nice(3), "./script"));
    assertEquals("interpreter of ./script", failure.subject());
    assertEquals("3", run(request(nice(3), "nice")));
  }

  @Test
  void hasNoDescriptorOfOurs() throws Exception {
    Spawn request =
        request(
            new Attributes(
                null,
                null,
                List.of(new Limit(Resource.NOFILE, 100, 100)),
                1,
                1,
                Processors.parse("0").orElseThrow(),
                null),
            "sh",
            "-c",
            // without a program between, which would have its own; the glob's is closed by then
            "for each in /proc/$$/fd/*; do [ -e $each ] && echo ${each##*/}; done; true");
    assertEquals("0\n1\n2", run(request).replaceAll("\n10$", ""));
  }

  /** The near end of a new pseudo-terminal, pty(7), whose device is then nobody's. */
  private static int openTerminal() {
    int near = Libc.call(Libc.function("posix_openpt", 1), Libc.O_RDWR | Libc.O_NOCTTY);
    assertTrue(near >= 0, () -> Libc.of(Libc.errno()).toString());
    Libc.call(Libc.function("grantpt", 1), near);
    Libc.call(Libc.function("unlockpt", 1), near);
    return near;
  }

  private static String deviceOf(int near) {
    long name = Arena.MEMORY.allocateMemory(64, true);
    Libc.call(Libc.function("ptsname_r", 3), near, name, 64);
    String device = new String(Arena.MEMORY.getZeroTerminatedByteArray(name), US_ASCII);
    Arena.MEMORY.freeMemory(name);
    return device;
  }

  private Spawn atTerminal(String device, String... words) {
    Stream terminal = Stream.TERMINAL;
    String at = directory.toString();
    List<String> path = List.of("PATH=/usr/bin:/bin");
    return new Spawn(List.of(words), path, at, null, null, 022, terminal, terminal, terminal)
        .with(terminal(device));
  }

  @Test
  void aTerminalIsItsOwn() throws Exception {
    int near = openTerminal();
    try {
      String device = deviceOf(near);
      String look =
          "tty > seen; ps -o tty= -o stat= -p $$ >> seen; : > /dev/tty && echo has >> seen";
      int pid = child(atTerminal(device, "sh", "-c", look));
      assertEquals(ExitStatus.exited(0), heard.exit(pid));
      List<String> seen = Files.readAllLines(directory.resolve("seen"));
      assertEquals(device, seen.get(0));
      assertEquals(device.substring("/dev/".length()), seen.get(1).split(" +")[0]);
      assertTrue(seen.get(1).contains("s"), seen::toString); // it leads the session, as ps says it
      assertEquals("has", seen.get(2));
      // free again, so the next start has it too
      int next = child(atTerminal(device, "sleep", "1000"));
      Spawned.Failure failure = failure(atTerminal(device, "true"));
      assertEquals(Stage.TERMINAL, failure.stage());
      assertEquals("EBUSY", failure.errno().name());
      heard.onLoop(() -> kernel.kill(next, Signal.KILL));
      heard.exit(next);
    } finally {
      Libc.close(near);
    }
  }

  @Test
  void aTerminalThatIsNoneIsTold() throws Exception {
    Spawned.Failure failure = failure(request(terminal("/dev/no-such"), "true"));
    assertEquals(new Spawned.Failure(Stage.TERMINAL, "/dev/no-such", Errno.ENOENT), failure);
    failure = failure(request(terminal("/dev/null"), "true"));
    assertEquals(Stage.TERMINAL, failure.stage());
  }

  private int child(Spawn request) throws Exception {
    Spawned spawned = heard.onLoop(() -> kernel.spawn(request));
    assertTrue(spawned instanceof Spawned.Child, spawned::toString);
    return ((Spawned.Child) spawned).pid();
  }

  // As root

  private static void needRoot() {
    assumeTrue(ROOT, "needs root");
    assumeTrue(Files.exists(Path.of("/usr/bin/setpriv")), "needs setpriv of util-linux");
  }

  private List<String> status(Spawn request) throws Exception {
    return run(request).lines().map(line -> line.replaceAll("\\s+", " ").strip()).toList();
  }

  private static final String[] WHO = {
    "grep", "-E", "^(Uid|Gid|Groups|Cap(Inh|Prm|Eff|Amb)):", "/proc/self/status"
  };

  private static List<String> who(int uid, int gid, String groups) {
    List<String> lines = new ArrayList<>();
    lines.add("Uid: " + (uid + " ").repeat(4).strip());
    lines.add("Gid: " + (gid + " ").repeat(4).strip());
    lines.add("Groups: " + groups);
    for (String set : List.of("Inh", "Prm", "Eff", "Amb"))
      lines.add("Cap" + set + ": " + "0".repeat(16));
    return lines;
  }

  @Test
  void hasNothingOfRoots() throws Exception {
    needRoot();
    assertEquals(who(1, 1, "1"), status(as("daemon", null, directory.toString(), WHO)));
    assertEquals(who(1, 8, "8"), status(as("daemon", "mail", directory.toString(), WHO)));
    Spawn grouped = as("daemon", null, directory.toString(), WHO).with(groups("mail", "7"));
    assertEquals(who(1, 1, "7 8"), status(grouped));
    assertEquals(
        who(4_000_000, 4_000_000, "4000000"),
        status(as("4000000", null, directory.toString(), WHO)));
  }

  @Test
  void cannotGetBackWhatItHad() throws Exception {
    needRoot();
    String attempts =
        "setpriv --reuid=0 true && echo uid; setpriv --regid=0 --keep-groups true && echo gid;"
            + " setpriv --groups=0 true && echo groups; chroot / true && echo root;"
            + " nice -n -1 true 2>&1 | grep -q . || echo nice; ulimit -n 200 && echo limit; exit 0";
    Spawn request =
        as("daemon", null, directory.toString(), "sh", "-c", "{ " + attempts + "; } 2>/dev/null")
            .with(limits(new Limit(Resource.NOFILE, 100, 100)));
    assertEquals("", run(request));
  }

  @Test
  void aNameOfDigitsIsANameFirst() throws Exception {
    needRoot();
    assertEquals(
        new Spawned.Failure(Stage.USER, "0day", Errno.ENOENT),
        failure(as("0day", null, directory.toString(), "true")));
    assertEquals(
        new Spawned.Failure(Stage.USER, "group 0day", Errno.ENOENT),
        failure(as("daemon", "0day", directory.toString(), "true")));
    assertEquals(Stage.USER, failure(as("4294967295", null, directory.toString(), "true")).stage());
  }

  /**
   * A root with a static shell would be smaller; with the machine's own directories nothing is
   * made.
   */
  private Path makeRoot() throws Exception {
    Path root = Files.createDirectory(directory.resolve("root"));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    String copy =
        "mkdir -p bin inner; cp /bin/sh /bin/ls /bin/cat bin/;"
            + " for each in bin/*; do ldd $each | grep -o '/[^ ]*' | while read lib; do"
            + " mkdir -p .$(dirname $lib); cp -n $lib .$lib; done; done";
    run(as(null, null, root.toString(), "sh", "-c", copy + "; echo made"));
    return root;
  }

  @Test
  void hasAnotherRoot() throws Exception {
    needRoot();
    Path root = makeRoot();
    String look = "pwd; /bin/ls -d / /inner; [ -e /proc ] || echo bare";
    Spawn request = as(null, null, "/inner", "/bin/sh", "-c", look).with(root(root));
    assertEquals("/inner\n/\n/inner\nbare", run(request));
    Spawn daemon = as("daemon", null, "/inner", "sh", "-c", look).with(root(root));
    assertEquals("/inner\n/\n/inner\nbare", run(daemon));
    // we are where we were
    assertTrue(Files.exists(Path.of("/proc/self/status")));
  }

  @Test
  void whoeverIsInAnotherRootHasNothingOfRoots() throws Exception {
    needRoot();
    Path root = makeRoot();
    Files.createDirectories(root.resolve("dev"));
    Spawn daemon =
        as("daemon", "mail", "/inner", "/bin/sh", "-c", "read go; true")
            .with(
                new Attributes(
                    root.toString(),
                    List.of("7"),
                    List.of(new Limit(Resource.NOFILE, 50, 50)),
                    3,
                    null,
                    null,
                    null));
    Spawn waiting =
        new Spawn(
            List.of("/bin/sh", "-c", "while :; do read x || :; done"),
            daemon.environment(),
            daemon.directory(),
            daemon.user(),
            daemon.group(),
            daemon.umask(),
            daemon.in(),
            daemon.out(),
            daemon.err(),
            daemon.place(),
            List.of(),
            daemon.attributes());
    int pid = ((Spawned.Child) heard.onLoop(() -> kernel.spawn(waiting))).pid();
    Path proc = Path.of("/proc/" + pid);
    long end = System.nanoTime() + Heard.PATIENCE_SECONDS * 1_000_000_000L;
    while (!Files.readString(proc.resolve("status")).contains("Name:\tsh\n")) {
      assertTrue(System.nanoTime() < end, "not there");
    }
    assertEquals(
        who(1, 8, "7"),
        Files.readAllLines(proc.resolve("status")).stream()
            .filter(line -> line.matches("(Uid|Gid|Groups|Cap(Inh|Prm|Eff|Amb)):.*"))
            .map(line -> line.replaceAll("\\s+", " ").strip())
            .toList());
    assertEquals(root.toRealPath(), Files.readSymbolicLink(proc.resolve("root")));
    assertEquals(root.toRealPath().resolve("inner"), Files.readSymbolicLink(proc.resolve("cwd")));
    assertTrue(Files.readString(proc.resolve("limits")).matches("(?s).*Max open files +50 +50.*"));
    heard.onLoop(() -> kernel.kill(pid, Signal.KILL));
    heard.exit(pid);
  }

  @Test
  void whatIsNotInTheOtherRootIsToldWithItsStage() throws Exception {
    needRoot();
    Path root = Files.createDirectory(directory.resolve("empty"));
    for (String user : new String[] {null, "daemon"}) {
      Spawn request = as(user, null, "/", "/bin/sh").with(root(root));
      assertEquals(new Spawned.Failure(Stage.EXEC, "/bin/sh", Errno.ENOENT), failure(request));
      request = as(user, null, "/usr", "/bin/sh").with(root(root));
      assertEquals(new Spawned.Failure(Stage.DIRECTORY, "/usr", Errno.ENOENT), failure(request));
    }
    Path none = directory.resolve("none");
    assertEquals(
        new Spawned.Failure(Stage.ROOT, none.toString(), Errno.ENOENT),
        failure(request(root(none), "true")));
  }
}
