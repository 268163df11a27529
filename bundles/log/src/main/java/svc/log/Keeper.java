package svc.log;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
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

  private static final long ARCHIVE_MILLIS = 2_000;

  /** Descriptors of FIFOs that are told of at once. */
  private static final int READY = 64;

  private final Pipes.Source source;
  private final Log.Places places;
  private final LongSupplier now;
  private final LongSupplier wallClock;
  private final Runnable whenEnded;

  private final Map<String, Change> changes = new LinkedHashMap<>();

  private Pipes pipes;
  private Logs logs;
  private Archive archive;
  private Thread thread;
  private volatile boolean stopping;
  private volatile boolean tellAll;
  private volatile BiConsumer<String, String> listener = (service, problem) -> {};

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

  @Override
  public void tell(BiConsumer<String, String> next) {
    listener = next;
    tellAll = true;
    wake();
  }

  private void tell(String service, String problem) {
    listener.accept(service, problem);
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
    logs = new Logs(pipes, places.run(), places.logs(), now, wallClock, archive::look, this::tell);
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
      logs.leave();
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
      takeChanges();
      if (tellAll) {
        tellAll = false;
        logs.tellProblems();
      }
      logs.turn(ready, pipes.await(logs.timeout(), ready));
    } catch (RuntimeException mistake) {
      mistake.printStackTrace();
      LockSupport.parkNanos(Logs.FIRST_PAUSE);
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
    if (change.settings != null) logs.keep(service, change.settings);
    if (change.ended) logs.ended(service);
    if (change.released) logs.release(service);
  }
}
