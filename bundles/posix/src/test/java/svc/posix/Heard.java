package svc.posix;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.Signal;

/** A role that notes what it hears, and a test's way onto the loop. */
final class Heard implements Kernel.Events {

  static final long PATIENCE_SECONDS = 20;

  private final Kernel kernel;
  private final Map<Integer, ExitStatus> exits = new HashMap<>();
  private final List<Integer> told = new ArrayList<>();
  private final List<Signal> signals = new ArrayList<>();
  long deadline = Kernel.NEVER;
  int wakes;

  Heard(Kernel kernel) {
    this.kernel = kernel;
  }

  <T> T onLoop(Supplier<T> task) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    kernel.execute(() -> complete(result, task));
    return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static <T> void complete(CompletableFuture<T> result, Supplier<T> task) {
    try {
      result.complete(task.get());
    } catch (RuntimeException e) {
      result.completeExceptionally(e);
    }
  }

  /** Waits until a process has ended. */
  synchronized ExitStatus exit(int pid) throws InterruptedException, TimeoutException {
    await(() -> exits.containsKey(pid), "no exit of " + pid);
    return exits.get(pid);
  }

  synchronized void awaitSignal(Signal signal) throws InterruptedException, TimeoutException {
    await(() -> signals.contains(signal), "no " + signal);
  }

  synchronized void awaitWakes(int count) throws InterruptedException, TimeoutException {
    await(() -> wakes >= count, "not woken");
  }

  synchronized long timesTold(int pid) {
    return told.stream().filter(each -> each == pid).count();
  }

  private void await(Supplier<Boolean> condition, String otherwise)
      throws InterruptedException, TimeoutException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.get()) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) throw new TimeoutException(otherwise);
      wait(left);
    }
  }

  @Override
  public synchronized void exited(int pid, ExitStatus status) {
    exits.put(pid, status);
    told.add(pid);
    notifyAll();
  }

  @Override
  public synchronized void signalled(Signal signal) {
    signals.add(signal);
    notifyAll();
  }

  @Override
  public synchronized void woken(long now) {
    if (now < deadline) throw new AssertionError("woken early");
    deadline = Kernel.NEVER;
    wakes++;
    notifyAll();
  }

  @Override
  public long deadline() {
    return deadline;
  }
}
