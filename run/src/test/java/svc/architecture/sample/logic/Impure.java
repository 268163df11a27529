package svc.architecture.sample.logic;

import java.nio.file.Files;
import java.nio.file.Path;

/** Asks the clock and the file system where it should only decide. */
final class Impure {
  boolean late(long deadline) {
    return System.nanoTime() > deadline || Files.exists(Path.of("/late"));
  }
}
