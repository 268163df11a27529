package svc.supervise;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import svc.ipc.Bodies;
import svc.ipc.Message;
import svc.ipc.Peer;
import svc.ipc.Responder;
import svc.nv.NvList;
import svc.os.Address;
import svc.os.Content;
import svc.os.Datagram;
import svc.os.Errno;
import svc.os.ExitNote;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.Opened;
import svc.os.ProcessInfo;
import svc.os.Signal;
import svc.os.Spawn;
import svc.os.Spawned;
import svc.os.User;
import svc.service.Declaration;
import svc.service.Keys;
import svc.service.LogFiles;
import svc.service.LogKeeper;
import svc.service.LogSettings;
import svc.service.Marked;
import svc.service.Pipelines;
import svc.service.ServiceState;
import svc.supervise.logic.Action;
import svc.supervise.logic.ChildSetup;
import svc.supervise.logic.EnvironmentFile;
import svc.supervise.logic.Notice;
import svc.supervise.logic.PidFile;
import svc.supervise.logic.Service;
import svc.type.InstalledTypes;
import svc.type.Listener;
import svc.type.ServiceType;
import svc.type.Task;

/**
 * The parent of the services: turns what the kernel and the peers say into events of {@link
 * Service} and performs the actions that come of it. It decides nothing itself.
 *
 * <p>Runs on the kernel's loop thread; {@link #received} and {@link #closed} come from any thread
 * and go there.
 */
public final class Supervise implements Kernel.Events, Responder, Action.Effects {

  /** Linux takes no single variable that is longer (execve(2)), and few have so many. */
  private static final int VARIABLE_FILE_LIMIT = 128 << 10;

  /** sd_listen_fds(3), SD_LISTEN_FDS_START */
  private static final int FIRST_DESCRIPTOR = 3;

  /** Between two looks at processes that were killed and do not go. */
  private static final long KILL_PAUSE = 1_000_000_000L;

  private final Kernel kernel;
  private final ChildSetup setup;
  private final Records records;
  private final Cgroups cgroups;
  private final String exits;
  private final IntConsumer exit;

  private final Map<String, Service> services = new LinkedHashMap<>();
  private final Children children;
  private final Takeover takeover;
  private final Notices notices;
  private final Requests requests;
  private final InstalledTypes types = new InstalledTypes();
  private final Set<LogKeeper> keepers = new LinkedHashSet<>();
  private final Deque<Runnable> pending = new ArrayDeque<>();

  /** When the start command of a service began, as {@link ProcessInfo#started}. */
  private final Map<Service, Long> startedAt = new HashMap<>();

  private final List<Runnable> whenEnded = new ArrayList<>();
  private boolean ending;
  private boolean left;

  /** When to look again at what is left behind at the end and does not go. */
  private long lookAgain = Kernel.NEVER;

  /** Asked to end before we knew what is there. */
  private boolean signalledEarly;

  private boolean deadlineKnown;
  private long deadline;

  /**
   * @param recordDirectory where a record of every service is kept
   * @param exitDirectory where the ends of processes are kept, see {@link ExitNote}
   * @param noticeDirectory where services say how they are, a socket for each
   * @param exit ends the process; called with its exit status when everything is down after a wish
   *     to end
   */
  public Supervise(
      Kernel kernel,
      ChildSetup setup,
      String recordDirectory,
      String exitDirectory,
      String noticeDirectory,
      IntConsumer exit) {
    this.kernel = kernel;
    this.setup = setup;
    this.records = new Records(kernel, recordDirectory);
    this.cgroups = new Cgroups(kernel, records, setup.supervisor());
    this.exits = exitDirectory;
    this.exit = exit;
    this.children = new Children(kernel, exits, new Ends());
    this.takeover = new Takeover(kernel, setup, records, exits, children, new Heir());
    this.notices = new Notices(kernel, noticeDirectory, new Hearer());
    this.requests = new Requests(kernel, this, services);
  }

  /**
   * Another supervisor goes on: what was asked of us and not done yet is asked of that one, and so
   * is who comes to the sockets that were opened here.
   */
  public void leave() {
    left = true;
  }

