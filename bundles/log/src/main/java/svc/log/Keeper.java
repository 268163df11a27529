package svc.log;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import svc.os.Pipes;
import svc.service.LogKeeper;
import svc.service.LogSettings;

/** Keeps logs on a thread of its own: what it is told is done there, one thing at a time. */
final class Keeper implements LogKeeper {

  /** What is asked of it that it has not looked at, for one service: the last counts. */
  private static final class Change {
    LogSettings settings;
    boolean ended;
    boolean released;
  }

  /** One of the logs. */
  private static final class Kept {
    final Log log;
    boolean released;
    int fifo = -1;
    boolean heard;

    /** Since something fails: when to try again, and how long to wait after that; else NEVER. */
    long nextTry = NEVER;

    long pause = FIRST_PAUSE;

    Kept(Log log) {
      this.log = log;
    }
  }

  private static final long NEVER = Long.MAX_VALUE;
  private static final long FIRST_PAUSE = 100_000_000L;
  private static final long LONGEST_PAUSE = 10_000_000_000L;

  /** So that a thousand services that have written something need no descriptor for each. */
  private static final int MOST_OPEN = 256;

  private static final long ARCHIVE_MILLIS = 2_000;
  private static final long NANOS_PER_MILLI = 1_000_000L;

  /** Descriptors of FIFOs that are told of at once. */
  private static final int READY = 64;

  /**
   * How much of what is there is written before it is left alone, in steps: more than fits into the
   * largest pipe that anybody may make (pipe(7)), in pieces of a line.
   */
  private static final int LAST_STEPS = 1024;

  private final Pipes.Source source;
  private final Log.Places places;
  private final LongSupplier now;
  private final LongSupplier wallClock;
  private final Runnable whenEnded;

  private final Map<String, Change> changes = new LinkedHashMap<>();
  private final Map<String, Kept> logs = new HashMap<>();
  private final Set<Kept> failing = new HashSet<>();
  private final Log.Buffers buffers = Log.Buffers.make();
  private Kept[] byFifo = new Kept[64];

  /** Those that have opened files, in that order, and where the next goes. */
  private final Kept[] opened = new Kept[MOST_OPEN];

  private int nextOpened;

  private Pipes pipes;
  private Archive archive;
  private Thread thread;
  private volatile boolean stopping;

  /**
   * @param now nanoseconds
   * @param wallClock milliseconds since 1970
   * @param whenEnded is run when somebody else may keep them
   */
  Keeper(
      Pipes.Source source,
      Log.Places places,
      LongSupplier now,
      LongSupplier wallClock,
      Runnable whenEnded) {
    this.source = source;
    this.places = places;
    this.now = now;
    this.wallClock = wallClock;
    this.whenEnded = whenEnded;
  }

  // What it is told

  @Override
  public void keep(String service, LogSettings settings) {
    synchronized (changes) {
      Change change = change(service);
      change.settings = settings;
      change.released = false;
    }
    wake();
  }

  @Override
  public void ended(String service) {
    synchronized (changes) {
      change(service).ended = true;
    }
    wake();
  }

  @Override
  public void release(String service) {
    synchronized (changes) {
      change(service).released = true;
    }
    wake();
  }

  private Change change(String service) {
    return changes.computeIfAbsent(service, any -> new Change());
  }

  private void wake() {
    synchronized (this) {
      if (pipes != null) pipes.wake();
    }
  }

  // Its thread

  /** Begins, unless it was told to stop. */
  synchronized void start() {
    if (stopping) return;
    pipes = source.open();
    archive = new Archive(Path.of(places.logs()), pipes::stepBack);
    thread = new Thread(this::run, "svc.log");
    thread.start();
  }

  /** Writes what is there and ends. Returns when that is done, or after some time. */
  void stop(long millis) throws InterruptedException {
    stopping = true;
    Thread running;
    synchronized (this) {
      running = thread;
    }
    if (running == null) whenEnded.run();
    else {
      wake();
      running.join(millis);
    }
  }

  private void run() {
    try {
      int[] ready = new int[READY];
      while (!stopping) turnOrSurvive(ready);
      takeChanges();
      for (Kept kept : List.copyOf(logs.values())) leave(kept);
      archive.stop(ARCHIVE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      pipes.close();
      whenEnded.run();
    }
  }

  /** A mistake of ours must not have all services wait for somebody to read what they write. */
  private void turnOrSurvive(int[] ready) {
    try {
      turn(ready);
    } catch (RuntimeException mistake) {
      mistake.printStackTrace();
      LockSupport.parkNanos(FIRST_PAUSE);
    }
  }

  private void turn(int[] ready) {
    takeChanges();
    int count = pipes.await(timeout(), ready);
    for (int i = 0; i < count; i++) {
      Kept kept = byFifo[ready[i]];
      if (kept != null && kept.nextTry == NEVER) step(kept);
    }
    if (!failing.isEmpty()) tryAgain(now.getAsLong());
  }

  private int timeout() {
    if (failing.isEmpty()) return -1;
    long earliest = NEVER;
    for (Kept kept : failing) earliest = Math.min(earliest, kept.nextTry);
    long wait = Math.max(0, earliest - now.getAsLong()) / NANOS_PER_MILLI + 1;
    return (int) Math.min(wait, Integer.MAX_VALUE);
  }

  private void tryAgain(long time) {
    for (Kept kept : List.copyOf(failing)) {
      if (kept.nextTry > time || step(kept) < 0 || !kept.released) continue;
      writeAll(kept);
      if (kept.nextTry == NEVER) forget(kept);
    }
  }

  private void takeChanges() {
    Map<String, Change> taken;
    synchronized (changes) {
      if (changes.isEmpty()) return;
      taken = new LinkedHashMap<>(changes);
      changes.clear();
    }
    taken.forEach(this::take);
  }

  private void take(String service, Change change) {
    if (change.settings != null) keepNow(service, change.settings);
    Kept kept = logs.get(service);
    if (kept == null) return;
    kept.released = change.released || kept.released && change.settings == null;
    if (change.ended || kept.released) writeAll(kept);
    if (kept.released && kept.nextTry == NEVER) forget(kept);
  }

  private void keepNow(String service, LogSettings settings) {
    Kept kept = logs.get(service);
    if (kept == null) {
      Runnable another = () -> archive.look(service, logs.get(service).log.settings());
      Log log = new Log(pipes, buffers, places, service, settings, wallClock, another);
      logs.put(service, kept = new Kept(log));
      archive.look(service, settings);
      step(kept);
    }
    if (!settings.equals(kept.log.settings())) {
      kept.log.settings(settings);
      archive.look(service, settings);
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

  private void leave(Kept kept) {
    for (int i = 0; i < LAST_STEPS && step(kept) > 0; i++) continue;
    forget(kept);
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
      if (fifo >= byFifo.length) byFifo = Arrays.copyOf(byFifo, 2 * fifo);
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
    kept.nextTry = now.getAsLong() + kept.pause;
    kept.pause = Math.min(2 * kept.pause, LONGEST_PAUSE);
  }

  private void works(Kept kept) {
    kept.nextTry = NEVER;
    failing.remove(kept);
    say(kept, "written again");
  }

  private static void say(Kept kept, String text) {
    System.err.println("svc-log: log of " + kept.log.service() + ": " + text);
  }
}
