package svc.simulation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import svc.ipc.Sealed;
import svc.nv.NvList;
import svc.nv.NvPair;
import svc.os.Address;
import svc.os.Content;
import svc.os.Datagram;
import svc.os.Errno;
import svc.os.ExitKeeper;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.Opened;
import svc.os.ProcessInfo;
import svc.os.Seats;
import svc.os.Signal;
import svc.os.Spawn;
import svc.os.Spawned;
import svc.os.Spawned.Stage;
import svc.os.User;
import svc.simulation.Machine.Stroke;

/** The machine as one runtime sees it, and the roles that run there. */
final class SimulatedKernel implements Kernel {

  /** The runtime was killed in the middle of a call; what it was about to do is not done. */
  private static final class Died extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Died() {
      super(null, null, false, false);
    }
  }

  /** sd_listen_fds(3), SD_LISTEN_FDS_START */
  private static final int FIRST_DESCRIPTOR = 3;

  /** In milliseconds since 1970, for a sabotage of the clock. */
  private static final long FORGED_FROM = 3_000;

  private static final long FORGED_BY = 3_000;

  private static final Errno EMFILE = new Errno(24, "EMFILE", "Too many open files");

  private static final List<Errno> REFUSALS =
      List.of(Errno.EAGAIN, Errno.ENOMEM, Errno.EACCES, Errno.ENOENT);

  final SimulatedProcess self;
  final SimulatedListeners listeners;
  private final Machine machine;
  private final Programs programs;
  private final Map<Events, List<Signal>> roles = new LinkedHashMap<>();
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final Set<SimulatedProcess> watched = new LinkedHashSet<>();
  private final Seats seats = new Seats();
  private ExitKeeper exits;
  private boolean keepsOrphans;
  private final Set<SimulatedProcess> started = new HashSet<>();
  private boolean subreaper;

  /** Who hears what is said to a socket. */
  private final Map<String, Consumer<Datagram>> readers = new TreeMap<>();

  private Runnable before;

  /** For {@link Sabotage#EXIT_COUNTED_TWICE}: an end that is to be told once more. */
  private SimulatedProcess toTellAgain;

  SimulatedKernel(Machine machine, SimulatedProcess self) {
    this.machine = machine;
    this.self = self;
    this.programs = new Programs(machine);
    this.listeners = new SimulatedListeners(this, machine);
  }

  // The loop

  boolean ready() {
    return !tasks.isEmpty() || deadline() <= machine.now();
  }

  long deadline() {
    long earliest = NEVER;
    for (Events role : roles.keySet()) earliest = Math.min(earliest, role.deadline());
    return earliest;
  }

  /** Does one of the things that are due. */
  void work() {
    boolean due = deadline() <= machine.now();
    if (tasks.isEmpty() || due && machine.random.nextBoolean()) wake();
    else enter(tasks.remove());
  }

  private void wake() {
    for (Events role : List.copyOf(roles.keySet())) {
      if (role.deadline() > machine.now()) continue;
      enter(() -> role.woken(machine.now()));
      return;
    }
  }

  /** Lets the roles do something, unless the runtime is dead or dies of it. */
  void enter(Runnable what) {
    if (self.zombie) return;
    try {
      what.run();
      machine.watcher.through(false);
    } catch (Died died) {
      machine.watcher.through(true);
      machine.end(self, ExitStatus.killed(Signal.KILL.number()));
    }
  }

  /** Whatever is given to the loop during a delivery is done together with something before it. */
  void deliver(Runnable before, Runnable delivery) {
    this.before = before;
    enter(delivery);
    this.before = null;
  }

  /** An init that dies takes the machine with it. */
  private void mayDie() {
    if (self.pid == Machine.INIT) return;
    if (self.zombie || machine.chance(machine.faults.killedWithin())) throw new Died();
  }

  // What the machine tells

  boolean subreaper() {
    return subreaper;
  }

  /** Whether a role here takes a signal; without one it has its default effect. */
  boolean takes(Signal signal) {
    boolean taken = roles.values().stream().anyMatch(signals -> signals.contains(signal));
    if (taken) tasks.add(() -> signalled(signal));
    return taken;
  }

  private void signalled(Signal signal) {
    List.copyOf(roles.entrySet())
        .forEach(
            role -> {
              if (role.getValue().contains(signal)) role.getKey().signalled(signal);
            });
  }

  /** A child is told, and then gone, as waitid(2) with WNOWAIT allows. */
  void reaped(SimulatedProcess process) {
    boolean known = watched.remove(process) | started.remove(process);
    if (machine.sabotage == Sabotage.EXIT_DROPPED && process.instance) return;
    if (machine.sabotage == Sabotage.EXIT_COUNTED_TWICE && process.instance) toTellAgain = process;
    boolean lost = machine.chance(machine.faults.lostStatus());
    process.lost |= lost;
    ExitStatus status = lost ? ExitStatus.UNKNOWN : process.status;
    tell(process, status, true);
    if (exits != null) enter(() -> exits.ended(process.pid, known, status));
  }

  boolean watches(SimulatedProcess process) {
    return watched.contains(process);
  }

  /** The pidfd says no more than that it ended (pidfd_open(2)); a child is told by its reaping. */
  void watchedEnded(SimulatedProcess process) {
    if (!watched.contains(process)) return;
    machine.after(
        machine.upTo(1),
        () -> {
          boolean ours = machine.exists(process) && process.parent == self.pid;
          if (!ours && watched.remove(process)) tell(process, ExitStatus.UNKNOWN, false);
        });
  }

  private void tell(SimulatedProcess process, ExitStatus status, boolean reaped) {
    if (self.zombie || roles.isEmpty()) return;
    machine.note(self.pid + " hears of " + process + ": " + status);
    machine.watcher.told(this, process, reaped);
    enter(() -> exited(process.pid, status));
  }

  private void exited(int pid, ExitStatus status) {
    for (Events role : List.copyOf(roles.keySet())) role.exited(pid, status);
  }

  // The port

  @Override
  public long now() {
    return machine.now();
  }

  @Override
  public long wallClock() {
    return switch (machine.sabotage) {
      case CLOCK_AHEAD -> machine.wallClock() + (machine.wallClock() > FORGED_FROM ? FORGED_BY : 0);
      case CLOCK_STOPPED -> Math.min(machine.wallClock(), FORGED_FROM);
      default -> machine.wallClock();
    };
  }

  @Override
  public int pid() {
    return self.pid;
  }

  @Override
  public Attachment attach(Events role, List<Signal> signals) {
    roles.put(role, signals);
    return () -> roles.remove(role);
  }

  @Override
  public void execute(Runnable task) {
    Runnable first = before;
    tasks.add(
        first == null
            ? task
            : () -> {
              first.run();
              task.run();
            });
  }

  @Override
  public Seat seat(String name, Runnable seated) {
    Seats.Occupant[] occupant = new Seats.Occupant[1];
    execute(() -> occupant[0] = seats.take(name, seated));
    return last -> occupant[0].leave(last);
  }

  @Override
  public Errno exchange(String one, String other) {
    throw new UnsupportedOperationException("exchange");
  }

  /** A runtime that dies and is succeeded is the harder case of it. */
  @Override
  public Supplier<Errno> exec(List<String> words, List<String> environment) {
    throw new UnsupportedOperationException("exec");
  }

  @Override
  public void keepExits(String directory, boolean orphans) {
    keepsOrphans |= orphans;
    exits = new ExitKeeper(this, directory, keepsOrphans);
  }

  @Override
  public Errno becomeSubreaper() {
    subreaper = true;
    return Errno.OK;
  }

  @Override
  public Spawned spawn(Spawn request) {
    mayDie();
    Map<String, String> marks = marks(request);
    String service = marks.getOrDefault("SVC_SERVICE", "");
    if (request.words().get(0).equals("missing"))
      return refuse(service, request.words(), Stage.EXEC, Errno.ENOENT);
    if (machine.chance(machine.faults.spawn())) return refuse(service, request.words());
    Stroke stroke = machine.stroke(service);
    if (stroke == Stroke.BEFORE_FORK) throw new Died();
    String cgroup = request.attributes().cgroup();
    SimulatedProcess process = machine.create(marks, request.words(), self.pid);
    if (request.place() != Spawn.Place.SESSION) process.session = self.session;
    process.notices = notices(request);
    handSockets(request, process);
    String witness = request.attributes().witness();
    if (stroke == Stroke.BEFORE_WITNESS) leave(process, witness);
    make(witness);
    if (stroke == Stroke.BEFORE_EXEC) leave(process, null);
    if (cgroup != null && !cannotEnter(cgroup)) process.cgroup = cgroup;
    started.add(process);
    start(process);
    boolean again =
        machine.sabotage == Sabotage.STARTED_TWICE
            || machine.sabotage == Sabotage.RUN_TWICE && !process.descriptors.isEmpty();
    if (again && process.instance) start(machine.create(marks, request.words(), self.pid));
    if (toTellAgain != null && process.service.equals(toTellAgain.service)) tellAgain(process.pid);
    return new Spawned.Child(process.pid);
  }

  private void handSockets(Spawn request, SimulatedProcess process) {
    for (int i = 0; i < request.descriptors().size(); i++) {
      SimulatedSocket socket = listeners.socket(request.descriptors().get(i));
      process.descriptors.put(FIRST_DESCRIPTOR + i, socket);
      machine.sockets.hold(socket, process);
    }
  }

  private boolean cannotEnter(String cgroup) {
    return !machine.cgroups.has(cgroup) || machine.chance(machine.faults.spawn());
  }

  private static String notices(Spawn request) {
    String name = "NOTIFY_SOCKET=";
    return request.environment().stream()
        .filter(entry -> entry.startsWith(name))
        .map(entry -> entry.substring(name.length()))
        .findFirst()
        .orElse("");
  }

  private void make(String witness) {
    if (witness != null) machine.files.put(witness, new byte[0]);
  }

  /**
   * We die, and our child goes on to its program.
   *
   * @param witness what it has not made yet, or null
   */
  private void leave(SimulatedProcess process, String witness) {
    machine.note(self.pid + " forks " + process + " and dies");
    process.young = true;
    process.marksBefore = self.marks;
    // of one that a manager's process forked nothing says so: it is there before a JVM has started
    boolean marked = self.words.get(0).equals(Simulation.SUPERVISE);
    machine.after(
        marked ? machine.forkTakes() : machine.upTo(8),
        () -> {
          if (process.zombie) return;
          process.young = false;
          make(witness);
          start(process);
        });
    throw new Died();
  }

  private void start(SimulatedProcess process) {
    machine.executed.merge(process.service, 1, Integer::sum);
    process.instance = Programs.starts(process);
    machine.note(self.pid + " spawns " + process + " " + process.words);
    machine.watcher.spawned(this, process);
    programs.run(process);
  }

  private void tellAgain(int pid) {
    ExitStatus status = toTellAgain.status;
    toTellAgain = null;
    machine.after(machine.upTo(1), () -> enter(() -> exited(pid, status)));
  }

  private Spawned refuse(String service, List<String> words) {
    Stage stage = Stage.values()[machine.random.nextInt(Stage.values().length)];
    return refuse(service, words, stage, REFUSALS.get(machine.random.nextInt(REFUSALS.size())));
  }

  private Spawned refuse(String service, List<String> words, Stage stage, Errno errno) {
    machine.note(self.pid + " cannot spawn " + service + " " + words + ": " + stage);
    machine.watcher.spawnFailed(this, service, words);
    return new Spawned.Failure(stage, words.get(0), errno);
  }

  private static Map<String, String> marks(Spawn request) {
    Map<String, String> marks = new TreeMap<>();
    for (String entry : request.environment()) {
      if (!entry.startsWith("SVC_")) continue;
      int equals = entry.indexOf('=');
      marks.put(entry.substring(0, equals), entry.substring(equals + 1));
    }
    return marks;
  }

  @Override
  public Errno kill(int pid, Signal signal) {
    mayDie();
    SimulatedProcess process = machine.process(pid);
    if (process == null) return Errno.ESRCH;
    if (signal.equals(Signal.KILL) && programs.dodges(process)) return Errno.ESRCH;
    machine.note(self.pid + " sends " + signal + " to " + process);
    machine.watcher.signalled(this, process, signal);
    if (!process.service.isEmpty() && refusesSignal()) return Errno.EPERM;
    machine.deliver(process, signal);
    return Errno.OK;
  }

  @Override
  public Errno killGroup(int group, Signal signal) {
    mayDie();
    List<SimulatedProcess> members =
        machine.all().stream().filter(process -> process.group == group).toList();
    if (members.isEmpty()) return Errno.ESRCH;
    machine.note(self.pid + " sends " + signal + " to group " + group + " " + members);
    members.forEach(member -> machine.watcher.signalled(this, member, signal));
    if (refusesSignal()) return Errno.EPERM;
    members.forEach(member -> machine.deliver(member, signal));
    return Errno.OK;
  }

  private boolean refusesSignal() {
    return machine.chance(machine.faults.signal());
  }

  @Override
  public Errno watch(int pid) {
    mayDie();
    SimulatedProcess process = machine.process(pid);
    if (process == null) return Errno.ESRCH;
    if (machine.unwatchable || machine.chance(machine.faults.spawn())) return EMFILE;
    watched.add(process);
    machine.watcher.watched(this, process);
    if (process.zombie) watchedEnded(process);
    return Errno.OK;
  }

  @Override
  public ProcessInfo process(int pid) {
    SimulatedProcess process = machine.process(pid);
    if (process == null) return null;
    return new ProcessInfo(
        pid, process.parent, process.group, process.session, process.started, process.zombie);
  }

  @Override
  public void children(int pid, List<Integer> into) {
    mayDie();
    for (SimulatedProcess process : machine.all()) {
      if (process.parent == pid && !process.hidden) into.add(process.pid);
    }
  }

  @Override
  public void processes(List<Integer> into) {
    mayDie();
    for (SimulatedProcess process : machine.all()) if (!process.hidden) into.add(process.pid);
  }

  @Override
  public Errno notify(String socket, String state) {
    machine.note(self.pid + " says " + state.replace('\n', ' '));
    return Errno.OK;
  }

  /** Only an init listens, and none runs here. */
  @Override
  public Errno openFifo(String path, int mode, Consumer<byte[]> reader) {
    throw new UnsupportedOperationException(path);
  }

  /** Nobody writes here. */
  @Override
  public Errno holdFifo(String path) {
    return Errno.OK;
  }

  @Override
  public void releaseFifo(String path) {
    // nobody holds one
  }

  /** Only an init does, and none runs here. */
  @Override
  public Errno holdFifos(String directory, int most, BiConsumer<String, Errno> refused) {
    throw new UnsupportedOperationException(directory);
  }

  @Override
  public Errno openDatagrams(String path, int mode, Consumer<Datagram> reader) {
    mayDie();
    readers.put(path, reader);
    return Errno.OK;
  }

  @Override
  public Errno openOutlet(String path, boolean anew, Consumer<byte[]> reader) {
    return openDatagrams(path, 0600, said -> reader.accept(said.bytes()));
  }

  @Override
  public boolean isOpen(String path) {
    return readers.containsKey(path);
  }

  /** A process says something to one of our sockets; nobody hears it who is not there. */
  void say(String path, SimulatedProcess sender, String text) {
    Consumer<Datagram> reader = readers.get(path);
    if (reader == null || self.zombie) return;
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    execute(() -> readers.getOrDefault(path, reader).accept(new Datagram(bytes, sender.pid, 0)));
  }

  @Override
  public void closeInlet(String path) {
    readers.remove(path);
  }

  @Override
  public Opened listen(String holder, Address address, int mode, int backlog, User owner) {
    mayDie();
    return listeners.listen(holder, address, backlog);
  }

  @Override
  public Opened takeListener(String holder, Address address, int pid, int number) {
    mayDie();
    return listeners.take(holder, address, pid, number);
  }

  @Override
  public Errno awaitDemand(int descriptor, Runnable arrived) {
    mayDie();
    return listeners.await(descriptor, arrived);
  }

  @Override
  public void closeListeners(String holder, List<Address> except) {
    mayDie();
    listeners.close(holder, except);
  }

  @Override
  public User user(String nameOrUid) {
    return null;
  }

  @Override
  public Content read(String path, int limit) {
    if (isOfCgroups(path)) return machine.cgroups.read(path);
    byte[] bytes = path.startsWith("/proc/") ? proc(path) : machine.files.get(path);
    return bytes == null ? new Content(new byte[0], Errno.ENOENT) : new Content(bytes, Errno.OK);
  }

  private boolean isOfCgroups(String path) {
    boolean place = path.equals("/proc/self/cgroup") || path.equals("/proc/self/mountinfo");
    return place || Cgroups.isBelow(path);
  }

  private byte[] proc(String path) {
    if (path.startsWith("/proc/sys/")) return null;
    if (!path.equals("/proc/uptime")) return environ(path);
    long ticks = machine.now() / Machine.TICK;
    String text = ticks / 100 + "." + ticks / 10 % 10 + ticks % 10 + " 0.00\n";
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** A zombie has none. */
  private byte[] environ(String path) {
    SimulatedProcess process = machine.process(Integer.parseInt(path.split("/")[2]));
    if (process == null) return null;
    if (process.zombie || process.cleared) return new byte[0];
    StringBuilder environ = new StringBuilder();
    Map<String, String> marks = process.young ? process.marksBefore : process.marks;
    new TreeMap<>(marks).forEach((name, value) -> environ.append(name + "=" + value + "\0"));
    return environ.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Errno replace(String path, byte[] bytes) {
    try {
      mayDie();
    } catch (Died died) {
      if (!self.zombie) tear(path, bytes);
      throw died;
    }
    boolean record = path.startsWith("/status/") && !path.contains("/.");
    machine.files.put(path, record ? forged(bytes) : bytes);
    if (record) machine.watcher.recorded(this, bytes);
    if (path.equals("/run/configuration")) machine.watcher.accepted();
    return Errno.OK;
  }

  private byte[] forged(byte[] record) {
    return switch (machine.sabotage) {
      case RUN_FORGOTTEN -> with(record, "last_run_ms", 1);
      case DELAY_FORGOTTEN -> with(record, "next_demand_ns", NEVER);
      default -> record;
    };
  }

  private static byte[] with(byte[] record, String name, long value) {
    NvList.Builder list = NvList.builder();
    for (NvPair pair : Sealed.open(record).pairs())
      if (!pair.name().toString().equals(name)) list.add(pair);
    return Sealed.seal(list.number(name, value).build());
  }

  /** As a file system may leave it that does not keep the order of writing and renaming. */
  private void tear(String path, byte[] bytes) {
    // one that is dead leaves all of a file or nothing; what was accepted has to outlive that
    if (path.equals("/run/configuration") || !machine.chance(machine.faults.torn())) return;
    machine.note(self.pid + " leaves " + path + " torn");
    machine.files.put(path, Arrays.copyOf(bytes, machine.random.nextInt(bytes.length)));
    machine.watcher.torn(path);
  }

  @Override
  public Errno openStream(int descriptor, Listener listener) {
    throw new UnsupportedOperationException("descriptor " + descriptor);
  }

  @Override
  public Errno sendStream(int descriptor, byte[] bytes) {
    throw new UnsupportedOperationException("descriptor " + descriptor);
  }

  @Override
  public void closeStream(int descriptor) {
    throw new UnsupportedOperationException("descriptor " + descriptor);
  }

  @Override
  public Errno append(String path, byte[] bytes) {
    if (!Cgroups.isBelow(path)) throw new UnsupportedOperationException(path);
    mayDie();
    return machine.cgroups.write(this, path);
  }

  @Override
  public Errno list(String directory, List<String> into) {
    if (Cgroups.isBelow(directory)) return listCgroup(directory, into);
    String prefix = directory + "/";
    for (String path : machine.files.keySet()) {
      boolean below = path.startsWith(prefix) && path.indexOf('/', prefix.length()) < 0;
      if (below) into.add(path.substring(prefix.length()));
    }
    return into.isEmpty() ? Errno.ENOENT : Errno.OK;
  }

  private Errno listCgroup(String directory, List<String> into) {
    if (!machine.cgroups.has(directory)) return Errno.ENOTDIR;
    machine.cgroups.list(directory, into);
    return Errno.OK;
  }

  @Override
  public Errno delete(String path) {
    mayDie();
    machine.files.remove(path);
    return Errno.OK;
  }

  @Override
  public Errno makeDirectory(String path, int mode) {
    if (!Cgroups.isBelow(path)) return Errno.OK;
    mayDie();
    boolean refused = machine.cgroups.there() && machine.chance(machine.faults.spawn());
    return refused ? Errno.ENOMEM : machine.cgroups.make(path);
  }

  @Override
  public Errno removeDirectory(String path) {
    mayDie();
    return machine.cgroups.remove(path);
  }

  /** Nobody delegates anything here. */
  @Override
  public Content attribute(String path, String name) {
    return new Content(new byte[0], new Errno(61, "ENODATA", "No data available"));
  }

  @Override
  public Errno give(String path, User owner) {
    return Errno.OK;
  }
}
