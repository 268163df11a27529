package svc.supervise.logic;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a process is in the file system of cgroup2 (cgroups(7)), and what is to be read there.
 *
 * @param mount where it is mounted, an absolute path
 * @param directory of the cgroup that the process is in; the mount's own for the first
 */
public record OwnCgroup(String mount, String directory) {

  /** What systemd leaves on a cgroup that it leaves to others (systemd.resource-control(5)). */
  public static final List<String> DELEGATED = List.of("user.delegate", "trusted.delegate");

  private static final String OURS = "0::";
  private static final int ROOT = 3;
  private static final int MOUNT = 4;
  private static final int OPTIONS = 5;

  /**
   * Finds it.
   *
   * @param mountInfo /proc/self/mountinfo (proc(5))
   * @param cgroup /proc/self/cgroup (cgroups(7))
   * @return null when no such file system shows it that can be written to
   */
  public static OwnCgroup find(String mountInfo, String cgroup) {
    String path = path(cgroup);
    if (path.isEmpty() || path.startsWith("/..")) return null; // above what we may see
    for (String line : mountInfo.split("\n")) {
      String[] fields = line.split(" ");
      if (!isUsable(fields)) continue;
      String below = below(fields[ROOT], path);
      if (below != null) return new OwnCgroup(fields[MOUNT], fields[MOUNT] + below);
    }
    return null;
  }

  private static String path(String cgroup) {
    for (String line : cgroup.split("\n"))
      if (line.startsWith(OURS)) return line.substring(OURS.length());
    return "";
  }

  /** Blanks in paths are written as octal numbers; nobody mounts it at such a place. */
  private static boolean isUsable(String[] fields) {
    int dash = List.of(fields).indexOf("-");
    return dash > OPTIONS
        && fields.length > dash + 1
        && fields[dash + 1].equals("cgroup2")
        && !List.of(fields[OPTIONS].split(",")).contains("ro")
        && fields[MOUNT].indexOf('\\') < 0;
  }

  /** A path as it is seen below a mount's root, without a slash at its end; or null. */
  private static String below(String root, String path) {
    String prefix = root.equals("/") ? "" : root;
    boolean below = path.equals(prefix) || path.startsWith(prefix + "/");
    if (!below) return null;
    String rest = path.substring(prefix.length());
    return rest.equals("/") ? "" : rest;
  }

  /** It and those that it is in, up to what is mounted. */
  public List<String> upwards() {
    List<String> all = new ArrayList<>();
    String each = directory;
    for (; each.length() > mount.length(); each = each.substring(0, each.lastIndexOf('/')))
      all.add(each);
    all.add(mount);
    return all;
  }

  /**
   * Whether we may divide it. What systemd manages has one writer, which is systemd, but for what
   * it delegates, and whatever is below that (CGROUP_DELEGATION, systemd's documentation).
   *
   * @param systemd whether it runs (sd_booted(3))
   * @param delegated whether it or one that it is in says so
   */
  public static boolean isOurs(boolean systemd, boolean delegated) {
    return !systemd || delegated;
  }

  /**
   * The processes in cgroup.procs; a process that our pid namespace does not see is 0 there.
   *
   * @param into is added to
   */
  public static void processes(String text, List<Integer> into) {
    for (String line : text.split("\n"))
      if (line.matches("[1-9][0-9]{0,9}")) into.add(Integer.parseInt(line));
  }

  /** Whether cgroup.stat counts others below it. */
  public static boolean isDivided(String text) {
    return text.matches("(?s)(.*\n)?nr_descendants [1-9].*");
  }
}