  /** Finds out whether we can work here; changes nothing that another supervisor would notice. */
  public Errno prepare() {
    Errno made = records.prepare();
    if (made.ok()) made = kernel.makeDirectory(exits, 0700);
    if (made.ok()) made = notices.prepare();
    if (made.ok()) made = kernel.makeDirectory(setup.logDirectory(), 0750);
    if (made.ok()) made = kernel.makeDirectory(LogFiles.outputs(setup.runDirectory()), 0700);
    if (made.ok()) made = kernel.makeDirectory(LogFiles.spools(setup.runDirectory()), 0700);
    if (made.ok()) made = kernel.makeDirectory(Pipelines.inputs(setup.runDirectory()), 0700);
    return made.ok() ? kernel.becomeSubreaper() : made;
  }

  // Taking over

  /**
   * Goes on where the supervisor before us was, see {@link Takeover}. When attached to the kernel,
   * before anybody can ask for anything; loop thread.
   *
   * @param begun is run when we know what is there
   */
  public void begin(Runnable begun) {
    cgroups.begin();
    takeover.begin(
        () -> {
          begun.run();
          if (signalledEarly) shutdown(() -> {});
        });
  }

  private final class Heir implements Takeover.Heir {
    @Override
    public void restore(Records.Record record) {
      Declaration declaration = record.snapshot().declaration();
      Service service = new Service(record.snapshot(), type(declaration.type()));
      add(service);
      if (record.startedAt() != 0) startedAt.put(service, record.startedAt());
    }

    @Override
    public Service create(Declaration declaration) {
      return Supervise.this.create(declaration);
    }

    @Override
    public void add(Service service) {
      services.put(service.name(), service);
      keepers.forEach(keeper -> keepLog(keeper, service));
      holdPipes(service.declaration());
    }

    @Override
    public Map<String, Service> services() {
      return services;
    }

    @Override
    public void event(Service service, Consumer<List<Action>> event) {
      Supervise.this.event(service, event);
    }

    @Override
    public void deadlineChanged() {
      deadlineKnown = false;
    }
  }

  // Processes

  private final class Ends implements Children.Ends {
    @Override
    public void ended(Service service, int pid, ExitStatus status) {
      endLine(service, pid);
      event(service, out -> service.exited(pid, status, kernel.now(), out));
    }

    @Override
    public void endedUnheard(Service service, int pid, ExitStatus status) {
      endLine(service, pid);
      event(service, out -> service.endedUnheard(pid, status, kernel.now(), out));
    }

    @Override
    public void deadlineChanged() {
      deadlineKnown = false;
    }
  }

  // What services say

  private final class Hearer implements Notices.Hearer {
    @Override
    public void said(String name, Datagram said) {
      Service service = heard(name);
      if (service == null || !isFrom(service, said.pid())) return;
      Notice notice = Notice.of(said.bytes());
      if (notice.mainPid() != 0) mainIs(service, notice.mainPid());
      event(service, out -> service.notified(notice, kernel.now(), out));
    }

    @Override
    public void line(String name) {
      Service service = heard(name);
      if (service != null) event(service, out -> service.ready(kernel.now()));
    }

    @Override
    public void closed(String name) {
      Service service = heard(name);
      if (service != null) event(service, out -> service.closedWithoutALine(kernel.now(), out));
    }

    private Service heard(String name) {
      return left ? null : services.get(name);
    }
  }

  /** One that has ended by now cannot be asked, and its socket is not everybody's. */
  private boolean isFrom(Service service, int pid) {
    Service owner = children.owner(pid);
    if (owner != null) return owner == service;
    return kernel.process(pid) == null || isOf(service, pid);
  }

  private void mainIs(Service service, int pid) {
    ProcessInfo process = kernel.process(pid);
    boolean free = process != null && !process.zombie() && !children.isKnown(pid);
    if (!free || service.main() == 0 || !isOf(service, pid)) return;
    children.add(service, pid, process.started());
    event(service, out -> service.mainIs(pid, out));
  }

  // Service types

  public void typeArrived(ServiceType type) {
    types.arrived(type);
    ofType(type, service -> event(service, out -> service.typeArrived(type, kernel.now(), out)));
  }

  public void typeLeft(ServiceType type) {
    ServiceType before = types.get(type.name());
    types.left(type);
    ServiceType now = types.get(type.name());
    if (now == before) return;
    if (now == null) ofType(type, service -> event(service, out -> service.typeLeft()));
    else ofType(now, service -> event(service, out -> service.typeArrived(now, kernel.now(), out)));
  }

