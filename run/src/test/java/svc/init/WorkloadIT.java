package svc.init;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import svc.init.Container.Where;

/** What others' small inits for containers promise, promised by svc-init. */
class WorkloadIT {

  /** A shell that only its traps end. */
  private static final String WAIT = "sleep 1000 & while :; do wait; done";

  @TempDir Path directory;

  private Container container;

  @AfterEach
  void end() {
    if (container != null) container.close();
  }

  private Container in(Where where) {
    if (container != null) container.close();
    container = new Container(directory, where);
    return container;
  }

  private int runs(Where where, String... arguments) throws Exception {
    return in(where).init(arguments).status();
  }

  // Statuses

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 42, 126, 128, 255})
  void aStatusComesOutAsItIs(int code) throws Exception {
    assertEquals(code, runs(Where.NAMESPACE, "-q", "--", "sh", "-c", "exit " + code));
    assertEquals("", container.out() + container.err());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 255})
  void aStatusComesOutAsItIsBesideAnotherInit(int code) throws Exception {
    assertEquals(code, runs(Where.PROCESS, "-q", "--", "sh", "-c", "exit " + code));
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 9, 15, 64})
  void aSignalThatEndedItIs128AndItsNumber(int signal) throws Exception {
    String kill = "ulimit -c 0; kill -" + signal + " $$; exec sleep 1000";
    assertEquals(128 + signal, runs(Where.NAMESPACE, "-q", "--", "bash", "-c", kill));
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void whatIsNotThereOrCannotBeExecutedIsToldAsShellsTellIt(Where where) throws Exception {
    assertEquals(127, runs(where, "-q", "--", "no-such-program"));
    assertEquals(
        "svc-init: cannot execute no-such-program: No such file or directory (ENOENT)\n",
        container.err());
    assertEquals(127, runs(where, "-q", "--", "/no/such/program"));
    Path file = Files.writeString(directory.resolve("file"), "data");
    assertEquals(126, runs(where, "-q", "--", file.toString()));
    assertTrue(container.err().contains("Permission denied (EACCES)"), container.err());
    assertTrue(file.toFile().setExecutable(true));
    assertEquals(126, runs(where, "-q", "--", file.toString()));
    assertEquals(126, runs(where, "-q", "--", "/"));
  }

  // Signals

  @ParameterizedTest
  @EnumSource(Where.class)
  void everySignalReachesIt(Where where) throws Exception {
    Map<String, Integer> signals = new LinkedHashMap<>();
    for (String each :
        ("HUP 1,INT 2,QUIT 3,USR1 10,USR2 12,PIPE 13,ALRM 14,TERM 15,STKFLT 16,CONT 18,TSTP 20,"
                + "TTIN 21,TTOU 22,URG 23,XCPU 24,XFSZ 25,VTALRM 26,PROF 27,WINCH 28,IO 29,PWR 30,"
                + "RTMIN 34,RTMIN+3 37,RTMIN+13 47,RTMAX 64")
            .split(",")) {
      signals.put(each.split(" ")[0], Integer.valueOf(each.split(" ")[1]));
    }
    StringBuilder script = new StringBuilder();
    signals.forEach(
        (name, number) -> script.append("trap 'echo got " + name + "' " + number + "; "));
    in(where).init("-q", "--", "bash", "-c", script + "echo ready; " + WAIT);
    container.awaitLine("ready");
    for (Map.Entry<String, Integer> signal : signals.entrySet()) {
      container.signal(signal.getValue());
      container.awaitLine("got " + signal.getKey());
    }
    assertEquals(signals.size() + 1, container.out().lines().count());
  }

  /**
   * The parent hands on what it got, as another signal: the child would have got its own before. In
   * Perl, since a shell that waits has something in its group that a signal ends.
   */
  private static final String FAMILY =
      """
      $| = 1;
      my $child;
      $SIG{USR1} = sub { print "parent\\n"; kill USR2 => $child };
      $child = fork // die;
      if ($child == 0) {
        $SIG{USR1} = sub { print "child itself\\n" };
        $SIG{USR2} = sub { print "child told\\n" };
        print "ready\\n";
      }
      sleep 1000 while 1;
      """;

  @Test
  void aSignalIsForItAlone() throws Exception {
    in(Where.NAMESPACE).init("-q", "--", "perl", "-e", FAMILY);
    container.awaitLine("ready");
    container.signal(10);
    container.awaitLine("child told");
    assertEquals("ready\nparent\nchild told\n", container.out());
  }

  @Test
  void aSignalIsForItsGroupWhereThatIsAskedFor() throws Exception {
    in(Where.NAMESPACE).init("-q", "-g", "--", "perl", "-e", FAMILY);
    container.awaitLine("ready");
    container.signal(10);
    container.awaitLine("child told");
    container.awaitLine("child itself");
    container.awaitLine("parent");
  }

  @Test
  void aSignalIsRewrittenOrNotHandedOn() throws Exception {
    String script =
        "trap 'echo quit' QUIT; trap 'echo term' TERM; trap 'echo usr1' USR1; "
            + "trap 'echo usr2' USR2; echo ready; "
            + WAIT;
    in(Where.NAMESPACE)
        .init("-q", "-r", "TERM:QUIT", "--rewrite", "USR1:0", "--", "bash", "-c", script);
    container.awaitLine("ready");
    container.signal(15);
    container.awaitLine("quit");
    container.signal(10);
    container.signal(12);
    container.awaitLine("usr2");
    assertEquals("ready\nquit\nusr2\n", container.out());
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void termEndsItAndIsTold(Where where) throws Exception {
    in(where).init("-q", "--", "sh", "-c", "echo ready; exec sleep 1000");
    container.awaitLine("ready");
    container.signal(15);
    assertEquals(143, container.status());
  }

  @Test
  void telinitWithinEndsIt() throws Exception {
    String script = "'" + Container.INIT + "' 0; echo asked $?; exec sleep 1000";
    assertEquals(143, runs(Where.NAMESPACE, "-q", "--", "sh", "-c", script));
  }

  // Processes

  @ParameterizedTest
  @EnumSource(Where.class)
  void orphansAreReaped(Where where) throws Exception {
    String script =
        "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do (true &); done; "
            + "(sh -c 'exit 3' &); (sh -c 'kill -9 $$' &); echo ready; exec sleep 1000";
    in(where).init("-q", "--", "sh", "-c", script);
    container.awaitLine("ready");
    container.await("the workload alone", () -> container.children() == 1);
    container.signal(15);
    assertEquals(143, container.status());
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void anOrphansStatusIsNotTheWorkloads(Where where) throws Exception {
    assertEquals(4, runs(where, "-q", "--", "sh", "-c", "(sh -c 'exit 9' &); exit 4"));
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void whatItLeavesIsEndedAlsoWhatIgnoresTerm(Where where) throws Exception {
    Path configuration =
        Files.writeString(directory.resolve("init.conf"), "[init]\nkill-timeout = 50ms\n");
    String mark = "1000." + System.nanoTime();
    String script =
        "(trap '' TERM; exec sleep "
            + mark
            + ") & setsid sh -c 'trap \"\" TERM; sleep "
            + mark
            + "' & (sleep "
            + mark
            + " &); exit 4";
    String[] words = {"-q", "--config", configuration.toString(), "--", "sh", "-c", script};
    assertEquals(4, runs(where, words));
    assertFalse(ProcessHandle.allProcesses().anyMatch(each -> isSleep(each, mark)), "left");
  }

  private static boolean isSleep(ProcessHandle process, String mark) {
    return process.info().commandLine().orElse("").contains("sleep " + mark);
  }

  @Test
  void itLeadsAProcessGroup() throws Exception {
    String script = "set -- $(cat /proc/$$/stat); test $1 = $5 || exit 9";
    assertEquals(0, runs(Where.NAMESPACE, "-q", "--", "sh", "-c", script));
    assertEquals(0, runs(Where.PROCESS, "-q", "--", "sh", "-c", script));
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void theTerminalIsItsOwn(Where where) throws Exception {
    String script =
        "trap 'echo interrupted; exit 9' INT; set -- $(cat /proc/$$/stat); "
            + "test $1 = $5 && test $5 = $8 && echo foreground; read line; echo \"read $line\"; "
            + WAIT;
    in(where).initOnTerminal("-q", "--", "bash", "-c", script);
    container.awaitLine("foreground");
    container.type("typed\n");
    container.awaitLine("read typed");
    container.type("\003"); // ctrl-C
    assertEquals(9, container.status());
    assertTrue(container.out().contains("interrupted"), container.out());
  }

  // What it is given

  @ParameterizedTest
  @EnumSource(Where.class)
  void itsInputIsOurs(Where where) throws Exception {
    in(where).init("-q", "--", "cat");
    container.type("wört\nanother");
    container.endInput();
    assertEquals(0, container.status());
    assertEquals("wört\nanother", container.out());
  }

  /** As bytes: what this JVM's own locale would make of them is not the question. */
  private Container script(byte[] text) throws Exception {
    Path file = Files.write(directory.resolve("script"), text);
    return in(Where.NAMESPACE).exec("sh", file.toString());
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void argumentsArePassedByteForByteAlsoWithoutALocale() throws Exception {
    List<String> words =
        List.of(
            "plain",
            "",
            "a b",
            "${X}",
            "$HOME",
            "`x`",
            "w\u00c3\u00b6rt",
            "\u00ff\u00fe\u0080",
            "%s\\n",
            "\\",
            "\"",
            "--",
            "-q",
            "@file",
            "a\nb",
            "*",
            "");
    StringBuilder script = new StringBuilder("exec env -u LANG LC_ALL=C '" + Container.INIT + "' ");
    script.append("-q -- printf '<%s>'");
    StringBuilder expected = new StringBuilder();
    for (String word : words) {
      script.append(" '").append(word).append("'");
      expected.append("<").append(word).append(">");
    }
    assertEquals(0, script(latin1(script.toString())).status());
    assertArrayEquals(latin1(expected.toString()), container.bytes());
  }

  @Test
  void theEnvironmentIsPassedByteForByteAlsoWithoutALocale() throws Exception {
    List<String> variables =
        List.of(
            "PATH=" + System.getenv("PATH"),
            "LC_ALL=C",
            "UTF=w\u00c3\u00b6rt",
            "LATIN=w\u00f6rt\u00ff",
            "EMPTY=",
            "BLANKS= a  b ",
            "REFERENCE=${PATH} $X",
            "LINES=a\nb",
            "EQUALS=a=b=c",
            "home=ours",
            "java=ours",
            "self=ours",
            "program=ours",
            "number=ours",
            "NOTIFY_SOCKET=/no/such");
    StringBuilder script = new StringBuilder("exec env -i");
    for (String variable : variables) script.append(" '").append(variable).append("'");
    script.append(" '" + Container.INIT + "' -q -- cat /proc/self/environ");
    assertEquals(0, script(latin1(script.toString())).status());
    String given = new String(container.bytes(), StandardCharsets.ISO_8859_1);
    List<String> found = List.of(given.split("\0"));
    for (String variable : variables) assertTrue(found.contains(variable), variable);
    // a shell that starts us may tell where it is
    List<String> more = found.stream().filter(each -> !variables.contains(each)).toList();
    assertTrue(
        more.stream().allMatch(each -> each.matches("(PWD|OLDPWD|SHLVL|_)=.*")), more::toString);
  }

  @Test
  void itStartsWhereWeAre() throws Exception {
    assertEquals(0, runs(Where.PROCESS, "-q", "--", "pwd"));
    assertEquals(Path.of("").toAbsolutePath().toString(), container.out().strip());
  }

  @Test
  void itsProgramSeesTheNameThatItWasCalledBy() throws Exception {
    assertEquals(0, runs(Where.PROCESS, "-q", "--", "sh", "-c", "tr '\\0' ' ' < /proc/$$/cmdline"));
    assertTrue(container.out().startsWith("sh -c "), container.out());
  }

  // What is said

  @Test
  void whoIsNotQuietSaysWhereItRuns() throws Exception {
    assertEquals(0, runs(Where.NAMESPACE, "--", "true"));
    assertTrue(container.err().startsWith("svc-init: runs in "), container.err());
    assertEquals("", container.out());
  }

  @Test
  void aRewriteThatIsNoneIsMisuse() throws Exception {
    assertEquals(2, runs(Where.NAMESPACE, "-r", "TERM", "--", "true"));
    assertEquals("svc-init: --rewrite: expected FROM:TO, found TERM\n", container.err());
  }

  // As telinit

  @Test
  void whereNobodyListensARunlevelIsRefusedInOneLine() throws Exception {
    container = Container.beside(directory).init("5");
    assertEquals(4, container.status());
    assertEquals("svc-init: no init listens on /run/initctl or /dev/initctl\n", container.err());
  }

  @Test
  void aFifoThatNobodyReadsIsNotWaitedFor() throws Exception {
    container =
        Container.beside(directory)
            .exec("sh", "-c", "mkfifo /run/initctl; exec '" + Container.INIT + "' 5");
    assertEquals(4, container.status());
    assertEquals("svc-init: no init listens on /run/initctl\n", container.err());
  }

  @Test
  void nonsenseIsMisuse() throws Exception {
    container = Container.beside(directory).init("nonsense");
    assertEquals(2, container.status());
    assertEquals(
        "svc-init: expected a runlevel (0 to 6, S, Q or U), found nonsense\n", container.err());
  }
}
