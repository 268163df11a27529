package svc.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.os.ExitStatus;
import svc.os.Signal;
import svc.os.Spawn;
import svc.os.Spawn.Stream;
import svc.os.Spawned;

/** A process started as the launchers start one: signals blocked, read by the loop alone. */
class SignalTest {

  @TempDir Path directory;

  @Test
  void readsEverySignalThatWasBlockedAndReapsBySigchld() throws Exception {
    readsAndReaps();
  }

  @Test
  void losesNoSignalAndNoExitByARolesMistakeWhereItSurvivesThat() throws Exception {
    readsAndReaps("faulty");
  }

  @Test
  void executedAnewItHasItsPidItsChildrenAndItsStreamsOnly() throws Exception {
    int pid = run(Reborn.class);
    assertEquals(
        List.of("pid " + pid, "pid " + pid, "parent " + pid, "state Z", "open 0 1 2"),
        Files.readAllLines(output()));
  }

  /** CHLD, TERM, HUP, INT and RTMIN+3 of {@link #program}, as /proc/PID/status has them. */
  private static final long BLOCKED = 1L << 16 | 1L << 14 | 1L | 1L << 1 | 1L << 36;

  @Test
  void executedAnewItHasItsSignalsBlocked() throws Exception {
    run(Reborn.class, "/bin/grep", "SigBlk", "/proc/self/status");
    String mask = Files.readAllLines(output()).get(0).replaceAll("SigBlk:\\s*", "");
    assertEquals(BLOCKED, Long.parseUnsignedLong(mask, 16) & BLOCKED);
  }

  @Test
  void executedAnewItListensOnTheSameSocket() throws Exception {
    for (String address : List.of("unix:" + directory.resolve("web"), "unix:@" + directory)) {
      run(Listening.class, address);
      List<String> lives = Files.readAllLines(output());
      assertEquals(3, lives.size(), lives::toString);
      assertTrue(lives.get(0).matches("socket:\\[\\d+\\]"), lives::toString);
      assertEquals(1, Set.copyOf(lives).size(), lives::toString);
      Files.delete(output());
    }
  }

  private int run(Class<?> main, String... arguments) throws Exception {
    try (PosixKernel kernel = PosixKernel.start(Throwable::printStackTrace)) {
      Heard heard = new Heard(kernel);
      kernel.attach(heard, List.of());
      Spawned spawned = heard.onLoop(() -> kernel.spawn(program(main, arguments)));
      int pid = ((Spawned.Child) spawned).pid();
      assertEquals(ExitStatus.exited(0), heard.exit(pid));
      return pid;
    }
  }

  private void readsAndReaps(String... arguments) throws Exception {
    try (PosixKernel kernel = PosixKernel.start(Throwable::printStackTrace)) {
      Heard heard = new Heard(kernel);
      kernel.attach(heard, List.of());
      Spawned spawned = heard.onLoop(() -> kernel.spawn(runtime(arguments)));
      int pid = ((Spawned.Child) spawned).pid();
      List<String> expected = new ArrayList<>(List.of("reaped"));
      awaitOutput(expected);
      for (String name : List.of("HUP", "RTMIN+3", "INT", "TERM")) {
        heard.onLoop(() -> kernel.kill(pid, Signal.parse(name).orElseThrow()));
        expected.add(name);
        awaitOutput(expected);
      }
      assertEquals(ExitStatus.exited(0), heard.exit(pid));
    }
  }

  private Spawn runtime(String... arguments) {
    return program(BlockedSignals.class, arguments);
  }

  private Spawn program(Class<?> main, String... arguments) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> words = new ArrayList<>();
    words.addAll(
        List.of(
            "env",
            "--block-signal=CHLD,TERM,HUP,INT,RTMIN+3",
            java,
            "-Xrs",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    words.addAll(List.of(arguments));
    Stream output = new Stream.File(output().toString());
    return new Spawn(
        words,
        List.of("PATH=/usr/bin:/bin"),
        "/",
        null,
        null,
        -1,
        Stream.NULL,
        output,
        Stream.INHERIT);
  }

  private Path output() {
    return directory.resolve("output");
  }

  private void awaitOutput(List<String> lines) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Heard.PATIENCE_SECONDS);
    while (!Files.exists(output()) || !Files.readAllLines(output()).equals(lines)) {
      assertTrue(System.nanoTime() < end, () -> "never printed " + lines);
      Thread.onSpinWait();
    }
  }
}
