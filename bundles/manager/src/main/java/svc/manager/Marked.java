package svc.manager;

import java.util.ArrayList;
import java.util.List;
import svc.os.Kernel;
import svc.os.ProcessInfo;
import svc.service.Mark;

/**
 * A process that carries a mark of ours.
 *
 * @param service the service that it belongs to, or empty
 * @param supervisor the supervisor that it is, or empty
 */
record Marked(int pid, String service, String supervisor) {

  /** Linux gives a process at most this much for arguments and environment by default. */
  private static final int ENVIRON_LIMIT = 2 << 20;

  /** How far up the process table a service's process may be from its supervisor. */
  private static final int ANCESTORS = 64;

  /**
   * All of them, on the whole machine: what a supervisor that was not our child leaves falls to
   * init. A zombie has no environment any more, and so no mark.
   */
  static List<Marked> all(Kernel kernel, Mark mark) {
    List<Integer> pids = new ArrayList<>();
    kernel.processes(pids);
    List<Marked> all = new ArrayList<>();
    for (int pid : pids) {
      byte[] environ = kernel.read("/proc/" + pid + "/environ", ENVIRON_LIMIT).bytes();
      Marked marked = new Marked(pid, mark.serviceOf(environ), mark.supervisorOf(environ));
      if (!marked.service.isEmpty() || !marked.supervisor.isEmpty()) all.add(marked);
    }
    return all;
  }

  boolean descendsFrom(int ancestor, Kernel kernel) {
    ProcessInfo process = kernel.process(pid);
    for (int depth = 0; process != null && depth < ANCESTORS; depth++) {
      if (process.parent() == ancestor) return true;
      process = process.parent() <= 1 ? null : kernel.process(process.parent());
    }
    return false;
  }
}
