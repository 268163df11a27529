package svc.init;

import java.util.Map;
import java.util.function.Consumer;
import svc.init.logic.MountTable;
import svc.init.logic.SystemMount;
import svc.os.Errno;
import svc.os.Kernel;
import svc.os.Machine;

/** Makes a machine what a manager expects. Nothing that fails keeps it from coming up. */
final class Boot {

  /** What programs expect beside the devices (null(4), and Linux' Documentation/admin-guide). */
  private static final Map<String, String> LINKS =
      Map.of(
          "/dev/fd", "/proc/self/fd",
          "/dev/stdin", "/proc/self/fd/0",
          "/dev/stdout", "/proc/self/fd/1",
          "/dev/stderr", "/proc/self/fd/2");

  private static final int EBUSY = 16;

  private final Kernel kernel;
  private final Machine machine;
  private final Consumer<String> complain;

  Boot(Kernel kernel, Machine machine, Consumer<String> complain) {
    this.kernel = kernel;
    this.machine = machine;
    this.complain = complain;
  }

  void run() {
    MountTable table = MountTable.parse(Init.text(kernel, "/proc/self/mountinfo"));
    for (SystemMount mount : SystemMount.ALL) {
      if (!table.mounted(mount.directory())) mount(mount);
    }
    LINKS.forEach((path, target) -> report("make " + path, machine.link(target, path)));
    report("open /dev/console", machine.openConsole("/dev/console"));
    report("take ctrl-alt-del", machine.takeCtrlAltDel());
    hostname();
  }

  private void mount(SystemMount mount) {
    Errno errno =
        machine.mount(
            mount.type(), mount.directory(), mount.type(), mount.flags(), mount.options());
    if (errno.number() != EBUSY && mount.needed()) report("mount " + mount.directory(), errno);
  }

  /** The first line that is no comment (hostname(5)). */
  private void hostname() {
    Init.text(kernel, "/etc/hostname")
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .findFirst()
        .ifPresent(name -> report("set the host name", machine.hostname(name)));
  }

  private void report(String what, Errno errno) {
    if (!errno.ok()) complain.accept("cannot " + what + ": " + errno);
  }
}
