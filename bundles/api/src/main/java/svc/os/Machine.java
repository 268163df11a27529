package svc.os;

import org.osgi.annotation.versioning.ProviderType;

/**
 * What only the first process of a machine asks of Linux. Loop thread. No method throws for what
 * the world says.
 */
@ProviderType
public interface Machine {

  /** How a machine is left (reboot(2)). */
  enum Reboot {
    /** Started again by its firmware. */
    RESTART,
    /** Stopped, with the power on. */
    HALT,
    /** Off. */
    POWER_OFF,
    /** Into the kernel that kexec(8) has loaded. */
    KEXEC
  }

  /**
   * Attaches a file system; the directory is made when it is not there (mount(2)).
   *
   * @param source a device, or any word where there is none
   * @param directory its absolute path
   * @param type of the file system, as in /proc/filesystems
   * @param flags what its files may not be
   * @param options as the file system takes them, {@code mode=0755}; empty when there are none
   * @return {@link Errno#OK}, or why not
   */
  Errno mount(String source, String directory, String type, MountFlags flags, String options);

  /**
   * The file system's own options stay as they are (mount(2), MS_REMOUNT).
   *
   * @param directory its absolute path
   * @return {@link Errno#OK}, or why not
   */
  Errno remountReadOnly(String directory);

  /**
   * Detaches what is mounted there last (umount2(2)).
   *
   * @param directory its absolute path
   * @return {@link Errno#OK}, or why not
   */
  Errno unmount(String directory);

  /**
   * swapoff(2)
   *
   * @param device of the swap area
   * @return {@link Errno#OK}, or why not
   */
  Errno swapOff(String device);

  /**
   * sethostname(2)
   *
   * @param name without the domain
   * @return {@link Errno#OK}, or why not
   */
  Errno hostname(String name);

  /** Writes out what is in memory, and waits for it (sync(2)). */
  void sync();

  /**
   * Does not return when it works.
   *
   * @param how what comes after
   * @return {@link Errno#OK}, or why not
   */
  Errno reboot(Reboot how);

  /**
   * From now on ctrl-alt-del is a SIGINT to process 1 and nothing else (reboot(2)).
   *
   * @return {@link Errno#OK}, or why not
   */
  Errno takeCtrlAltDel();

  /**
   * Makes a terminal our standard input, output and error (dup2(2)); it gets no control over us.
   *
   * @param path an absolute path
   * @return {@link Errno#OK}, or why not
   */
  Errno openConsole(String path);

  /**
   * A symbolic link, in place of one that is there (symlink(2)); another file stays and is EEXIST.
   *
   * @param target what the link says
   * @param path an absolute path
   * @return {@link Errno#OK}, or why not
   */
  Errno link(String target, String path);

  /**
   * Signals every process that we may signal but ourselves (kill(2) with -1).
   *
   * @param signal any signal
   * @return {@link Errno#OK}, or why not
   */
  Errno killAll(Signal signal);

  /**
   * Flags of mount(2).
   *
   * @param noSuid MS_NOSUID
   * @param noDevices MS_NODEV
   * @param noExec MS_NOEXEC
   */
  record MountFlags(boolean noSuid, boolean noDevices, boolean noExec) {
    /** None of them. */
    public static final MountFlags NONE = new MountFlags(false, false, false);

    /** All three. */
    public static final MountFlags STRICT = new MountFlags(true, true, true);
  }
}