  private void ofType(ServiceType type, Consumer<Service> change) {
    if (left) return;
    for (Service service : List.copyOf(services.values())) {
      if (service.declaration().type().equals(type.name())) change.accept(service);
    }
  }

  // Logs

  /** Who keeps logs hears of all that there are: of some that rest not all may be written. */
  public void keeperArrived(LogKeeper keeper) {
    keepers.add(keeper);
    keeper.tell((name, problem) -> kernel.execute(() -> logged(name, problem)));
    for (Service service : services.values()) keepLog(keeper, service);
  }

  public void keeperLeft(LogKeeper keeper) {
    keepers.remove(keeper);
    for (Service service : List.copyOf(services.values())) logged(service.name(), "");
  }

  /** One who takes over from another says himself what he cannot write. */
  private void logged(String name, String problem) {
    Service service = services.get(name);
    if (left || service == null || service.status().logProblem().equals(problem)) return;
    event(service, out -> service.logged(problem));
  }

  private static void keepLog(LogKeeper keeper, Service service) {
    Declaration declaration = service.declaration();
    if (LogSettings.wants(declaration)) keeper.keep(service.name(), LogSettings.of(declaration));
    if (rests(service)) keeper.release(service.name());
  }

  /**
   * What one service has written for another stays there while both are gone, and the manager too.
   * Where that cannot be, spawning says so: it opens the same.
   */
  private void holdPipes(Declaration declaration) {
    for (String fifo : Pipelines.fifos(setup.runDirectory(), declaration)) kernel.holdFifo(fifo);
  }

  /** A command of the service may end in the middle of a line of its main process. */
  private void endLine(Service service, int pid) {
    if (service.status().pid() == pid) keepers.forEach(keeper -> keeper.ended(service.name()));
  }

  // The kernel

  /** Until we know what is there, the kernel keeps what it tells. */
  @Override
  public void exited(int pid, ExitStatus status) {
    if (!takeover.isOver()) return;
    if (!children.exited(pid, status)) {
      for (Service service : services.values())
        if (service.sweeping()) event(service, service::orphanExited);
    }
    endWhenDown();
  }

  @Override
  public void signalled(Signal signal) {
    signalledEarly = !takeover.isOver();
    if (!signalledEarly) shutdown(() -> {});
  }

  @Override
  public void woken(long now) {
    if (!takeover.isOver()) {
      takeover.goOn();
      return;
    }
    for (Service service : List.copyOf(services.values())) {
      if (service.deadline() <= now) event(service, out -> service.woken(now, out));
    }
    children.woken(now);
    endWhenDown();
  }

  @Override
  public long deadline() {
    if (!deadlineKnown) deadline = earliest();
    deadlineKnown = true;
    return deadline;
  }

  private long earliest() {
    if (!takeover.isOver()) return takeover.deadline();
    long earliest = Math.min(lookAgain, children.deadline());
    for (Service service : services.values()) earliest = Math.min(earliest, service.deadline());
    return earliest;
  }

  // Events in, actions out

  /**
   * Lets a service take one event, performs what it wants, and what comes of that, then tells its
   * status.
   */
  void event(Service service, Consumer<List<Action>> event) {
    step(service, event);
    while (!pending.isEmpty()) pending.remove().run();
    step(service, out -> service.publish(kernel.wallClock(), out));
    while (!pending.isEmpty()) pending.remove().run();
    deadlineKnown = false;
    requests.answerReloads();
  }

  private void step(Service service, Consumer<List<Action>> event) {
    List<Action> actions = new ArrayList<>(4);
    event.accept(actions);
    for (Action action : actions) pending.add(() -> action.perform(service, this));
  }

  @Override
  public void spawn(Service service, Action.Spawn action) {
    User user = user(service);
    boolean starts = action.task() == Task.START || action.task() == Task.MAIN;
    List<Integer> sockets = starts ? open(service) : List.of();
    if (sockets == null) return;
    keepers.forEach(keeper -> keepLog(keeper, service));
    holdPipes(service.declaration());
    Spawned spawned = prepareAndSpawn(service, action, user, sockets);
    if (spawned instanceof Spawned.Child child) {
      begun(service, child.pid(), action.task());
      if (action.task() == Task.MAIN && sockets.isEmpty()) noteRun(service);
      step(service, out -> service.spawned(action.task(), child.pid(), kernel.now(), out));
    } else {
      Spawned.Failure failure = (Spawned.Failure) spawned;
      step(service, out -> service.spawnFailed(action.task(), failure, kernel.now(), out));
    }
  }

