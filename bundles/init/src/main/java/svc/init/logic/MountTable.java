package svc.init.logic;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What is mounted (/proc/self/mountinfo, proc(5)).
 *
 * @param mounts in the order in which they were made
 */
public record MountTable(List<Mount> mounts) {

  public record Mount(String directory, String type, boolean readOnly) {}

  /** File systems of the kernel's own: nothing in them is lost. */
  private static final Set<String> KERNELS =
      Set.of(
          "proc",
          "sysfs",
          "devtmpfs",
          "devpts",
          "cgroup",
          "cgroup2",
          "securityfs",
          "debugfs",
          "tracefs",
          "pstore",
          "bpf",
          "mqueue",
          "hugetlbfs",
          "configfs",
          "efivarfs",
          "fusectl",
          "binfmt_misc",
          "rootfs",
          "autofs");

  /** Where an init itself still needs something. */
  private static final List<String> OURS = List.of("/proc", "/sys", "/dev", "/run");

  /** Reads the table; lines that have not its form are left out. */
  public static MountTable parse(String text) {
    List<Mount> mounts = new ArrayList<>();
    for (String line : text.split("\n")) {
      String[] fields = line.split(" ");
      int dash = List.of(fields).indexOf("-");
      if (dash < 6 || fields.length < dash + 4) continue;
      boolean readOnly = has(fields[5], "ro") || has(fields[dash + 3], "ro");
      mounts.add(new Mount(unescape(fields[4]), fields[dash + 1], readOnly));
    }
    return new MountTable(List.copyOf(mounts));
  }

  private static boolean has(String options, String option) {
    return List.of(options.split(",")).contains(option);
  }

  /** Blanks, tabs, newlines and backslashes are written as three octal digits. */
  static String unescape(String text) {
    if (text.indexOf('\\') < 0) return text;
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    byte[] plain = new byte[bytes.length];
    int length = 0;
    for (int i = 0; i < bytes.length; i++) {
      boolean escape = bytes[i] == '\\' && i + 3 < bytes.length;
      plain[length++] = escape ? octal(bytes, i + 1) : bytes[i];
      if (escape) i += 3;
    }
    return new String(plain, 0, length, StandardCharsets.UTF_8);
  }

  private static byte octal(byte[] bytes, int at) {
    return (byte) ((bytes[at] - '0') << 6 | (bytes[at + 1] - '0') << 3 | bytes[at + 2] - '0');
  }

  public boolean mounted(String directory) {
    return mounts.stream().anyMatch(mount -> mount.directory().equals(directory));
  }

  /** What is to be detached at the end, the last mounted first; the root stays. */
  public List<String> toUnmount() {
    List<String> directories = new ArrayList<>();
    for (int i = mounts.size() - 1; i >= 0; i--) {
      Mount mount = mounts.get(i);
      if (mount.directory().equals("/") || KERNELS.contains(mount.type())) continue;
      if (mount.type().equals("tmpfs") && isOurs(mount.directory())) continue;
      directories.add(mount.directory());
    }
    return directories;
  }

  private static boolean isOurs(String directory) {
    return OURS.stream().anyMatch(own -> directory.equals(own) || directory.startsWith(own + "/"));
  }

  /** What can still be written to: what could not be detached is made read-only at least. */
  public List<String> writable() {
    List<String> directories = new ArrayList<>();
    for (int i = mounts.size() - 1; i >= 0; i--) {
      Mount mount = mounts.get(i);
      boolean kept = KERNELS.contains(mount.type()) || mount.type().equals("tmpfs");
      if (!kept && !mount.readOnly()) directories.add(mount.directory());
    }
    return directories;
  }

  /** Devices and files in use for swapping (/proc/swaps, proc(5)). */
  public static List<String> swaps(String text) {
    List<String> names = new ArrayList<>();
    for (String line : text.split("\n")) {
      String name = line.split("\\s+", 2)[0];
      if (name.startsWith("/")) names.add(unescape(name));
    }
    return names;
  }
}
