package svc.simulation;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import svc.os.ExitStatus;

/** A process of the simulated machine. */
final class SimulatedProcess {
  final int pid;
  final String service;

  /** The marks in its environment, by name; what it starts inherits them. */
  final Map<String, String> marks;

  final List<String> words;

  /** Clock ticks, as in {@link svc.os.ProcessInfo}. */
  final long started;

  int parent;
  int group;
  int session;
  boolean stubborn;
  boolean zombie;
  ExitStatus status;

  /** Somebody reaped it who does not hand its status down, or took it for himself. */
  boolean lost;

  /** It is the one that was spawned to start the service, or the daemon that this one left. */
  boolean instance;

  /** Where it can say how it is, or empty. */
  String notices = "";

  /** The directory of the cgroup that it is in; what it starts is there too. */
  String cgroup = "";

  /** It has no environment any more, and so no mark. */
  boolean cleared;

  /** It has not executed its program, and its environment is still its parent's. */
  boolean young;

  /** Its parent's. */
  Map<String, String> marksBefore = Map.of();

  /** It was killed and has not ended yet: it does nothing more. */
  boolean doomed;

  /** How often it will not be there any more when somebody kills it alone. */
  int dodges;

  /** The sockets that it was handed, by their numbers. */
  final Map<Integer, SimulatedSocket> descriptors = new TreeMap<>();

  /** How many of those who come there it still takes. */
  int accepts;

  /** Nobody who looks for processes sees it. */
  boolean hidden;

  /** The roles in it, when it is a runtime. */
  SimulatedKernel kernel;

  SimulatedProcess(
      int pid, Map<String, String> marks, List<String> words, int parent, long started) {
    this.pid = pid;
    this.marks = Map.copyOf(marks);
    this.service = marks.getOrDefault("SVC_SERVICE", "");
    this.words = words;
    this.parent = parent;
    this.group = pid;
    this.session = pid;
    this.started = started;
  }

  boolean alive() {
    return !zombie;
  }

  @Override
  public String toString() {
    return pid + "(" + (service.isEmpty() ? words.get(0) : service) + ")";
  }
}
