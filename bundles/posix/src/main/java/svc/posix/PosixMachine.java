package svc.posix;

import com.kenai.jffi.Function;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import svc.os.Errno;
import svc.os.Machine;
import svc.os.Signal;

/** Linux, as process 1 sees it. Loop thread. */
@Component(name = "svc.posix.machine", service = Machine.class)
public final class PosixMachine implements Machine {

  private static final Function MOUNT = Libc.function("mount", 5);
  private static final Function UMOUNT2 = Libc.function("umount2", 2);
  private static final Function SWAPOFF = Libc.function("swapoff", 1);
  private static final Function SETHOSTNAME = Libc.function("sethostname", 2);
  private static final Function SYNC = Libc.function("sync", 1);
  private static final Function REBOOT = Libc.function("reboot", 1);
  private static final Function DUP2 = Libc.function("dup2", 2);
  private static final Function KILL = Libc.function("kill", 2);

  /** sys/mount.h */
  private static final int MS_RDONLY = 1;

  private static final int MS_NOSUID = 2;
  private static final int MS_NODEV = 4;
  private static final int MS_NOEXEC = 8;
  private static final int MS_REMOUNT = 32;
  private static final int UMOUNT_NOFOLLOW = 8;

  /** sys/reboot.h */
  private static final int RB_DISABLE_CAD = 0;

  private static final int RB_AUTOBOOT = 0x01234567;
  private static final int RB_HALT_SYSTEM = 0xcdef0123;
  private static final int RB_POWER_OFF = 0x4321fedc;
  private static final int RB_KEXEC = 0x45584543;

  private static final int STANDARD_STREAMS = 3;

  private final FileTree files = new FileTree();
  private final Arena arena = new Arena();

  @Deactivate
  void close() {
    files.close();
    arena.close();
  }

  @Override
  public Errno mount(
      String source, String directory, String type, MountFlags flags, String options) {
    Errno made = files.makeDirectory(directory, 0755);
    if (!made.ok()) return made;
    int bits = flags.noSuid() ? MS_NOSUID : 0;
    if (flags.noDevices()) bits |= MS_NODEV;
    if (flags.noExec()) bits |= MS_NOEXEC;
    return mount(source, directory, type, bits, options);
  }

  @Override
  public Errno remountReadOnly(String directory) {
    return mount("none", directory, "none", MS_REMOUNT | MS_RDONLY, "");
  }

  private Errno mount(String source, String directory, String type, int flags, String options) {
    byte[][] texts = {
      Arena.bytes(source), Arena.bytes(directory), Arena.bytes(type), Arena.bytes(options)
    };
    long room = 0;
    for (byte[] text : texts) room += Arena.room(text);
    arena.reset(room);
    long data = options.isEmpty() ? 0 : arena.text(texts[3]);
    return Libc.result(
        Libc.call(
            MOUNT, arena.text(texts[0]), arena.text(texts[1]), arena.text(texts[2]), flags, data));
  }

  @Override
  public Errno unmount(String directory) {
    return Libc.result(Libc.call(UMOUNT2, arena.path(directory), UMOUNT_NOFOLLOW));
  }

  @Override
  public Errno swapOff(String device) {
    return Libc.result(Libc.call(SWAPOFF, arena.path(device)));
  }

  @Override
  public Errno hostname(String name) {
    return Libc.result(Libc.call(SETHOSTNAME, arena.path(name), Arena.bytes(name).length));
  }

  @Override
  public void sync() {
    Libc.call(SYNC, 0);
  }

  @Override
  public Errno reboot(Reboot how) {
    return Libc.result(Libc.call(REBOOT, command(how)));
  }

  private static int command(Reboot how) {
    return switch (how) {
      case RESTART -> RB_AUTOBOOT;
      case HALT -> RB_HALT_SYSTEM;
      case POWER_OFF -> RB_POWER_OFF;
      case KEXEC -> RB_KEXEC;
    };
  }

  @Override
  public Errno takeCtrlAltDel() {
    return Libc.result(Libc.call(REBOOT, RB_DISABLE_CAD));
  }

  @Override
  public Errno openConsole(String path) {
    int fd = files.open(path, Libc.O_RDWR | Libc.O_NOCTTY, 0);
    if (fd < 0) return Libc.of(-fd);
    Errno errno = Errno.OK;
    for (int stream = 0; stream < STANDARD_STREAMS && errno.ok(); stream++) {
      errno = Libc.result(Libc.call(DUP2, fd, stream));
    }
    if (fd >= STANDARD_STREAMS) files.close(fd);
    return errno;
  }

  @Override
  public Errno link(String target, String path) {
    return files.link(target, path);
  }

  @Override
  public Errno killAll(Signal signal) {
    return Libc.result(Libc.call(KILL, -1, signal.number()));
  }
}
