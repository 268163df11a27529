package svc.cli;

import java.nio.file.Path;
import java.util.Map;

/** Starts compositions of bundles in this process. */
interface Runtimes {

  /** One that runs. */
  interface Running {

    /** Waits until it ends, and gives its exit status. */
    int await() throws InterruptedException;
  }

  /**
   * @param home the installed tree
   * @param composition {@code all-in-one}, {@code manager} or {@code supervise}
   * @param properties for its framework
   */
  Running start(Path home, String composition, Map<String, String> properties) throws Failure;
}
