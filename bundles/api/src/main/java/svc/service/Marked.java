package svc.service;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import svc.os.Kernel;
import svc.os.ProcessInfo;

/**
 * A living process that carries a {@link Mark} of ours, wherever on the machine it is: what a
 * runtime of ours leaves falls to whatever subreaper is above it. Loop thread.
 *
 * @param process as it was found
 * @param start the start of a service that it comes of, or null
 * @param supervisor the supervisor that it is, or was forked by and has the environment of until it
 *     executes its own program; or empty
 */
public record Marked(ProcessInfo process, Mark.Start start, String supervisor) {

  /**
   * Linux gives a process at most this much for arguments and environment by default (execve(2)).
   */
  private static final int ENVIRON_LIMIT = 2 << 20;

  /** How far up the process table a service's process may be from its supervisor. */
  private static final int ANCESTORS = 64;

  /**
   * All of them, in no order. A zombie has no environment any more, and so no mark.
   *
   * @param kernel of this machine
   * @param mark the runtime's
   * @return those that run
   */
  public static List<Marked> all(Kernel kernel, Mark mark) {
    List<Integer> pids = new ArrayList<>();
    kernel.processes(pids);
    List<Marked> all = new ArrayList<>();
    for (int pid : pids) {
      Marked marked = of(kernel, mark, pid);
      if (marked != null) all.add(marked);
    }
    return all;
  }

  /**
   * A process with its mark; null when it is not ours or has ended.
   *
   * @param kernel of this machine
   * @param mark the runtime's
   * @param pid of the process
   * @return the process, or null
   */
  public static Marked of(Kernel kernel, Mark mark, int pid) {
    byte[] environ = kernel.read("/proc/" + pid + "/environ", ENVIRON_LIMIT).bytes();
    Mark.Start start = mark.startOf(environ);
    String supervisor = mark.supervisorOf(environ);
    if (start == null && supervisor.isEmpty()) return null;
    ProcessInfo process = kernel.process(pid);
    return process == null || process.zombie() ? null : new Marked(process, start, supervisor);
  }

  /**
   * Whether a supervisor forked it, for a service, and it has not executed its program yet. What is
   * started for a service leads a session from its fork on, and no supervisor does.
   *
   * @param name of the supervisor
   * @return whether it is on its way
   */
  public boolean isForkOf(String name) {
    return supervisor.equals(name) && !follows();
  }

  /** {@return whether it is a supervisor} */
  public boolean isSupervisor() {
    return !supervisor.isEmpty() && follows();
  }

  /** {@return who started it for a service, or forked it for one; empty when it does not say} */
  public String supervisedBy() {
    if (start != null) return start.supervisor();
    return isSupervisor() ? "" : supervisor;
  }

  /** {@return its process id} */
  public int pid() {
    return process.pid();
  }

  /** {@return the service that it belongs to, or empty} */
  public String service() {
    return start == null ? "" : start.service();
  }

  /**
   * Whether a supervisor started it, or what it comes of, for a service.
   *
   * @param supervisor its name
   * @return whether it did
   */
  public boolean isOf(String supervisor) {
    return start != null && start.supervisor().equals(supervisor);
  }

  /**
   * The process that was spawned for a start of a service: the one that leads a session, comes of
   * no other and was there first.
   *
   * @param processes those with our mark
   * @param service its name
   * @param number of the start; or 0 for any, and then it need not lead a session, as a daemon that
   *     forked twice does not
   * @return null when nothing of it runs
   */
  public static Marked leader(List<Marked> processes, String service, long number) {
    List<Marked> candidates =
        processes.stream()
            .filter(each -> each.service().equals(service) && each.start.own())
            .filter(each -> number == 0 || each.start.number() == number)
            .toList();
    return candidates.stream()
        .filter(each -> number == 0 || !each.follows())
        .filter(each -> candidates.stream().noneMatch(each::isChildOf))
        .min(
            Comparator.comparing(Marked::follows)
                .thenComparing(each -> each.process.started())
                .thenComparing(Marked::pid))
        .orElse(null);
  }

  private boolean isChildOf(Marked other) {
    return process.parent() == other.process.pid();
  }

  private boolean follows() {
    return process.session() != process.pid();
  }

  /**
   * Whether a process is below another, by its parents.
   *
   * @param process any process
   * @param ancestor the process id of the other
   * @param kernel of this machine
   * @return whether it is
   */
  public static boolean descends(ProcessInfo process, int ancestor, Kernel kernel) {
    for (int depth = 0; process != null && depth < ANCESTORS; depth++) {
      if (process.parent() == ancestor) return true;
      process = process.parent() <= 1 ? null : kernel.process(process.parent());
    }
    return false;
  }
}
