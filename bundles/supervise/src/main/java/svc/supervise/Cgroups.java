package svc.supervise;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import svc.os.Errno;
import svc.os.Kernel;
import svc.os.Spawn;
import svc.os.Spawned;
import svc.supervise.logic.OwnCgroup;

/**
 * A cgroup for each service, {@code svc.SUPERVISOR.ID/svc.SERVICE} below the one that we are in,
 * where that is ours to divide (cgroups(7)). No controller has a file that begins with {@code svc},
 * and none is enabled here. The ID tells supervisors of one name apart that share a cgroup; it is
 * kept in a record, so that a successor has the same.
 *
 * <p>They are a second witness of what belongs to a service, which no process can leave by forking
 * twice or clearing its environment, and what ends all of it in one step. Where there is none,
 * every method does nothing. Loop thread.
 */
final class Cgroups {

  /** Where sd_booted(3) looks. */
  private static final String SYSTEMD = "/run/systemd/system";

  private static final int TABLE_LIMIT = 4 << 20;

  /** How far a service may divide its own, as a manager does with a manager in it. */
  private static final int DEPTH = 32;

  private final Kernel kernel;
  private final Records records;
  private final String supervisor;

  /** The one that all are in, or empty. */
  private String all = "";

  private boolean made;

  Cgroups(Kernel kernel, Records records, String supervisor) {
    this.kernel = kernel;
    this.records = records;
    this.supervisor = supervisor;
  }

  /** Goes on with what a supervisor before us had, or finds a place. */
  void begin() {
    all = records.cgroup();
    made = !all.isEmpty() && kernel.read(all + "/cgroup.procs", TABLE_LIMIT).errno().ok();
    if (made) return;
    OwnCgroup own = OwnCgroup.find(text("/proc/self/mountinfo"), text("/proc/self/cgroup"));
    boolean ours = own != null && OwnCgroup.isOurs(systemdRuns(), isDelegated(own));
    String name = "svc." + supervisor + "." + Long.toString(kernel.now(), Character.MAX_RADIX);
    all = ours ? own.directory() + "/" + name : "";
  }

  private boolean systemdRuns() {
    return kernel.list(SYSTEMD, new ArrayList<>()).ok();
  }

  private boolean isDelegated(OwnCgroup own) {
    for (String directory : own.upwards())
      for (String name : OwnCgroup.DELEGATED)
        if (new String(kernel.attribute(directory, name).bytes(), US_ASCII).equals("1"))
          return true;
    return false;
  }

  private String text(String path) {
    return new String(kernel.read(path, TABLE_LIMIT).bytes(), UTF_8);
  }

  private String of(String service) {
    return all + "/svc." + service;
  }

  /** Starts a process of a service, in its cgroup where it can have one. */
  Spawned spawn(String service, Spawn request) {
    String own = make(service);
    return kernel.spawn(own == null ? request : request.with(request.attributes().in(own)));
  }

  /** Its directory, or null where it cannot have one. */
  private String make(String service) {
    if (!made) makeAll();
    if (all.isEmpty()) return null;
    return kernel.makeDirectory(of(service), 0755).ok() ? of(service) : null;
  }

  /** What cannot be made once is not tried again. */
  private void makeAll() {
    if (all.isEmpty()) return;
    Errno noted = records.keepCgroup(all);
    made = noted.ok() && kernel.makeDirectory(all, 0755).ok();
    if (!made) all = "";
  }

  /**
   * Kills all that is in a service's at once, what is just being forked too (cgroup.kill). Linux
   * has it since 5.14; where it has not, what {@link #processes} finds has to be killed one by one.
   */
  void kill(String service) {
    end(of(service));
  }

  /**
   * Kills all that is in any of them, and adds it to what is left: it is gone when there is none.
   *
   * @param left is added to
   */
  void killAll(Set<Integer> left) {
    List<Integer> found = new ArrayList<>();
    if (made) processes(all, DEPTH, found);
    if (!found.isEmpty()) end(all);
    left.addAll(found);
  }

  private void end(String directory) {
    if (made) kernel.append(directory + "/cgroup.kill", new byte[] {'1'});
  }

  /**
   * Adds the processes in a service's cgroup, and below it, to a list; zombies are in none.
   *
   * @param into is added to
   */
  void processes(String service, List<Integer> into) {
    if (made) processes(of(service), DEPTH, into);
  }

  private void processes(String directory, int depth, List<Integer> into) {
    OwnCgroup.processes(text(directory + "/cgroup.procs"), into);
    for (String below : below(directory, depth)) processes(below, depth - 1, into);
  }

  private List<String> below(String directory, int depth) {
    List<String> directories = new ArrayList<>();
    if (depth == 0 || !OwnCgroup.isDivided(text(directory + "/cgroup.stat"))) return directories;
    List<String> names = new ArrayList<>();
    kernel.list(directory, names);
    for (String name : names) {
      String path = directory + "/" + name;
      if (kernel.list(path, new ArrayList<>()).ok()) directories.add(path);
    }
    return directories;
  }

  /** Removes a service's when nothing is in it, and with the last one what they were in. */
  void remove(String service) {
    if (!made) return;
    remove(of(service), DEPTH);
    kernel.removeDirectory(all);
  }

  /** Removes all in which nothing is. */
  void removeAll() {
    if (made) remove(all, DEPTH);
  }

  private void remove(String directory, int depth) {
    if (kernel.removeDirectory(directory).ok()) return;
    for (String below : below(directory, depth)) remove(below, depth - 1);
    kernel.removeDirectory(directory);
  }
}
