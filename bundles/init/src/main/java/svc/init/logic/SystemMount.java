package svc.init.logic;

import java.util.List;
import svc.os.Machine.MountFlags;

/**
 * A file system that every machine has (hier(7)), in the order in which they are mounted.
 *
 * @param needed without it a machine is not whole; the others are attached where the kernel has
 *     them
 */
public record SystemMount(
    String type, String directory, MountFlags flags, String options, boolean needed) {

  private static final MountFlags NO_PROGRAMS = new MountFlags(true, false, true);
  private static final MountFlags PLAIN = new MountFlags(true, true, false);

  public static final List<SystemMount> ALL =
      List.of(
          new SystemMount("proc", "/proc", MountFlags.STRICT, "", true),
          new SystemMount("sysfs", "/sys", MountFlags.STRICT, "", true),
          new SystemMount(
              "devtmpfs", "/dev", new MountFlags(true, false, false), "mode=0755", true),
          new SystemMount("devpts", "/dev/pts", NO_PROGRAMS, "gid=5,mode=620,ptmxmode=000", true),
          new SystemMount("tmpfs", "/dev/shm", PLAIN, "mode=1777", true),
          new SystemMount("tmpfs", "/run", PLAIN, "mode=0755", true),
          new SystemMount("cgroup2", "/sys/fs/cgroup", MountFlags.STRICT, "", false));
}
