package svc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import svc.service.Durations;
import svc.service.LogSettings;
import svc.service.LogSettings.Stamp;

/** Each byte once and in order, whenever whoever writes is killed. */
class LogTest {

  private static final String FIFO = "/run/output/web";
  private static final String LOG = "/log/web.log";

  private final FakePipes machine = new FakePipes();
  private final Log.Buffers buffers = Log.Buffers.make();

  private static LogSettings settings(Stamp stamp, long maxSize, boolean drops) {
    return new LogSettings(stamp, maxSize, Durations.FOREVER, 10, false, 1 << 10, 0640, drops);
  }

  private Log log(LogSettings settings) {
    return new Log(
        machine,
        buffers,
        new Log.Places("/run", "/log"),
        "web",
        settings,
        () -> machine.time++,
        () -> {});
  }

  private void say(String text) {
    machine.write(FIFO, text.getBytes(StandardCharsets.UTF_8));
  }

  private static int all(Log log) {
    int steps = 0;
    for (int result; (result = log.step()) != 0; steps++) assertTrue(result > 0, "errno " + result);
    return steps;
  }

  @Test
  void linesAreStampedWhereTheyBegin() {
    Log log = log(settings(Stamp.ISO, 1 << 20, false));
    say("one\ntw");
    all(log);
    say("o\n\nthree");
    all(log);
    log.endLine();
    assertEquals(
        """
        2001-09-09T01:46:40.000Z one
        2001-09-09T01:46:40.000Z two
        2001-09-09T01:46:40.001Z\s
        2001-09-09T01:46:40.001Z three
        """,
        machine.text(LOG));
  }

  @Test
  void anotherFileIsBegunAtTheEndOfALine() {
    Log log = log(settings(Stamp.NONE, 10, false));
    for (int i = 0; i < 5; i++) {
      say("line number " + i + "\nand a pie");
      all(log);
      say("ce\n");
      all(log);
    }
    assertEquals(5, machine.count(LOG));
    assertTrue(machine.text(LOG).endsWith("and a piece\n"), machine.text(LOG));
    assertEquals(10, machine.all(LOG).lines().count());
  }

  @Test
  void aLineThatNeverEndsIsSplitAndItsFileEndsToo() {
    Log log = log(settings(Stamp.NONE, 4096, false));
    for (int i = 0; i < 20; i++) {
      say("x".repeat(1000));
      all(log);
    }
    assertTrue(machine.count(LOG) > 2);
    assertTrue(machine.text(LOG).length() < 8192);
    assertEquals(20_000, machine.all(LOG).chars().filter(each -> each == 'x').count());
    assertTrue(machine.all(LOG).lines().allMatch(line -> line.length() <= 1024));
  }

  @Test
  void filesMayBeClosedBetweenAnyTwoSteps() {
    Log log = log(settings(Stamp.ISO, 1 << 20, false));
    for (String piece : List.of("one\ntw", "o\n", "three\n")) {
      say(piece);
      all(log);
      log.closeFiles();
    }
    List<String> lines = machine.text(LOG).lines().map(line -> line.substring(25)).toList();
    assertEquals(List.of("one", "two", "three"), lines);
  }

  @Test
  void whatCannotBeWrittenWaits() {
    Log log = log(settings(Stamp.NONE, 1 << 20, false));
    say("one\n");
    all(log);
    say("two\nthree\n");
    machine.refusal = 28;
    for (int i = 0; i < 3; i++) assertEquals(-28, log.step());
    machine.refusal = 0;
    all(log);
    assertEquals("one\ntwo\nthree\n", machine.text(LOG));
  }

  @Test
  void orIsDroppedAndTheLogSaysSo() {
    Log log = log(settings(Stamp.NONE, 1 << 20, true));
    say("one\n");
    all(log);
    say("two\nthree\n");
    machine.refusal = 28;
    assertTrue(log.step() > 0);
    machine.refusal = 0;
    say("four\n");
    all(log);
    assertEquals("one\nsvc: dropped here: 2 lines\nfour\n", machine.text(LOG));
  }

  @Test
  void anotherThatKeepsItIsWaitedFor() {
    Log first = log(settings(Stamp.NONE, 1 << 20, false));
    say("one\n");
    all(first);
    Log second = log(settings(Stamp.NONE, 1 << 20, false));
    assertEquals(-svc.os.Pipes.EAGAIN, second.step());
    first.close();
    say("two\n");
    all(second);
    assertEquals("one\ntwo\n", machine.text(LOG));
  }

