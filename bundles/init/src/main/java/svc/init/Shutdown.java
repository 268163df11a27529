package svc.init;

import java.util.List;
import java.util.function.Consumer;
import svc.init.logic.MountTable;
import svc.os.Errno;
import svc.os.Kernel;
import svc.os.Machine;

/** Leaves a machine so that nothing has to be repaired when it comes back. */
final class Shutdown {

  private final Kernel kernel;
  private final Machine machine;
  private final Consumer<String> complain;

  Shutdown(Kernel kernel, Machine machine, Consumer<String> complain) {
    this.kernel = kernel;
    this.machine = machine;
    this.complain = complain;
  }

  void run() {
    machine.sync();
    for (String swap : MountTable.swaps(Init.text(kernel, "/proc/swaps"))) {
      report("switch off swap " + swap, machine.swapOff(swap));
    }
    unmount();
    for (String directory : table().writable()) {
      report("make " + directory + " read-only", machine.remountReadOnly(directory));
    }
  }

  /** What keeps another one busy may be detached after it, so all are tried while it helps. */
  private void unmount() {
    List<String> left = table().toUnmount();
    int before;
    do {
      before = left.size();
      for (String directory : left) machine.unmount(directory);
      left = table().toUnmount();
    } while (left.size() < before);
  }

  private MountTable table() {
    return MountTable.parse(Init.text(kernel, "/proc/self/mountinfo"));
  }

  private void report(String what, Errno errno) {
    if (!errno.ok()) complain.accept("cannot " + what + ": " + errno);
  }
}
