package svc.installed;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** Asks for the status all the time, in a process each. */
public final class Hammer {

  private final Installed installed;
  private final AtomicBoolean over = new AtomicBoolean();
  private final CompletableFuture<List<Installed.Result>> failed;

  /**
   * Begins.
   *
   * @param installed with a manager that runs
   */
  public Hammer(Installed installed) {
    this.installed = installed;
    this.failed = CompletableFuture.supplyAsync(this::ask);
  }

  private List<Installed.Result> ask() {
    List<Installed.Result> failures = new ArrayList<>();
    try {
      while (!over.get()) {
        Installed.Result result = installed.run("svc", "status", "--json");
        if (result.status() != 0) failures.add(result);
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return failures;
  }

  /** Ends, and gives what was not answered. */
  public List<Installed.Result> stop() {
    over.set(true);
    return failed.join();
  }
}
