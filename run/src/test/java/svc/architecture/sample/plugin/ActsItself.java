package svc.architecture.sample.plugin;

import java.io.IOException;
import svc.os.Kernel;

/** Acts where it should describe, and behind the kernel's back. */
final class ActsItself {
  Kernel kernel;

  Process start() throws IOException {
    return new ProcessBuilder("true").start();
  }
}
