package svc.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import svc.os.Content;
import svc.os.Errno;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.ProcessInfo;
import svc.os.Signal;
import svc.os.Spawn;
import svc.os.Spawned;
import svc.os.User;
import svc.service.Mark;

/**
 * A kernel whose time, processes and faults come from a seed. One step is one thing that happens: a task, the end of a
 * process, a deadline, or the passing of time to the next of these.
 *
 * <p>What a program does is said by its words: {@code daemon}, {@code task MILLIS CODE} or {@code forker PIDFILE}.
 */
final class SimulatedKernel implements Kernel {

  static final int SELF = 100;
  private static final int STRANGER = 50;
  private static final long MS = 1_000_000L;

  private record Event(long time, long order, Runnable what) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return time != other.time ? Long.compare(time, other.time) : Long.compare(order, other.order);
    }
  }

  /** A child that was spawned, with what it runs; told to whoever checks the rules. */
  interface Watcher {
    void spawned(SimulatedProcess process, List<String> words);

    void told(int pid);
  }

  final Random random;
  final Trace trace;
  Faults faults;

  private final Map<Integer, SimulatedProcess> processes = new TreeMap<>();
  private final Map<String, byte[]> files = new HashMap<>();
  private final Set<Integer> watched = new LinkedHashSet<>();
  private final Map<Events, List<Signal>> roles = new LinkedHashMap<>();
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Watcher watcher;
  private long now = 1_000 * MS;
  private long order;
  private int lastPid = SELF;

  SimulatedKernel(Random random, Faults faults, Trace trace, Watcher watcher) {
    this.random = random;
    this.faults = faults;
    this.trace = trace;
    this.watcher = watcher;
    processes.put(STRANGER, new SimulatedProcess(STRANGER, "", 1, 0));
  }

  // What the simulation does with it

  boolean chance(int outOfAThousand) {
    return random.nextInt(1_000) < outOfAThousand;
  }

  void after(long nanos, Runnable what) {
    events.add(new Event(now + nanos, order++, what));
  }

  List<SimulatedProcess> alive() {
    return processes.values().stream().filter(process -> process.pid != STRANGER && !process.zombie).toList();
  }

  /**
   * Lets the next thing happen.
   *
   * @return false when nothing ever happens any more
   */
  boolean step() {
    if (!tasks.isEmpty()) {
      tasks.remove().run();
      return true;
    }
    for (Events role : List.copyOf(roles.keySet())) {
      if (role.deadline() > now) continue;
      role.woken(now);
      return true;
    }
    return pass();
  }

  private boolean pass() {
    long next = events.isEmpty() ? NEVER : events.peek().time();
    for (Events role : roles.keySet()) next = Math.min(next, role.deadline());
    if (next == NEVER) return false;
    now = Math.max(now, next);
    if (!events.isEmpty() && events.peek().time() <= now) events.remove().what().run();
    return true;
  }

  void signal(Signal signal) {
    roles.forEach((role, signals) -> {
      if (signals.contains(signal)) role.signalled(signal);
    });
  }

  /** Ends a process as its own doing or a fault has it. */
  void end(SimulatedProcess process, ExitStatus status) {
    if (process.zombie || processes.get(process.pid) != process) return;
    trace.add(now, process + " ends: " + status);
    process.zombie = true;
    for (SimulatedProcess child : List.copyOf(processes.values())) {
      if (child.parent == process.pid) adopt(child);
    }
    if (process.parent == SELF) after(random.nextInt(300_000), () -> reap(process, status));
    else bury(process);
  }

  private void adopt(SimulatedProcess orphan) {
    orphan.parent = SELF;
    if (orphan.zombie) after(random.nextInt(300_000), () -> reap(orphan, ExitStatus.exited(0)));
  }

  private void reap(SimulatedProcess process, ExitStatus status) {
    processes.remove(process.pid);
    watched.remove(process.pid);
    tell(process.pid, chance(faults.lostStatus()) ? ExitStatus.UNKNOWN : status);
  }

  /** Its parent took it; who watched it hears that it ended. */
  private void bury(SimulatedProcess process) {
    processes.remove(process.pid);
    if (watched.remove(process.pid)) after(random.nextInt(300_000), () -> tell(process.pid, ExitStatus.UNKNOWN));
  }

  private void tell(int pid, ExitStatus status) {
    watcher.told(pid);
    for (Events role : List.copyOf(roles.keySet())) role.exited(pid, status);
  }

  // Programs

  private void run(SimulatedProcess process, List<String> words) {
    process.stubborn = chance(faults.stubborn());
    if (chance(faults.escape())) leaveBehind(process);
    switch (words.get(0)) {
      case "task" -> {
        long millis = Long.parseLong(words.get(1));
        after(millis * MS, () -> end(process, ExitStatus.exited(Integer.parseInt(words.get(2)))));
      }
      case "forker" -> after(random.nextInt(20) * MS, () -> fork(process, words.get(1)));
      default -> live(process);
    }
  }

  private void live(SimulatedProcess process) {
    if (chance(faults.crash())) {
      after(random.nextInt(3_000) * MS, () -> end(process, ExitStatus.exited(random.nextInt(3))));
    }
  }

  private void leaveBehind(SimulatedProcess parent) {
    SimulatedProcess child = create(parent.service, parent.pid);
    child.stubborn = random.nextBoolean();
    if (random.nextBoolean()) child.group = parent.group;
  }

  private void fork(SimulatedProcess launcher, String pidFile) {
    if (launcher.zombie) return;
    SimulatedProcess daemon = create(launcher.service, launcher.pid);
    daemon.instance = true;
    daemon.stubborn = chance(faults.stubborn());
    live(daemon);
    String pid = daemon.pid + "\n";
    if (chance(faults.badPidFile())) {
      files.put(pidFile, new String[] {"", "x", "99999999", STRANGER + "\n"}[random.nextInt(4)].getBytes());
      after(random.nextInt(2_000) * MS, () -> files.put(pidFile, pid.getBytes()));
    } else {
      files.put(pidFile, pid.getBytes());
    }
    end(launcher, ExitStatus.exited(0));
  }

  private SimulatedProcess create(String service, int parent) {
    SimulatedProcess process = new SimulatedProcess(++lastPid, service, parent, now / (10 * MS));
    processes.put(process.pid, process);
    return process;
  }

  // The port

  @Override
  public long now() {
    return now;
  }

  @Override
  public long wallClock() {
    return now / MS;
  }

  @Override
  public int pid() {
    return SELF;
  }

  @Override
  public Attachment attach(Events role, List<Signal> signals) {
    roles.put(role, signals);
    return () -> roles.remove(role);
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public Errno becomeSubreaper() {
    return Errno.OK;
  }

  @Override
  public Spawned spawn(Spawn request) {
    String service = mark(request);
    if (chance(faults.spawn())) {
      trace.add(now, "spawn " + service + " fails");
      return new Spawned.Failure(Spawned.Stage.FORK, request.words().get(0), Errno.EAGAIN);
    }
    SimulatedProcess process = create(service, SELF);
    process.instance = true;
    trace.add(now, "spawn " + process + " " + request.words());
    watcher.spawned(process, request.words());
    run(process, request.words());
    return new Spawned.Child(process.pid);
  }

  private static String mark(Spawn request) {
    String prefix = Mark.VARIABLE + "=";
    return request.environment().stream()
        .filter(entry -> entry.startsWith(prefix))
        .map(entry -> entry.substring(prefix.length()))
        .findFirst()
        .orElse("");
  }

  @Override
  public Errno kill(int pid, Signal signal) {
    SimulatedProcess process = processes.get(pid);
    if (process == null) return Errno.ESRCH;
    if (pid == STRANGER) throw new AssertionError("a stranger is sent " + signal);
    trace.add(now, signal + " to " + process);
    deliver(process, signal);
    return Errno.OK;
  }

  @Override
  public Errno killGroup(int group, Signal signal) {
    List<SimulatedProcess> members = processes.values().stream().filter(process -> process.group == group).toList();
    if (members.isEmpty()) return Errno.ESRCH;
    trace.add(now, signal + " to group " + group + " " + members);
    members.forEach(member -> deliver(member, signal));
    return Errno.OK;
  }

  private void deliver(SimulatedProcess process, Signal signal) {
    if (process.zombie || process.stubborn && !signal.equals(Signal.KILL)) return;
    long delay = signal.equals(Signal.KILL) ? 0 : random.nextInt(50) * MS;
    if (delay == 0) end(process, ExitStatus.killed(signal.number()));
    else after(delay, () -> end(process, ExitStatus.killed(signal.number())));
  }

  @Override
  public Errno watch(int pid) {
    if (!processes.containsKey(pid)) return Errno.ESRCH;
    watched.add(pid);
    return Errno.OK;
  }

  @Override
  public ProcessInfo process(int pid) {
    SimulatedProcess process = processes.get(pid);
    return process == null ? null : info(process);
  }

  private static ProcessInfo info(SimulatedProcess process) {
    return new ProcessInfo(
        process.pid, process.parent, process.group, process.session, process.started, process.zombie);
  }

  @Override
  public void children(int pid, List<Integer> into) {
    for (SimulatedProcess process : processes.values()) if (process.parent == pid) into.add(process.pid);
  }

  @Override
  public User user(String nameOrUid) {
    return null;
  }

  @Override
  public Content read(String path, int limit) {
    byte[] bytes = path.startsWith("/proc/") ? environ(path) : files.get(path);
    return bytes == null ? new Content(new byte[0], Errno.ENOENT) : new Content(bytes, Errno.OK);
  }

  private byte[] environ(String path) {
    SimulatedProcess process = processes.get(Integer.parseInt(path.split("/")[2]));
    return process == null ? null : (Mark.VARIABLE + "=" + process.service + "\0").getBytes();
  }

  @Override
  public Errno replace(String path, byte[] bytes) {
    files.put(path, bytes);
    return Errno.OK;
  }

  @Override
  public Errno delete(String path) {
    files.remove(path);
    return Errno.OK;
  }

  @Override
  public Errno makeDirectory(String path, int mode) {
    return Errno.OK;
  }

  List<SimulatedProcess> all() {
    return new ArrayList<>(processes.values());
  }

  void forEachRole(BiConsumer<Events, List<Signal>> each) {
    roles.forEach(each);
  }
}
