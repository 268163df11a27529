package svc.posix;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Moves a child into its cgroup (cgroups(7)), and what it has forked until that was done: Linux
 * takes some milliseconds for a move, and the child runs meanwhile. What is in forks into it, so
 * this comes to an end; a process whose parent has ended meanwhile is not found. Where a process
 * cannot be moved it is as where there is no cgroup: the machine is what it is, and nobody needs
 * one. Loop thread.
 */
final class CgroupMove {

  /** Processes that are looked at for one child, which forks as fast as it can perhaps. */
  private static final int MOST = 256;

  private static final int CHILDREN_LIMIT = 4 << 10;
  private static final int CGROUP_LIMIT = 8 << 10;

  private final FileTree files;

  CgroupMove(FileTree files) {
    this.files = files;
  }

  /**
   * @param cgroup its directory
   */
  void move(int pid, String cgroup) {
    enter(Integer.toString(pid), cgroup);
    Deque<String> parents = new ArrayDeque<>();
    parents.add(Integer.toString(pid));
    for (int looked = 0; looked < MOST && !parents.isEmpty(); ) {
      for (String child : children(parents.remove())) {
        if (looked++ == MOST) return;
        if (isWhere(child, pid)) continue;
        enter(child, cgroup);
        parents.add(child);
      }
    }
  }

  private void enter(String pid, String cgroup) {
    files.append(cgroup + "/cgroup.procs", pid.getBytes(US_ASCII));
  }

  /** Those of its first thread; a program that has just begun has no other. */
  private String[] children(String pid) {
    String text = read("/proc/" + pid + "/task/" + pid + "/children", CHILDREN_LIMIT).strip();
    return text.isEmpty() ? new String[0] : text.split(" ");
  }

  private boolean isWhere(String one, int other) {
    String place = read("/proc/" + other + "/cgroup", CGROUP_LIMIT);
    return place.equals(read("/proc/" + one + "/cgroup", CGROUP_LIMIT));
  }

  private String read(String path, int limit) {
    return new String(files.read(path, limit).bytes(), US_ASCII);
  }
}
