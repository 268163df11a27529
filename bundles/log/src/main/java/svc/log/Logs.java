package svc.log;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import svc.os.Pipes;
import svc.service.LogSettings;

/**
 * The logs that one thread keeps, all of it but the thread: what is to be read, what is to be tried
 * again, which files are open. It never waits; whoever drives it does.
 */
public final class Logs {

  /** One of the logs. */
  private static final class Kept {
    final Log log;
    boolean released;
    int fifo = -1;
    boolean heard;

    /** Since something fails: when to try again, and how long to wait after that; else NEVER. */
    long nextTry = NEVER;

    long pause = FIRST_PAUSE;

    /** What is wrong, as it was told last. */
    String problem = "";

    Kept(Log log) {
      this.log = log;
    }
  }

  private static final long NEVER = Long.MAX_VALUE;

  /** In nanoseconds. */
  static final long FIRST_PAUSE = 100_000_000L;

  private static final long LONGEST_PAUSE = 10_000_000_000L;

  /** So that a thousand services that have written something need no descriptor for each. */
  private static final int MOST_OPEN = 256;

  private static final long NANOS_PER_MILLI = 1_000_000L;

  /**
   * How much of what is there is written before it is left alone, in steps: more than fits into the
   * largest pipe that anybody may make (pipe(7)), in pieces of a line.
   */
  private static final int LAST_STEPS = 1024;

  private final Pipes pipes;
  private final Log.Places places;
  private final LongSupplier now;
  private final LongSupplier wallClock;
  private final BiConsumer<String, LogSettings> older;
  private final BiConsumer<String, String> problems;

  private final Map<String, Kept> logs = new HashMap<>();
  private final Set<Kept> failing = new HashSet<>();
  private final Log.Buffers buffers = Log.Buffers.make();
  private Kept[] byFifo = new Kept[64];

  /** Those that have opened files, in that order, and where the next goes. */
  private final Kept[] opened = new Kept[MOST_OPEN];

  private int nextOpened;

  /**
   * @param run the run directory
   * @param directory where the logs are
   * @param now nanoseconds
   * @param wallClock milliseconds since 1970
   * @param older is told of services that may have more older files than they should
   * @param problems is told of services whose logs cannot be written and why, or, with an empty
   *     text, that they can
   */
  public Logs(
      Pipes pipes,
      String run,
      String directory,
      LongSupplier now,
      LongSupplier wallClock,
      BiConsumer<String, LogSettings> older,
      BiConsumer<String, String> problems) {
    this.pipes = pipes;
    this.places = new Log.Places(run, directory);
    this.now = now;
    this.wallClock = wallClock;
    this.older = older;
    this.problems = problems;
  }

  // What is asked

  /** Keeps a log, or in another way than before. */
  public void keep(String service, LogSettings settings) {
    Kept kept = logs.get(service);
    if (kept == null) begin(service, settings);
    else {
      kept.released = false;
      if (settings.equals(kept.log.settings())) return;
      kept.log.settings(settings);
      older.accept(service, settings);
    }
  }

  private void begin(String service, LogSettings settings) {
    Runnable another = () -> older.accept(service, logs.get(service).log.settings());
    Kept kept = new Kept(new Log(pipes, buffers, places, service, settings, wallClock, another));
    logs.put(service, kept);
    older.accept(service, settings);
    step(kept);
  }

  /** The main process of a service has ended: what it wrote last is a line. */
  public void ended(String service) {
    Kept kept = logs.get(service);
    if (kept != null) writeAllOf(kept);
  }

  /** Nothing of a service runs: when all is written its log is left alone. */
  public void release(String service) {
    Kept kept = logs.get(service);
    if (kept == null) return;
    kept.released = true;
    writeAllOf(kept);
  }

  private void writeAllOf(Kept kept) {
    writeAll(kept);
    if (kept.released && kept.nextTry == NEVER) forget(kept);
  }

  /** Writes what is there of all and leaves them alone. */
  public void leave() {
    for (Kept kept : List.copyOf(logs.values())) {
      for (int i = 0; i < LAST_STEPS && step(kept) > 0; i++) continue;
      forget(kept);
    }
  }