  private Spawned prepareAndSpawn(
      Service service, Action.Spawn action, User user, List<Integer> sockets) {
    boolean starts = action.task() == Task.START || action.task() == Task.MAIN;
    Spawned.Failure problem = starts ? prepare(service, action.directory(), user) : null;
    if (problem != null) return problem;
    List<String> variables = new ArrayList<>();
    Spawned.Failure unread = readVariables(service.declaration(), variables);
    if (unread != null) return unread;
    List<String> more = handedOn(service, action.task(), sockets);
    Spawn request = setup.request(service.declaration(), action, user, variables);
    if (!more.isEmpty()) request = request.with(more, sockets);
    boolean line = action.task() == Task.START && service.launch().writesALine();
    if (line) request = request.with(notices.outlet(service));
    String witness = records.witness(service.name(), action.number());
    request = request.with(request.attributes().witnessedBy(witness));
    boolean apart = service.declaration().flag(Keys.CGROUP);
    return apart ? cgroups.spawn(service.name(), request) : kernel.spawn(request);
  }

  /**
   * Reads the files with a service's variables, as they are now.
   *
   * @param into {@code NAME=value}, a later one in place of an earlier one
   * @return what is wrong, or null
   */
  private Spawned.Failure readVariables(Declaration declaration, List<String> into) {
    for (ChildSetup.VariableFile file : ChildSetup.environmentFiles(declaration)) {
      Content content = kernel.read(file.path(), VARIABLE_FILE_LIMIT);
      if (file.optional() && content.errno().equals(Errno.ENOENT)) continue;
      if (!content.errno().ok()) return unread(file.path(), content.errno());
      EnvironmentFile read = EnvironmentFile.parse(new String(content.bytes(), UTF_8));
      if (!read.ok()) return unread(file.path() + ":" + read.badLine(), Errno.EINVAL);
      into.addAll(read.variables());
    }
    return null;
  }

  private static Spawned.Failure unread(String subject, Errno errno) {
    return new Spawned.Failure(Spawned.Stage.ENVIRONMENT, subject, errno);
  }

  private List<String> handedOn(Service service, Task task, List<Integer> sockets) {
    List<String> more = new ArrayList<>();
    if (!sockets.isEmpty()) more.addAll(ChildSetup.listening(service.name(), sockets.size()));
    switch (task) {
      case START, MAIN -> {
        if (service.speaks())
          more.addAll(ChildSetup.speaking(notices.socket(service), service.watchdog()));
      }
      case STOP, CHECK, RELOAD -> {
        if (service.main() != 0) more.add("MAINPID=" + service.main());
      }
    }
    return more;
  }

  @Override
  public void openNotices(Service service, Action.OpenNotices action) {
    boolean gap = notices.openAgain(service, user(service));
    step(service, out -> service.listening(gap));
  }

  @Override
  public void closeNotices(Service service, Action.CloseNotices action) {
    notices.close(service);
  }

  /** Who it runs as, or null where it does not say or nobody knows that user. */
  private User user(Service service) {
    String name = service.declaration().text(Keys.USER);
    return name.isEmpty() ? null : kernel.user(name);
  }

  /**
   * Opens a service's sockets, those that are not open, and closes what it had at other addresses.
   *
   * @return their descriptors, or null when that failed, which the service has been told then
   */
  private List<Integer> open(Service service) {
    if (service.listens()) kernel.closeListeners(service.name(), addresses(service));
    List<Integer> descriptors = new ArrayList<>();
    User owner = service.launch().listeners().isEmpty() ? null : user(service);
    for (Listener each : service.launch().listeners()) {
      Address address = Address.parse(each.address()).orElse(null);
      Opened opened =
          address == null
              ? new Opened(-1, Errno.EINVAL)
              : kernel.listen(service.name(), address, each.mode(), each.backlog(), owner);
      if (!opened.errno().ok()) {
        String problem = "cannot listen on " + each.address() + ": " + opened.errno();
        step(service, out -> service.listenFailed(problem, kernel.now(), out));
        return null;
      }
      descriptors.add(opened.descriptor());
    }
    return descriptors;
  }

