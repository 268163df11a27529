package svc.simulation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import svc.os.Content;
import svc.os.Errno;
import svc.os.Signal;

/** The cgroups of a simulated machine (cgroups(7)); its own processes are in the root of them. */
final class Cgroups {

  /** What the machine's kernel has. */
  enum Support {
    /** None that can be written to. */
    NONE,
    /** No cgroup.kill, as before Linux 5.14. */
    WITHOUT_KILL,
    WHOLE
  }

  private static final String ROOT = "/sys/fs/cgroup";
  private static final String PROCESSES = "/cgroup.procs";
  private static final String STATISTICS = "/cgroup.stat";
  private static final String KILL = "/cgroup.kill";
  private static final Errno EBUSY = new Errno(16, "EBUSY", "Device or resource busy");
  private static final Errno EROFS = new Errno(30, "EROFS", "Read-only file system");

  private final Machine machine;
  private final Support support;
  private final Set<String> directories = new TreeSet<>();

  Cgroups(Machine machine, Support support) {
    this.machine = machine;
    this.support = support;
  }

  boolean there() {
    return support != Support.NONE;
  }

  /** Those that somebody made and nobody removed. */
  Set<String> left() {
    return Set.copyOf(directories);
  }

  boolean has(String directory) {
    return directory.equals(ROOT) || directories.contains(directory);
  }

  static boolean isBelow(String path) {
    return path.startsWith(ROOT + "/");
  }

  Content read(String path) {
    return switch (path) {
      case "/proc/self/cgroup" -> content("0::/\n");
      case "/proc/self/mountinfo" -> content("30 1 0:26 / " + ROOT + " rw - cgroup2 none rw\n");
      default -> readBelow(path);
    };
  }

  private Content readBelow(String path) {
    String directory = path.substring(0, path.lastIndexOf('/'));
    if (!has(directory)) return new Content(new byte[0], Errno.ENOENT);
    if (path.endsWith(STATISTICS)) return content("nr_descendants " + below(directory) + "\n");
    if (!path.endsWith(PROCESSES)) return new Content(new byte[0], Errno.ENOENT);
    boolean hidden = machine.sabotage == Sabotage.CGROUP_HIDDEN;
    return content(
        hidden
            ? ""
            : members(directory).stream()
                .filter(process -> process.cgroup.equals(directory) && !process.hidden)
                .map(process -> process.pid + "\n")
                .collect(Collectors.joining()));
  }

  private static Content content(String text) {
    return new Content(text.getBytes(StandardCharsets.US_ASCII), Errno.OK);
  }

  private long below(String directory) {
    return directories.stream().filter(each -> each.startsWith(directory + "/")).count();
  }

  /** A zombie is in none. */
  private List<SimulatedProcess> members(String directory) {
    return machine.alive().stream()
        .filter(process -> (process.cgroup + "/").startsWith(directory + "/"))
        .toList();
  }

  /** Kills all that is in it and below it, and what is being forked there. */
  Errno write(SimulatedKernel who, String path) {
    String directory = path.substring(0, path.length() - KILL.length());
    if (!path.endsWith(KILL) || !has(directory)) return Errno.ENOENT;
    if (support == Support.WITHOUT_KILL) return Errno.EACCES;
    List<SimulatedProcess> all = members(directory);
    machine.note(who.self.pid + " kills " + directory + " " + all);
    all.forEach(process -> machine.watcher.signalled(who, process, Signal.KILL));
    all.forEach(process -> machine.deliver(process, Signal.KILL));
    return Errno.OK;
  }

  Errno make(String path) {
    if (support == Support.NONE) return EROFS;
    for (String each = path; isBelow(each); each = each.substring(0, each.lastIndexOf('/')))
      directories.add(each);
    return Errno.OK;
  }

  Errno remove(String path) {
    if (!has(path)) return Errno.OK;
    if (below(path) > 0 || !members(path).isEmpty()) return EBUSY;
    directories.remove(path);
    return Errno.OK;
  }

  void list(String directory, List<String> into) {
    List<String> names = new ArrayList<>(List.of("cgroup.procs", "cgroup.stat"));
    for (String each : directories) {
      boolean child = each.startsWith(directory + "/");
      String name = child ? each.substring(directory.length() + 1) : "/";
      if (name.indexOf('/') < 0) names.add(name);
    }
    into.addAll(names);
  }
}
