package svc.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.installed.Installed;

/** Every key about what a process is given, looked for in the process (/proc/PID). */
class ChildSetupIT {

  @TempDir Path directory;

  private Installed installed;
  private Path declarations;
  private Process manager;

  @BeforeEach
  void prepare() throws IOException {
    installed = new Installed(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    declarations = Files.createDirectory(directory.resolve("services"));
  }

  @AfterEach
  void end() throws Exception {
    if (manager != null && manager.isAlive()) installed.run("svc", "shutdown");
    installed.close();
  }

  private void declare(String name, String lines) throws IOException {
    Files.writeString(declarations.resolve(name + ".ini"), "[service]\n" + lines);
  }

  private void start() throws IOException {
    manager = installed.start("manager", "svc-manager", declarations.toString());
  }

  /** The program's own /proc directory, when what stood in front of it has gone. */
  private Path process(String name, String program) {
    int[] pid = new int[1];
    Installed.await(
        name + " up",
        () -> {
          JsonNode service = installed.service(name);
          pid[0] = service.path("pid").asInt();
          return service.path("state").asText().equals("up") && pid[0] > 0;
        });
    Path process = Path.of("/proc/" + pid[0]);
    Installed.await(program, () -> read(process.resolve("comm")).equals(program + "\n"));
    return process;
  }

  private static String read(Path path) {
    try {
      return new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  private static List<String> status(Path process, String fields) {
    return read(process.resolve("status"))
        .lines()
        .filter(line -> line.matches("(" + fields + "):.*"))
        .map(line -> line.replaceAll("\\s+", " ").strip())
        .toList();
  }

  private static Set<String> environment(Path process) {
    return Stream.of(read(process.resolve("environ")).split("\0")).collect(Collectors.toSet());
  }

  private static Set<String> descriptors(Path process) throws IOException {
    try (Stream<Path> entries = Files.list(process.resolve("fd"))) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void aProcessHasWhatItsDeclarationSays() throws Exception {
    Files.writeString(
        declarations.resolve("vars"), "# of the site\nCITY=\"New York\"\nLANG=file\n");
    Path inner = Files.createDirectory(directory.resolve("inner"));
    declare(
        "all",
        """
        exec = sleep 1000
        directory = ../inner
        umask = 027
        clear-environment = yes
        environment-file = ../services/vars
        environment-file = -missing
        environment = LANG=line
        nice = 3
        oom-score-adj = 456
        cpu-affinity = 0
        [limit]
        nofile = 64:128
        core = 0
        """);
    start();
    Path process = process("all", "sleep");
    assertEquals(inner.toRealPath(), Files.readSymbolicLink(process.resolve("cwd")));
    assertEquals(
        List.of("Umask: 0027", "Cpus_allowed_list: 0"), status(process, "Umask|Cpus_allowed_list"));
    Set<String> environment = environment(process);
    assertTrue(
        environment.containsAll(Set.of("CITY=New York", "LANG=line")), environment::toString);
    Set<String> names =
        environment.stream().map(each -> each.split("=")[0]).collect(Collectors.toSet());
    assertEquals(Set.of("CITY", "LANG", "PATH", "SVC_SERVICE", "SVC_RUN", "SVC_START"), names);
    assertEquals("456\n", read(process.resolve("oom_score_adj")));
    assertEquals("3", read(process.resolve("stat")).replaceFirst(".*\\) ", "").split(" ")[16]);
    String limits = read(process.resolve("limits"));
    assertTrue(limits.matches("(?s).*Max open files +64 +128 .*"), limits);
    assertTrue(limits.matches("(?s).*Max core file size +0 +0 .*"), limits);
    assertEquals(Set.of("0", "1", "2"), descriptors(process));
  }

  @Test
  void nothingIsLeftOfRootWhereAnotherUserIsDeclared() throws Exception {
    needRoot();
    declare("as", "exec = sleep 1000\nuser = daemon\n");
    declare("of", "exec = sleep 1000\nuser = daemon\ngroup = mail\ngroups = 7 cdrom\n");
    Path root = makeRoot();
    declare(
        "in",
        "exec = /bin/sleep 1000\nuser = 4000000\nchroot = %s\ndirectory = inner\n".formatted(root));
    declare("digits", "exec = sleep 1000\nuser = 0day\n");
    start();
    assertEquals(who(1, 1, "1"), who(process("as", "sleep")));
    assertEquals(who(1, 8, "7 24"), who(process("of", "sleep")));
    Path process = process("in", "sleep");
    assertEquals(who(4_000_000, 4_000_000, "4000000"), who(process));
    assertEquals(root.toRealPath(), Files.readSymbolicLink(process.resolve("root")));
    assertEquals(
        root.toRealPath().resolve("inner"), Files.readSymbolicLink(process.resolve("cwd")));
    assertEquals(Set.of("0", "1", "2"), descriptors(process));
    Installed.await("failed", () -> state("digits").equals("failed"));
    assertTrue(reason("digits").contains("find user 0day"), reason("digits"));
  }

  @Test
  void whatCannotBeGivenIsToldWithItsStage() throws Exception {
    Files.writeString(declarations.resolve("bad"), "A=1\nB\n");
    declare("file", "exec = sleep 1000\nenvironment-file = missing\n[restart]\nlimit = 0\n");
    declare("line", "exec = sleep 1000\nenvironment-file = bad\n[restart]\nlimit = 0\n");
    declare("root", "exec = sleep 1000\nchroot = none\n[restart]\nlimit = 0\n");
    declare("cpus", "exec = sleep 1000\ncpu-affinity = 8000\n[restart]\nlimit = 0\n");
    declare("tty", "exec = sleep 1000\nterminal = /dev/none\n[restart]\nlimit = 0\n");
    start();
    told("file", "read environment file " + declarations.toRealPath() + "/missing: No such file");
    told("line", "read environment file " + declarations.toRealPath() + "/bad:2: Invalid argument");
    told("root", "enter root directory " + declarations.toRealPath() + "/none: No such file");
    told("cpus", "set cpu-affinity to 8000: Invalid argument (EINVAL)");
    told("tty", "take terminal /dev/none: No such file or directory (ENOENT)");
  }

  private void told(String service, String reason) {
    Installed.await(service + " failed", () -> state(service).equals("failed"));
    assertTrue(reason(service).contains(reason), reason(service));
  }

  private String state(String name) {
    return installed.service(name).path("state").asText();
  }

  private String reason(String name) {
    return installed.service(name).toString();
  }

  private static void needRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Files.exists(Path.of("/usr/bin/setpriv")), "needs setpriv of util-linux");
  }

  private static List<String> who(Path process) {
    return status(process, "Uid|Gid|Groups|CapInh|CapPrm|CapEff|CapAmb");
  }

  private static List<String> who(int uid, int gid, String groups) {
    String none = " " + "0".repeat(16);
    return List.of(
        "Uid: " + (uid + " ").repeat(4).strip(),
        "Gid: " + (gid + " ").repeat(4).strip(),
        "Groups: " + groups,
        "CapInh:" + none,
        "CapPrm:" + none,
        "CapEff:" + none,
        "CapAmb:" + none);
  }

  /** With one program and what it is linked to. */
  private Path makeRoot() throws Exception {
    Path root = Files.createDirectory(directory.resolve("root"));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    String copy =
        "mkdir -p bin inner; cp /bin/sleep bin/; ldd bin/sleep | grep -o '/[^ ]*' | while read lib;"
            + " do mkdir -p .$(dirname $lib); cp $lib .$lib; done";
    Process made = new ProcessBuilder("sh", "-c", copy).directory(root.toFile()).start();
    assertEquals(0, made.waitFor());
    return root;
  }
}