  @Override
  public void awaitDemand(Service service, Action.AwaitDemand action) {
    List<Integer> sockets = open(service);
    if (sockets == null) return;
    for (int socket : sockets) {
      Errno errno = kernel.awaitDemand(socket, () -> demanded(service));
      if (!errno.ok()) throw new IllegalStateException(service.name() + ": epoll: " + errno);
    }
    step(service, out -> service.waiting(kernel.now(), kernel.wallClock(), out));
  }

  private static List<Address> addresses(Service service) {
    return service.launch().listeners().stream()
        .flatMap(each -> Address.parse(each.address()).stream())
        .toList();
  }

  private void demanded(Service service) {
    if (left || services.get(service.name()) != service) return;
    event(service, out -> service.demanded(kernel.now(), kernel.wallClock(), out));
  }

  @Override
  public void readClock(Service service, Action.ReadClock action) {
    step(service, out -> service.waiting(kernel.now(), kernel.wallClock(), out));
  }

  /** What cannot be had again stays with the program, and is opened anew when that has ended. */
  @Override
  public void takeListeners(Service service, Action.TakeListeners action) {
    int number = FIRST_DESCRIPTOR;
    for (Address address : addresses(service)) {
      Opened taken = kernel.takeListener(service.name(), address, action.pid(), number++);
      if (!taken.errno().ok())
        System.err.println(
            "svc-supervise: "
                + service.name()
                + ": a socket stays with its program alone: "
                + taken.errno());
    }
  }

  @Override
  public void closeListeners(Service service, Action.CloseListeners action) {
    kernel.closeListeners(service.name(), List.of());
  }

  /** What has to be there before its process is; null when it is. */
  private Spawned.Failure prepare(Service service, String directory, User user) {
    Errno made = prepare(directory, user);
    if (!made.ok()) return new Spawned.Failure(Spawned.Stage.PREPARE, directory, made);
    int descriptor = service.launch().readiness().descriptor();
    if (service.launch().writesALine()
        && descriptor < FIRST_DESCRIPTOR + service.launch().listeners().size())
      return new Spawned.Failure(
          Spawned.Stage.OUTPUT, "descriptor " + descriptor + " beside its sockets", Errno.EINVAL);
    Errno opened = notices.openAnew(service, user);
    return opened.ok()
        ? null
        : new Spawned.Failure(Spawned.Stage.PREPARE, notices.socket(service), opened);
  }

  /** Its user passes through the directories above and has this one alone. */
  private Errno prepare(String directory, User user) {
    if (directory.isEmpty()) return Errno.OK;
    String above = directory.substring(0, directory.lastIndexOf('/'));
    Errno errno = kernel.makeDirectory(above, 0711);
    if (errno.ok()) errno = kernel.makeDirectory(directory, 0700);
    return errno.ok() && user != null ? kernel.give(directory, user) : errno;
  }

  private void begun(Service service, int pid, Task task) {
    ProcessInfo process = kernel.process(pid);
    long started = process == null ? 0 : process.started();
    children.add(service, pid, started);
    if (task == Task.START) startedAt.put(service, started);
  }

  @Override
  public void signalGroup(Service service, Action.SignalGroup action) {
    report(service, action.signal(), kernel.killGroup(action.group(), action.signal()));
  }

  @Override
  public void signalMain(Service service, Action.SignalMain action) {
    ProcessInfo process = kernel.process(action.pid());
    if (process == null) return;
    // 0 for a group that was begun outside our pid namespace
    Errno errno =
        process.group() > 1 ? kernel.killGroup(process.group(), action.signal()) : Errno.ESRCH;
    // it left the group between our look and our signal
    if (errno.equals(Errno.ESRCH)) errno = kernel.kill(action.pid(), action.signal());
    report(service, action.signal(), errno);
  }

  @Override
  public void endGroup(Service service, Action.EndGroup action) {
    if (action.pid() != 0)
      report(service, Signal.KILL, kernel.killGroup(action.pid(), Signal.KILL));
    boolean[] ours = new boolean[1];
    orphans(
        takeover.isInherited(service),
        (pid, owner) -> ours[0] |= owner.equals(service.name()) && isIn(pid, action.group()));
    if (ours[0]) report(service, Signal.KILL, kernel.killGroup(action.group(), Signal.KILL));
  }