  // Kills

  private interface Script {
    void run(Log log);
  }

  /** Kills at each point in turn, and a second time in the midst of what comes after. */
  private void everywhere(LogSettings settings, List<String> pieces) {
    String expected = String.join("", pieces);
    long cuts = 0;
    for (long point = 0; ; point++) {
      for (long again = 0; ; again += 11) {
        FakeRun run = new FakeRun(settings, pieces);
        boolean first = run.killed(point);
        boolean second = first && run.killed(again);
        run.finish();
        assertEquals(expected, run.plain(), "killed at " + point + " and " + again);
        if (!second) {
          if (!first) {
            assertTrue(cuts > 20, "points: " + cuts);
            return;
          }
          break;
        }
      }
      cuts++;
    }
  }

  /** One history: pieces are said one after the other, each before the next step. */
  private final class FakeRun {
    final FakePipes pipes = new FakePipes();
    final LogSettings settings;
    final List<String> pieces;
    int said;
    Log log;

    FakeRun(LogSettings settings, List<String> pieces) {
      this.settings = settings;
      this.pieces = pieces;
      begin();
    }

    void begin() {
      log =
          new Log(
              pipes,
              buffers,
              new Log.Places("/run", "/log"),
              "web",
              settings,
              () -> pipes.time++,
              () -> {});
    }

    /** False when it came to the end before. */
    boolean killed(long point) {
      pipes.killAfter(point);
      try {
        work();
        return false;
      } catch (Cut killed) {
        pipes.revive();
        begin();
        return true;
      }
    }

    void work() {
      while (said < pieces.size()) {
        pipes.write(FIFO, pieces.get(said++).getBytes(StandardCharsets.UTF_8));
        assertTrue(log.step() > 0);
      }
      while (log.step() > 0) continue;
    }

    void finish() {
      pipes.revive();
      begin();
      work();
    }

    /** Without stamps. */
    String plain() {
      String all = pipes.all(LOG);
      if (settings.stamp() == Stamp.NONE) return all;
      return all.lines()
          .map(
              line -> {
                byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
                int stamp = svc.service.LogFiles.stamp(bytes, bytes.length);
                assertTrue(stamp > 0, line);
                return line.substring(stamp) + "\n";
              })
          .collect(Collectors.joining());
    }
  }

  @Test
  void killedAnywhereNothingIsLostOrDoubled() {
    List<String> pieces = List.of("same\n", "same\n", "sa", "me\nsame\nsame\n", "same\n", "e\n");
    everywhere(settings(Stamp.NONE, 1 << 20, false), pieces);
  }

  @Test
  void killedAnywhereStampsStandAtTheBeginningsOfLines() {
    everywhere(
        settings(Stamp.ISO, 1 << 20, false),
        List.of("same\n", "same\nsa", "me\n", "same\n", "\n", "x\n"));
    everywhere(settings(Stamp.TAI64N, 1 << 20, false), List.of("a\nb", "c", "\nd\n"));
  }

  @Test
  void killedAnywhereWhileAnotherFileIsBegun() {
    everywhere(
        settings(Stamp.NONE, 5, false),
        List.of("same\n", "same\n", "sa", "me\nsame\nsame\n", "same\nand", "\nthe end\n"));
    everywhere(settings(Stamp.ISO, 30, false), List.of("same\nsa", "me\nsame\n", "same\n"));
  }

  @Test
  void killedAgainAndAgainAtRandom() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<String> pieces = new ArrayList<>();
      for (int i = 0; i < 60; i++)
        pieces.add("line " + i / 2 + (random.nextInt(3) > 0 ? "\n" : ""));
      pieces.add("\n");
      Stamp stamp = Stamp.values()[random.nextInt(3)];
      FakeRun run = new FakeRun(settings(stamp, 40 + random.nextInt(400), false), pieces);
      if (random.nextBoolean()) run.pipes.most = 16 + random.nextInt(30);
      while (run.killed(random.nextInt(60) + 12)) continue;
      run.finish();
      assertEquals(String.join("", pieces), run.plain(), "seed " + seed);
    }
  }
}
