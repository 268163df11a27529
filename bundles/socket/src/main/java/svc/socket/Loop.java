package svc.socket;

import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * One thread that waits for all sockets and runs what is given to it. It sleeps until something
 * happens: nothing here wakes it by the clock, except for the rare conversation that ends while its
 * peer does not read, or whose message does not come at once.
 */
final class Loop implements AutoCloseable {

  /** What a channel's key carries. */
  interface Handler {
    /** The channel can be read, written or accepted from. */
    void ready();
  }

  private record Timed(long at, Runnable task) {}

  private final Selector selector = Selector.open();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Timed> timed =
      new PriorityQueue<>((a, b) -> Long.signum(a.at - b.at));
  private final Thread thread = new Thread(this::run, "svc.socket");
  private volatile boolean ended;

  /** Nobody takes tasks any more; changes under the lock of {@link #tasks}. */
  private volatile boolean finished;

  private final long messageNanos;

  Loop() throws IOException {
    this(Limits.MESSAGE_NANOS);
  }

  /**
   * @param messageNanos how long a message may take from its first byte to its last
   */
  Loop(long messageNanos) throws IOException {
    this.messageNanos = messageNanos;
    thread.setDaemon(true);
    thread.start();
  }

  long messageNanos() {
    return messageNanos;
  }

  /** Any thread. */
  SelectionKey register(SelectableChannel channel, int interest, Handler handler)
      throws IOException {
    channel.configureBlocking(false);
    SelectionKey key = channel.register(selector, interest, handler);
    selector.wakeup();
    return key;
  }

  /** Any thread. A loop that has ended has the caller run the task. */
  void execute(Runnable task) {
    boolean taken;
    synchronized (tasks) {
      taken = !finished && tasks.add(task);
    }
    if (taken) selector.wakeup();
    else task.run();
  }

  /** Any thread; the task may run once more than needed. */
  void executeWithin(long nanos, Runnable task) {
    long at = System.nanoTime() + nanos;
    execute(() -> timed.add(new Timed(at, task)));
  }

  void wakeup() {
    selector.wakeup();
  }

  private void run() {
    while (!ended) {
      try {
        selector.select(key -> ((Handler) key.attachment()).ready(), timeout());
        runTasks();
        while (!timed.isEmpty() && timed.peek().at <= System.nanoTime()) timed.remove().task.run();
      } catch (IOException | RuntimeException e) {
        // one conversation's mistake must not silence all others
        System.err.println("svc.socket: " + e);
        e.printStackTrace();
      }
    }
    synchronized (tasks) {
      runTasks(); // what was asked for before the end, as a socket's removal
      finished = true;
    }
  }

  private void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) task.run();
  }

  /** Milliseconds for select(); 0 is for ever. */
  private long timeout() {
    if (timed.isEmpty()) return 0;
    long nanos = timed.peek().at - System.nanoTime();
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
  }

  /** Ends the thread; from then on nothing is read or let in. */
  void end() {
    ended = true;
    selector.wakeup();
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

  /** Ends the thread and lets go of the channels, which are closed by those who opened them. */
  @Override
  public void close() throws IOException {
    end();
    selector.close();
  }

  static void close(Channel channel) {
    try {
      channel.close();
    } catch (IOException nothingToLose) {
      // what was to be written has been written
    }
  }
}