  private boolean isIn(int pid, int group) {
    ProcessInfo process = kernel.process(pid);
    return process != null && process.group() == group;
  }

  @Override
  public void signal(Service service, Action.SignalEach action) {
    for (int pid : action.pids())
      report(service, action.signal(), kernel.kill(pid, action.signal()));
  }

  @Override
  public void killCgroup(Service service, Action.KillCgroup action) {
    cgroups.kill(service.name());
  }

  private void report(Service service, Signal signal, Errno errno) {
    if (errno.ok() || errno.equals(Errno.ESRCH)) return;
    System.err.println(
        "svc-supervise: " + service.name() + ": cannot send " + signal + ": " + errno);
  }

  @Override
  public void readPidFile(Service service, Action.ReadPidFile action) {
    String path = ChildSetup.resolve(service.declaration(), action.path());
    Content content = kernel.read(path, PidFile.LIMIT);
    int pid = PidFile.number(content.bytes());
    ProcessInfo process = pid == 0 ? null : kernel.process(pid);
    boolean free =
        process != null
            && !children.isKnown(pid)
            && (takeover.isInherited(service) ? isOf(service, pid) : descends(process))
            && !isOfAnother(service, pid);
    PidFile file = PidFile.judge(path, content, process, free, startedAt.getOrDefault(service, 0L));
    if (file.pid() != 0) children.add(service, pid, process.started());
    step(service, out -> service.pidFileRead(file, kernel.now(), out));
  }

  @Override
  public void clearPidFile(Service service, Action.ClearPidFile action) {
    String path = ChildSetup.resolve(service.declaration(), action.path());
    if (PidFile.number(kernel.read(path, PidFile.LIMIT).bytes()) == action.pid())
      kernel.delete(path);
  }

  /**
   * Whether a process is below us. A daemon's parent has ended, so it is our child; or its parent
   * is about to end.
   */
  private boolean descends(ProcessInfo process) {
    return Marked.descends(process, kernel.pid(), kernel);
  }

  /**
   * Whether a process is marked as another service's: a stale file may name a number that was given
   * again. A daemon that overwrites its environment has no mark.
   */
  private boolean isOf(Service service, int pid) {
    return mark(pid).equals(service.name());
  }

  private boolean isOfAnother(Service service, int pid) {
    String owner = mark(pid);
    return !owner.isEmpty() && !owner.equals(service.name());
  }

  private String mark(int pid) {
    Marked marked = Marked.of(kernel, setup.mark(), pid);
    return marked == null ? "" : marked.service();
  }

  @Override
  public void watch(Service service, Action.Watch action) {
    children.watch(action.pid());
  }

  @Override
  public void sweep(Service service, Action.Sweep action) {
    Set<Integer> left = new LinkedHashSet<>();
    boolean everywhere = takeover.isInherited(service);
    orphans(
        everywhere,
        (pid, owner) -> {
          if (owner.equals(service.name())) addTree(pid, left);
        });
    if (everywhere) left.removeIf(pid -> !isAlive(pid) || kernel.watch(pid).equals(Errno.ESRCH));
    addFromCgroup(service, left);
    if (left.isEmpty()) takeover.cleared(service);
    step(service, out -> service.swept(List.copyOf(left), out, kernel.now()));
  }

  /** What has lost its mark; of what somebody else put there nobody tells us the end unasked. */
  private void addFromCgroup(Service service, Set<Integer> left) {
    List<Integer> members = new ArrayList<>();
    cgroups.processes(service.name(), members);
    for (int pid : members) {
      if (left.contains(pid) || children.isKnown(pid)) continue;
      ProcessInfo process = kernel.process(pid);
      if (process == null) continue;
      boolean gone = !descends(process) && kernel.watch(pid).equals(Errno.ESRCH);
      if (!gone) left.add(pid);
    }
  }

  private boolean isAlive(int pid) {
    ProcessInfo process = kernel.process(pid);
    return process != null && !process.zombie();
  }

  /**
   * What services left behind: our children that no service waits for.
   *
   * @param everywhere not only among our children, but whatever on the machine we or a supervisor
   *     before us started
   */
  private void orphans(boolean everywhere, BiConsumer<Integer, String> each) {
    List<Integer> candidates = new ArrayList<>();
    if (everywhere) kernel.processes(candidates);
    else kernel.children(kernel.pid(), candidates);
    for (int pid : candidates) {
      Marked marked = children.isKnown(pid) ? null : Marked.of(kernel, setup.mark(), pid);
      if (marked == null || marked.start() == null) continue;
      if (everywhere && !marked.isOf(setup.supervisor())) continue;
      each.accept(pid, marked.service());
    }
  }

