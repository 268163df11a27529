package svc.launch;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import svc.launch.logic.Step;

/**
 * Calls foreign code in a thread of its own and waits for it no longer than a deadline. Whoever
 * does not come back is interrupted; one that stays all the same is left, and named.
 */
final class Bounded {

  /** How long an interrupted thread may take to end. */
  private static final long END_MILLIS = 1_000;

  private Bounded() {}

  /**
   * @param nanos the time it has
   * @param loader becomes the thread's context class loader, and by inheritance that of every
   *     thread which is made there: so it is known later whose they are
   */
  static <T> T call(Step step, long nanos, String name, ClassLoader loader, Callable<T> task)
      throws Rejected {
    FutureTask<T> future = new FutureTask<>(task);
    Thread thread = new Thread(future, "svc.update: " + name);
    thread.setDaemon(true);
    thread.setContextClassLoader(loader);
    thread.start();
    try {
      T result = future.get(nanos, TimeUnit.NANOSECONDS);
      thread.join();
      return result;
    } catch (ExecutionException e) {
      throw new Rejected(step, name + ": " + Rejected.text(e.getCause()));
    } catch (TimeoutException e) {
      throw new Rejected(step, name + ": " + late(thread, nanos));
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      throw new Rejected(step, name + ": interrupted");
    }
  }

  private static String late(Thread thread, long nanos) throws Rejected {
    String where = where(thread);
    thread.interrupt();
    try {
      thread.join(END_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    String stays = thread.isAlive() ? "; it does not hear interrupts, and its thread stays" : "";
    return "not done after " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms" + where + stays;
  }

  /** The innermost place that is not the JDK's. */
  private static String where(Thread thread) {
    for (StackTraceElement frame : thread.getStackTrace()) {
      String name = frame.getClassName();
      if (!name.startsWith("java.") && !name.startsWith("jdk.")) return ", waiting in " + frame;
    }
    return "";
  }
}
