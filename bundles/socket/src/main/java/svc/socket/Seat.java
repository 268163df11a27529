package svc.socket;

import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * The place of the one component in this process that listens; others stand by. It is known by a
 * {@link Semaphore} in the stash.
 *
 * <p>It is not {@code svc.os.Kernel.seat}, which a role has: there it is left and taken in one turn
 * of the kernel's loop, and nothing is reaped as long as that takes. Here a selector is stopped and
 * its channels are handed over, by threads that may wait for each other; and nothing else here
 * needs a kernel.
 */
final class Seat {

  private static final String KEY = "svc.socket.seat";

  private final Semaphore free;
  private final Thread waiting;
  private volatile boolean taken;

  /**
   * @param seated is run when nobody has the place, at once or on a thread of its own
   */
  Seat(Map<String, Object> stash, Runnable seated) {
    free = (Semaphore) stash.computeIfAbsent(KEY, any -> new Semaphore(1, true));
    if (free.tryAcquire()) {
      waiting = null;
      taken = true;
      seated.run();
    } else {
      waiting = new Thread(() -> await(seated), "svc.socket.seat");
      waiting.setDaemon(true);
      waiting.start();
    }
  }

  private void await(Runnable seated) {
    try {
      free.acquire();
    } catch (InterruptedException leaving) {
      // what was left a moment ago is not to be lost
      if (!free.tryAcquire()) return;
    }
    synchronized (this) {
      taken = true;
      Thread.interrupted(); // came too late, and would close the channels that are touched now
    }
    seated.run();
  }

  /**
   * Does not wait for it any more; where it was given already, returns when whoever was seated is
   * through with it.
   */
  void settle() {
    if (waiting == null) return;
    synchronized (this) {
      if (!taken) waiting.interrupt();
    }
    awaitEnd();
  }

  /**
   * Leaves it, if it was given; after {@link #settle}.
   *
   * @param last what there is to do before another takes it
   */
  void leave(Runnable last) {
    if (!taken) return;
    try {
      last.run();
    } finally {
      taken = false;
      free.release();
    }
  }

  private void awaitEnd() {
    boolean interrupted = false;
    while (Thread.currentThread() != waiting && waiting.isAlive()) {
      try {
        waiting.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) Thread.currentThread().interrupt();
  }
}
