package svc.socket;

import java.io.IOException;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import svc.os.LocalSockets;

/**
 * One thread that waits for all sockets and runs what is given to it. It sleeps until something
 * happens: nothing here wakes it by the clock, except for the rare conversation that ends while its
 * peer does not read, or whose message does not come at once.
 */
final class Loop implements AutoCloseable {

  /** Who hears what a socket is ready for. */
  interface Handler {
    /**
     * On the loop.
     *
     * @param what of {@link LocalSockets#READ} and {@link LocalSockets#WRITE}, as far as it is
     *     waited for
     */
    void ready(int what);
  }

  /** What is waited for on one socket. Any thread. */
  final class Watch {
    private final LocalSockets.Socket socket;
    private final Handler handler;
    private int what;
    private boolean cancelled;

    private Watch(LocalSockets.Socket socket, Handler handler) {
      this.socket = socket;
      this.handler = handler;
    }

    /** From now on this too. */
    synchronized void begin(int more) {
      change(what | more);
    }

    /** No longer this. */
    synchronized void end(int less) {
      change(what & ~less);
    }

    /** Nothing more is told. */
    synchronized void cancel() {
      change(0);
      cancelled = true;
      watches.remove(socket.descriptor(), this);
    }

    synchronized boolean isFor(int one) {
      return (what & one) != 0;
    }

    synchronized boolean isOver() {
      return cancelled;
    }

    private void change(int next) {
      if (cancelled || next == what) return;
      what = next;
      poller.watch(socket, what);
    }

    private void tell(int ready) {
      int told;
      synchronized (this) {
        told = ready & what;
      }
      if (told != 0) handler.ready(told);
    }
  }

  private record Timed(long at, Runnable task) {}

  private final LocalSockets.Poller poller;
  private final Map<Integer, Watch> watches = new ConcurrentHashMap<>();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Timed> timed =
      new PriorityQueue<>((a, b) -> Long.signum(a.at - b.at));
  private final Thread thread = new Thread(this::run, "svc.socket");
  private volatile boolean ended;

  /** Nobody takes tasks any more; changes under the lock of {@link #tasks}. */
  private volatile boolean finished;

  private final long messageNanos;

  /**
   * @param messageNanos how long a message may take from its first byte to its last
   */
  Loop(LocalSockets sockets, long messageNanos) throws IOException {
    this.poller = sockets.poller();
    this.messageNanos = messageNanos;
    thread.setDaemon(true);
    thread.start();
  }

  long messageNanos() {
    return messageNanos;
  }

  /** Waits for nothing on a socket yet. Any thread. */
  Watch watch(LocalSockets.Socket socket, Handler handler) {
    Watch watch = new Watch(socket, handler);
    watches.put(socket.descriptor(), watch);
    return watch;
  }

  /** Any thread. A loop that has ended has the caller run the task. */
  void execute(Runnable task) {
    boolean taken;
    synchronized (tasks) {
      taken = !finished && tasks.add(task);
    }
    if (taken) poller.wake();
    else task.run();
  }

  /** Any thread; the task may run once more than needed. */
  void executeWithin(long nanos, Runnable task) {
    long at = System.nanoTime() + nanos;
    execute(() -> timed.add(new Timed(at, task)));
  }

  private void run() {
    while (!ended) {
      guarded(() -> poller.await(timeout(), this::ready));
      runTasks();
      while (!timed.isEmpty() && timed.peek().at <= System.nanoTime()) guarded(timed.remove().task);
    }
    synchronized (tasks) {
      runTasks(); // what was asked for before the end, as a socket's removal
      finished = true;
    }
  }

  private void ready(int descriptor, int what) {
    Watch watch = watches.get(descriptor);
    if (watch != null) guarded(() -> watch.tell(what));
  }

  private void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) guarded(task);
  }

  /** One conversation's mistake must not silence all others. */
  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      System.err.println("svc.socket: " + e);
      e.printStackTrace();
    }
  }

  /** In milliseconds, -1 for as long as it takes. */
  private int timeout() {
    if (timed.isEmpty()) return -1;
    long nanos = timed.peek().at - System.nanoTime();
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(nanos) + 1));
  }

  boolean isEnded() {
    return ended;
  }

  /** Ends the thread; from then on nothing is read or let in. */
  void end() {
    ended = true;
    poller.wake();
    boolean interrupted = false;
    while (Thread.currentThread() != thread && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) Thread.currentThread().interrupt();
  }

  /** Ends the thread and lets go of the sockets, which are closed by those who opened them. */
  @Override
  public void close() {
    end();
    poller.close();
  }
}
