package svc.socket;

import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * The place of the one component in this process that listens; others stand by. It is known by a
 * {@link Semaphore} in the stash.
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
      return;
    }
    taken = true;
    seated.run();
  }

  /**
   * Leaves it, or does not wait for it any more.
   *
   * @param last what there is to do before another takes it
   */
  void leave(Runnable last) {
    if (waiting != null) endWaiting();
    if (!taken) return;
    try {
      last.run();
    } finally {
      taken = false;
      free.release();
    }
  }

  private void endWaiting() {
    waiting.interrupt();
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
