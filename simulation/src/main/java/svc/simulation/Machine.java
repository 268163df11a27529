package svc.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.Signal;

/**
 * Time, processes and files of a simulated machine. One step is one thing that happens: a role does
 * one task, or time passes to what comes next. Of several things that could happen the seed picks
 * one.
 */
final class Machine {

  static final long MS = 1_000_000L;

  /** A process that has nothing to do with us and must never be touched. */
  static final int STRANGER = 50;

  /** Whom all fall to that have nobody nearer above them. */
  static final int INIT = 1;

  private static final int FIRST_PID = 100;
  static final long TICK = 10 * MS;

  private record Event(long time, long order, Runnable what) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return time != other.time ? Long.compare(time, other.time) : Long.compare(order, other.order);
    }
  }

  /** Hears what becomes of processes, to check it against the rules. */
  interface Watcher {
    /** A role heard of the end of a process, from a pidfd or as its parent. */
    void told(SimulatedKernel kernel, SimulatedProcess process, boolean reaped);

    void spawned(SimulatedKernel kernel, SimulatedProcess process);

    /** A runtime wants to hear of the end of a process, maybe once more. */
    void watched(SimulatedKernel kernel, SimulatedProcess process);

    /** A daemon has left its starter. */
    void forked(SimulatedProcess daemon);

    /** A runtime signals a process. */
    void signalled(SimulatedKernel kernel, SimulatedProcess process, Signal signal);

    /** A file is not what was written. */
    void torn(String path);

    /** A runtime has done what it was about to do, or died of it. */
    void through(boolean died);

    /** A manager wrote down what declarations it goes by from now on. */
    void accepted();

    void spawnFailed(SimulatedKernel kernel, String service, List<String> words);

    /** A supervisor wrote down how a service is, whether anybody hears of it or not. */
    void recorded(SimulatedKernel kernel, byte[] record);

    /** Who hears what becomes of sockets. */
    Sockets.Watcher sockets();
  }

  final Random random;
  final Trace trace;
  final Watcher watcher;
  final Sabotage sabotage;
  final Cgroups cgroups;
  final Sockets sockets;
  final Map<String, byte[]> files = new TreeMap<>();
  private final Map<Integer, SimulatedProcess> processes = new TreeMap<>();
  private final List<SimulatedKernel> runtimes = new ArrayList<>();
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final List<SimulatedProcess> freed = new ArrayList<>();
  Faults faults;

  /** Services whose programs somebody has mended: they do what they should. */
  final Set<String> mended = new HashSet<>();

  /** When a supervisor dies that starts a service. */
  enum Stroke {
    /** It has not forked. */
    BEFORE_FORK,
    /** Its child is there, and has not got to its witness. */
    BEFORE_WITNESS,
    /** Its child has said that it is there, and not executed its program. */
    BEFORE_EXEC
  }

  /** What befalls the next starts of services, in a story. */
  final Deque<Stroke> strokes = new ArrayDeque<>();

  /** How long a process is a zombie, in a story. */
  long reaping;

  /** Nobody has a descriptor left to watch a process with. */
  boolean unwatchable;

  /** How often programs of a service were executed. */
  final Map<String, Integer> executed = new TreeMap<>();

  /** How often a process was no more when it was killed. */
  int dodged;

  /** What else comes of the end of a process. */
  Consumer<SimulatedProcess> whenEnded = process -> {};

  /** What goes on beside, at each step. */
  Runnable beside = () -> {};

  /** Runs the program svc-supervise. */
  Consumer<SimulatedProcess> superviseProgram = process -> {};

  private long now = 1_000 * MS;

  /** How far the wall clock is ahead of {@link #now}, in milliseconds. */
  private long ahead;

  private long order;
  private int lastPid = FIRST_PID;

  Machine(
      Random random,
      Faults faults,
      Sabotage sabotage,
      Cgroups.Support cgroups,
      Trace trace,
      Watcher watcher) {
    this.random = random;
    this.cgroups = new Cgroups(this, cgroups);
    this.sockets = new Sockets(this, watcher.sockets());
    this.faults = faults;
    this.sabotage = sabotage;
    this.trace = trace;
    this.watcher = watcher;
    processes.put(STRANGER, new SimulatedProcess(STRANGER, Map.of(), List.of("stranger"), INIT, 0));
  }

  // Time and chance

  long now() {
    return now;
  }

  /** In milliseconds since 1970, as somebody has set it. */
  long wallClock() {
    return now / MS + ahead;
  }

  void setClock(long milliseconds) {
    ahead += milliseconds;
    note("somebody sets the clock by " + milliseconds + "ms");
  }

  boolean chance(int outOfAThousand) {
    return outOfAThousand > 0 && random.nextInt(1_000) < outOfAThousand;
  }

  /** Nanoseconds up to some milliseconds. */
  long upTo(int millis) {
    return random.nextInt(millis * 1_000) * 1_000L;
  }

  void after(long nanos, Runnable what) {
    events.add(new Event(now + nanos, order++, what));
  }

  /** How long a child is on its way to its program after that, in a story. */
  long way = 0;

  long forkTakes() {
    if (way > 0) return way;
    return chance(100) ? upTo(3_000) : upTo(50);
  }

  /** What befalls whoever starts a service now, or null. */
  Stroke stroke(String service) {
    if (service.isEmpty()) return null;
    if (!strokes.isEmpty()) return strokes.remove();
    if (!chance(faults.killedWithin())) return null;
    return Stroke.values()[random.nextInt(Stroke.values().length)];
  }

  void note(String text) {
    trace.add(now, text);
  }

  /**
   * Lets the next thing happen.
   *
   * @return false when nothing ever happens any more
   */
  boolean step() {
    beside.run();
    List<SimulatedKernel> ready = new ArrayList<>(2);
    for (SimulatedKernel runtime : runtimes) if (runtime.ready()) ready.add(runtime);
    if (ready.isEmpty()) return pass();
    ready.get(ready.size() == 1 ? 0 : random.nextInt(ready.size())).work();
    return true;
  }

  private boolean pass() {
    long next = events.isEmpty() ? Kernel.NEVER : events.peek().time();
    for (SimulatedKernel runtime : runtimes) next = Math.min(next, runtime.deadline());
    if (next == Kernel.NEVER) return false;
    now = Math.max(now, next);
    if (!events.isEmpty() && events.peek().time() <= now) events.remove().what().run();
    return true;
  }

  // Processes

  SimulatedProcess process(int pid) {
    return processes.get(pid);
  }

  boolean exists(SimulatedProcess process) {
    return processes.get(process.pid) == process;
  }

  List<SimulatedProcess> all() {
    return new ArrayList<>(processes.values());
  }

  /** Those that run, without the stranger. */
  List<SimulatedProcess> alive() {
    return processes.values().stream()
        .filter(process -> process.pid != STRANGER && process.pid != INIT && process.alive())
        .toList();
  }

  /**
   * @param marks the part of its environment that matters here
   */
  SimulatedProcess create(Map<String, String> marks, List<String> words, int parent) {
    return create(marks.containsKey("SVC_SERVICE") ? freePid() : ++lastPid, marks, words, parent);
  }

  /** One that clears its environment. */
  SimulatedProcess createCleared(SimulatedProcess parent, String word) {
    SimulatedProcess process = create(++lastPid, parent.marks, List.of(word), parent.pid);
    process.cleared = true;
    return process;
  }

  private SimulatedProcess create(
      int pid, Map<String, String> marks, List<String> words, int parent) {
    SimulatedProcess process = new SimulatedProcess(pid, marks, words, parent, now / TICK);
    if (processes.containsKey(parent)) process.cgroup = processes.get(parent).cgroup;
    processes.put(process.pid, process);
    return process;
  }

  /**
   * Linux gives a number again when no process, group or session has it any more, and when it has
   * counted up through all others, which no machine does within a tick. Runtimes and whoever clears
   * its environment get fresh ones: they carry no mark, so a stale pid file that names one would be
   * believed.
   */
  private int freePid() {
    if (!freed.isEmpty() && chance(300)) {
      SimulatedProcess last = freed.remove(random.nextInt(freed.size()));
      if (isFree(last.pid) && last.started != now / TICK) return last.pid;
    }
    return ++lastPid;
  }

  private boolean isFree(int pid) {
    return processes.values().stream()
        .noneMatch(other -> other.pid == pid || other.group == pid || other.session == pid);
  }

  /** Process 1, in which no role is, keeps the ends of those that fall to it. */
  void init(String exits) {
    SimulatedProcess process = new SimulatedProcess(INIT, Map.of(), List.of("svc-init"), 0, 0);
    processes.put(INIT, process);
    SimulatedKernel init = boot(process);
    init.becomeSubreaper();
    init.keepExits(exits, true);
  }

  /** A process becomes a runtime: roles can be attached to it from now on. */
  SimulatedKernel boot(SimulatedProcess process) {
    process.kernel = new SimulatedKernel(this, process);
    runtimes.add(process.kernel);
    return process.kernel;
  }

  void end(SimulatedProcess process, ExitStatus status) {
    if (process.zombie || !exists(process)) return;
    note(process + " ends: " + status);
    process.zombie = true;
    process.status = status;
    runtimes.remove(process.kernel);
    whenEnded.accept(process);
    sockets.ended(process);
    int heir = heir(process);
    for (SimulatedProcess child : all()) {
      if (child.parent != process.pid) continue;
      child.parent = heir;
      if (child.zombie) handOver(child);
    }
    for (SimulatedKernel runtime : List.copyOf(runtimes)) runtime.watchedEnded(process);
    handOver(process);
  }

  /** The nearest subreaper above a process (prctl(2)). */
  private int heir(SimulatedProcess process) {
    SimulatedProcess above = processes.get(process.parent);
    while (above != null && !(above.alive() && above.kernel != null && above.kernel.subreaper())) {
      above = processes.get(above.parent);
    }
    return above == null ? 1 : above.pid;
  }

  /** The parent reaps it soon, or whoever is its parent by then. */
  private void handOver(SimulatedProcess process) {
    after(reaping > 0 ? reaping : upTo(1), () -> reap(process));
  }

  private void reap(SimulatedProcess process) {
    if (!exists(process)) return;
    SimulatedProcess parent = processes.get(process.parent);
    if (parent != null && parent.zombie) return; // its heir does
    if (parent == null || parent.kernel == null) process.lost = true;
    if (parent != null && parent.kernel != null) {
      parent.kernel.reaped(process);
      if (parent.zombie) return; // it died of it
    }
    processes.remove(process.pid);
    // Linux counts up through all numbers first: nobody meets one again whose end is being told
    if (runtimes.stream().anyMatch(runtime -> runtime.watches(process))) {
      after(2 * MS, () -> freed.add(process));
    } else {
      freed.add(process);
    }
  }

  /** A process speaks to whoever listens at its socket; where nobody does, nobody hears it. */
  void say(SimulatedProcess process, String text) {
    if (!process.alive()) return;
    note(process + " says " + text);
    for (SimulatedKernel runtime : List.copyOf(runtimes))
      runtime.say(process.notices, process, text);
  }

  // Signals

  void deliver(SimulatedProcess process, Signal signal) {
    if (process.zombie) return;
    if (process.pid == STRANGER) throw new BrokenRule("a stranger is sent " + signal);
    boolean killed = signal.equals(Signal.KILL);
    if (!killed && process.kernel != null && process.kernel.takes(signal)) return;
    if (!killed && process.stubborn) return;
    process.doomed |= killed;
    long delay = random.nextBoolean() ? 0 : chance(faults.slow()) ? upTo(3_000) : upTo(30);
    if (process.kernel != null || delay == 0) end(process, ExitStatus.killed(signal.number()));
    else after(delay, () -> end(process, ExitStatus.killed(signal.number())));
  }
}
