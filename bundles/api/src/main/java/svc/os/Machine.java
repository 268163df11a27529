package svc.os;

/**
 * What only the first process of a machine asks of Linux. Loop thread. No method throws for what
 * the world says.
 */
public interface Machine {

  /** How a machine is left (reboot(2)). */
  enum Reboot {
    RESTART,
    HALT,
    POWER_OFF,
    /** Into the kernel that kexec(8) has loaded. */
    KEXEC
  }

  /**
   * Attaches a file system; the directory is made when it is not there (mount(2)).
   *
   * @param options as the file system takes them, {@code mode=0755}; empty when there are none
   */
  Errno mount(String source, String directory, String type, MountFlags flags, String options);

  /** The file system's own options stay as they are (mount(2), MS_REMOUNT). */
  Errno remountReadOnly(String directory);

  /** Detaches what is mounted there last (umount2(2)). */
  Errno unmount(String directory);

  /** swapoff(2) */
  Errno swapOff(String device);

  /** sethostname(2) */
  Errno hostname(String name);

  /** Writes out what is in memory, and waits for it (sync(2)). */
  void sync();

  /** Does not return when it works. */
  Errno reboot(Reboot how);

  /** From now on ctrl-alt-del is a SIGINT to process 1 and nothing else (reboot(2)). */
  Errno takeCtrlAltDel();

  /**
   * Makes a terminal our standard input, output and error (dup2(2)); it gets no control over us.
   */
  Errno openConsole(String path);

  /**
   * A symbolic link, in place of one that is there (symlink(2)); another file stays and is EEXIST.
   */
  Errno link(String target, String path);

  /** Signals every process that we may signal but ourselves (kill(2) with -1). */
  Errno killAll(Signal signal);

  /** MS_NOSUID, MS_NODEV, MS_NOEXEC of mount(2). */
  record MountFlags(boolean noSuid, boolean noDevices, boolean noExec) {
    public static final MountFlags NONE = new MountFlags(false, false, false);
    public static final MountFlags STRICT = new MountFlags(true, true, true);
  }
}
