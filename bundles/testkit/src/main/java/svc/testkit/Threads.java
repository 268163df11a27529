package svc.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Runs a task in threads of its own, which are in a group with whatever they start. */
final class Threads {

  private static final long DEADLINE_SECONDS = 60;

  private Threads() {}

  /** What a task gives in each of so many threads that begin together. */
  static <T> List<T> at(int count, Supplier<T> task) {
    ThreadGroup group = new ThreadGroup("svc.testkit");
    CyclicBarrier together = new CyclicBarrier(count);
    List<FutureTask<T>> running = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      running.add(
          start(
              group,
              () -> {
                together.await(DEADLINE_SECONDS, TimeUnit.SECONDS);
                return task.get();
              }));
    }
    return running.stream().map(Threads::result).toList();
  }

  /** Runs a task, and looks for threads that it has left. */
  static void expectNone(Supplier<?> task) {
    ThreadGroup group = new ThreadGroup("svc.testkit");
    Thread[] found = new Thread[16];
    int left = result(start(group, () -> leftBy(task, group, found)));
    for (int i = 0; i < left; i++)
      Expect.that(found[i] == null, "it started the thread " + found[i]);
  }

  private static int leftBy(Supplier<?> task, ThreadGroup group, Thread[] found) {
    task.get();
    int count = group.enumerate(found);
    for (int i = 0; i < count; i++) if (found[i] == Thread.currentThread()) found[i] = null;
    return count;
  }

  private static <T> FutureTask<T> start(ThreadGroup group, Callable<T> task) {
    FutureTask<T> future = new FutureTask<>(task);
    Thread thread = new Thread(group, future, "svc.testkit");
    thread.setDaemon(true);
    thread.start();
    return future;
  }

  private static <T> T result(FutureTask<T> future) {
    try {
      return future.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AssertionError error) throw error;
      throw new AssertionError(e.getCause().toString(), e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("it is not done within " + DEADLINE_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