  // What happens

  /**
   * How long there is nothing to do but what FIFOs tell.
   *
   * @return milliseconds, -1 for ever
   */
  public int timeout() {
    if (failing.isEmpty()) return -1;
    long earliest = NEVER;
    for (Kept kept : failing) earliest = Math.min(earliest, kept.nextTry);
    long wait = Math.max(0, earliest - now.getAsLong()) / NANOS_PER_MILLI + 1;
    return (int) Math.min(wait, Integer.MAX_VALUE);
  }

  /**
   * There is something in FIFOs, or it is time to try again.
   *
   * @param fifos descriptors as {@link Pipes#await} gives them
   * @param count how many
   */
  public void turn(int[] fifos, int count) {
    for (int i = 0; i < count; i++) {
      Kept kept = byFifo[fifos[i]];
      if (kept != null && kept.nextTry == NEVER) step(kept);
    }
    if (!failing.isEmpty()) tryAgain(now.getAsLong());
  }

  private void tryAgain(long time) {
    for (Kept kept : List.copyOf(failing)) {
      if (kept.nextTry <= time && step(kept) >= 0 && kept.released) writeAllOf(kept);
    }
  }

  private void forget(Kept kept) {
    logs.remove(kept.log.service());
    failing.remove(kept);
    if (kept.fifo >= 0) byFifo[kept.fifo] = null;
    kept.log.close();
  }

  /** What its processes wrote before they ended. */
  private void writeAll(Kept kept) {
    for (int i = 0; i < LAST_STEPS; i++) {
      if (step(kept) > 0) continue;
      if (kept.nextTry == NEVER) kept.log.endLine();
      return;
    }
  }

  private int step(Kept kept) {
    int fifo = kept.log.open();
    boolean had = kept.log.hasFiles();
    int result = fifo < 0 ? fifo : kept.log.step();
    if (!had && kept.log.hasFiles()) opened(kept);
    if (result < 0) failed(kept, result);
    else if (kept.nextTry != NEVER) works(kept);
    if (fifo >= 0) hear(kept, fifo, result >= 0);
    return result;
  }

  /** The one that opened its files the longest ago does so again when it has something to write. */
  private void opened(Kept kept) {
    Kept before = opened[nextOpened];
    if (before != null && before != kept) before.log.closeFiles();
    opened[nextOpened] = kept;
    nextOpened = (nextOpened + 1) % MOST_OPEN;
  }

  /** What is in a FIFO that cannot be written would wake us for ever. */
  private void hear(Kept kept, int fifo, boolean wanted) {
    if (kept.fifo != fifo) {
      while (fifo >= byFifo.length) byFifo = Arrays.copyOf(byFifo, 2 * byFifo.length);
      byFifo[fifo] = kept;
      kept.fifo = fifo;
    } else if (kept.heard == wanted) {
      return;
    }
    kept.heard = wanted;
    pipes.watch(fifo, wanted);
  }

  private void failed(Kept kept, int result) {
    if (kept.nextTry == NEVER) {
      say(kept, pipes.errno(result) + "; what it writes waits until that is better");
      kept.pause = FIRST_PAUSE;
      failing.add(kept);
    }
    // that it is another's until that one has left is no problem
    tell(kept, result == -Pipes.EAGAIN ? "" : pipes.errno(result).toString());
    kept.nextTry = now.getAsLong() + kept.pause;
    kept.pause = Math.min(2 * kept.pause, LONGEST_PAUSE);
  }

  private void works(Kept kept) {
    kept.nextTry = NEVER;
    failing.remove(kept);
    say(kept, "written again");
    tell(kept, "");
  }

  /** Tells once more of those that there are. */
  public void tellProblems() {
    for (Kept kept : logs.values())
      if (!kept.problem.isEmpty()) problems.accept(kept.log.service(), kept.problem);
  }

  private void tell(Kept kept, String problem) {
    if (problem.equals(kept.problem)) return;
    kept.problem = problem;
    problems.accept(kept.log.service(), problem);
  }

  private static void say(Kept kept, String text) {
    System.err.println("svc-log: log of " + kept.log.service() + ": " + text);
  }
}