  private void addTree(int root, Set<Integer> tree) {
    List<Integer> below = new ArrayList<>(List.of(root));
    for (int next = 0; next < below.size(); next++) kernel.children(below.get(next), below);
    tree.addAll(below);
  }

  @Override
  public void remember(Service service, Action.Remember action) {
    Map<Integer, Long> processes = new LinkedHashMap<>();
    for (int pid : service.processes()) {
      Long started = children.started(service, pid);
      if (started != null) processes.put(pid, started);
    }
    Errno errno =
        records.write(
            new Records.Record(
                action.snapshot(), processes, startedAt.getOrDefault(service, 0L), kernel.now()));
    if (!errno.ok()) System.err.println("svc-supervise: " + service.name() + ": record: " + errno);
    processes.keySet().forEach(children::keepExit);
  }

  @Override
  public void publish(Service service, Action.Publish action) {
    if (rests(service)) {
      keepers.forEach(keeper -> keeper.release(service.name()));
      cgroups.remove(service.name());
    }
    requests.publish(Bodies.status(action.status()).build());
  }

  // Peers

  @Override
  public void received(Peer peer, NvList message) {
    kernel.execute(
        () -> {
          if (left) return;
          requests.answer(peer, Message.of(message));
          endWhenDown();
        });
  }

  @Override
  public void closed(Peer peer) {
    kernel.execute(() -> requests.closed(peer));
  }

  Service create(Declaration declaration) {
    long ran = RunNote.read(kernel, setup.logDirectory(), declaration.name());
    return new Service(declaration, type(declaration.type()), kernel.wallClock(), ran);
  }

  private void noteRun(Service service) {
    Errno errno = RunNote.write(kernel, setup.logDirectory(), service.name(), service.lastRun());
    if (!errno.ok())
      System.err.println("svc-supervise: " + service.name() + ": time of its run: " + errno);
  }

  /** The type of that name that is here, or null. */
  ServiceType type(String name) {
    return types.get(name);
  }

  /** Another declaration of a service, of another type only where nothing of it runs. */
  void declare(Service service, Declaration declaration) {
    takeover.declared(service);
    records.declare(declaration);
    if (!service.isOfType(declaration)) service.become(type(declaration.type()));
    service.declare(declaration);
  }

  void forget(Service service) {
    services.remove(service.name());
    startedAt.remove(service);
    takeover.cleared(service);
    records.delete(service.name());
  }

  // The end

  /** Stops everything; ends when nothing runs any more. */
  void shutdown(Runnable done) {
    whenEnded.add(done);
    if (ending) return;
    ending = true;
    for (Service service : List.copyOf(services.values())) {
      event(service, out -> service.stop(kernel.now(), out));
    }
    endWhenDown();
  }

  boolean isEnding() {
    return ending;
  }

  private void endWhenDown() {
    if (!ending || whenEnded.isEmpty() || !services.values().stream().allMatch(Supervise::rests))
      return;
    boolean left = killLeftovers();
    lookAgain = left ? kernel.now() + KILL_PAUSE : Kernel.NEVER;
    deadlineKnown = false;
    if (left) return;
    cgroups.removeAll();
    List<Runnable> waiting = List.copyOf(whenEnded);
    whenEnded.clear();
    waiting.forEach(Runnable::run);
    exit.accept(0);
  }

  /**
   * Kills what services left behind; every end brings another look, since it makes new orphans.
   * Children without a mark are not ours alone: another role may run in this process.
   *
   * @return whether there was anything
   */
  private boolean killLeftovers() {
    Set<Integer> left = new LinkedHashSet<>();
    orphans(takeover.foundAnything(), (pid, owner) -> addTree(pid, left));
    cgroups.killAll(left);
    for (int pid : left) kernel.kill(pid, Signal.KILL);
    return !left.isEmpty();
  }

  static boolean rests(Service service) {
    ServiceState state = service.state();
    return state == ServiceState.DOWN
        || state == ServiceState.FAILED
        || state == ServiceState.NO_TYPE;
  }
}
