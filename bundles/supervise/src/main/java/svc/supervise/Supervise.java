package svc.supervise;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import svc.ipc.Bodies;
import svc.ipc.ErrorCode;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.ipc.Peer;
import svc.ipc.Responder;
import svc.nv.NvList;
import svc.os.Address;
import svc.os.Attributes;
import svc.os.Content;
import svc.os.Datagram;
import svc.os.Errno;
import svc.os.ExitKeeper;
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
import svc.service.Kind;
import svc.service.LogFiles;
import svc.service.LogKeeper;
import svc.service.LogSettings;
import svc.service.Marked;
import svc.service.Nearest;
import svc.service.Problem;
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

  /** A pid file holds one number. */
  private static final int PID_FILE_LIMIT = 64;

  /** sd_listen_fds(3), SD_LISTEN_FDS_START */
  private static final int FIRST_DESCRIPTOR = 3;

  /** Between two looks at processes that were killed and do not go. */
  private static final long KILL_PAUSE = 1_000_000_000L;

  /** Between two looks for the exit status of a process that somebody else reaps. */
  private static final long ASK_PAUSE = 1_000_000L;

  private static final long ASK_PAUSE_MAX = 100_000_000L;

  /**
   * Subreapers of ours reap at once; who has not by then is none, and its children stay zombies.
   */
  private static final long ASK_PATIENCE = 1_000_000_000L;

  /** A process of a service. */
  private static final class Child {
    final int pid;
    final Service service;

    /** As {@link ProcessInfo#started}. */
    final long started;

    /** When to ask again how it ended, or NEVER. */
    long nextAsk = Kernel.NEVER;

    long pause = ASK_PAUSE;

    /** When it has ended for so long that nobody will say how. */
    long giveUp = Kernel.NEVER;

    /** Whether there is a note that its end is to be added to. */
    boolean noted;

    Child(int pid, Service service, long started) {
      this.pid = pid;
      this.service = service;
      this.started = started;
    }
  }

  private final Kernel kernel;
  private final ChildSetup setup;
  private final Records records;
  private final String exits;
  private final String notices;
  private final IntConsumer exit;

  private final Map<String, Service> services = new LinkedHashMap<>();
  private final Map<Integer, Child> children = new HashMap<>();

  /** Those that have ended, nobody knows how; their numbers may be others' by now. */
  private final Set<Child> asking = new LinkedHashSet<>();

  /** Those of whose processes some may not be ours to inherit: another runtime started them. */
  private final Set<Service> inherited = new HashSet<>();

  /** The same of services of which there is no record, until they are declared. */
  private final Set<String> leftBehind = new HashSet<>();

  /** Whether there ever was one. */
  private boolean takenOver;

  private final InstalledTypes types = new InstalledTypes();
  private final Set<LogKeeper> keepers = new LinkedHashSet<>();
  private final Map<Peer, Message> listeners = new LinkedHashMap<>();
  private final Deque<Runnable> pending = new ArrayDeque<>();

  /** A request that is answered when its service has read its configuration. */
  private record Reload(Service service, Peer peer, Message request) {}

  private final List<Reload> reloads = new ArrayList<>();

  /** When the start command of a service began, as {@link ProcessInfo#started}. */
  private final Map<Service, Long> startedAt = new HashMap<>();

  private final List<Runnable> whenEnded = new ArrayList<>();
  private boolean ending;
  private boolean left;

  /** When to look again at what is left behind at the end and does not go. */
  private long lookAgain = Kernel.NEVER;

  /** Until we know what is there; null from then on. */
  private Runnable whenBegun = () -> {};

  private long adoptAt = Kernel.NEVER;
  private long adoptBy;
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
    this.exits = exitDirectory;
    this.notices = noticeDirectory;
    this.exit = exit;
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
    if (made.ok()) made = kernel.makeDirectory(notices, 0711);
    if (made.ok()) made = kernel.makeDirectory(setup.logDirectory(), 0750);
    if (made.ok()) made = kernel.makeDirectory(LogFiles.outputs(setup.runDirectory()), 0700);
    if (made.ok()) made = kernel.makeDirectory(LogFiles.spools(setup.runDirectory()), 0700);
    return made.ok() ? kernel.becomeSubreaper() : made;
  }

  // Taking over

  /**
   * Goes on where the supervisor before us was, in this process or in one that died: its records
   * say what it knew, the processes say what has become of it. When attached to the kernel, before
   * anybody can ask for anything; loop thread.
   *
   * @param begun is run when we know what is there
   */
  public void begin(Runnable begun) {
    kernel.keepExits(exits, false);
    whenBegun = begun;
    adoptBy = kernel.now() + ASK_PATIENCE;
    adoptOrWait();
  }

  /** What has ended and is not reaped yet may be what we look for: there is a note of it soon. */
  private void adoptOrWait() {
    List<Records.Record> all = records.all();
    boolean wait = all.stream().anyMatch(this::mayHaveEnded) && kernel.now() < adoptBy;
    adoptAt = wait ? kernel.now() + ASK_PAUSE : Kernel.NEVER;
    deadlineKnown = false;
    if (wait) return;
    adopt(all);
    Runnable begun = whenBegun;
    whenBegun = null;
    begun.run();
    if (signalledEarly) shutdown(() -> {});
  }

  private boolean mayHaveEnded(Records.Record record) {
    if (record.snapshot().spawning() == null) return false;
    long after = ExitKeeper.ticks(kernel, record.writtenAt());
    List<Integer> pids = new ArrayList<>();
    kernel.processes(pids);
    for (int pid : pids) {
      ProcessInfo process = kernel.process(pid);
      boolean leads = process != null && process.session() == pid;
      if (leads && process.zombie() && process.started() >= after) return true;
    }
    return false;
  }

  private void adopt(List<Records.Record> all) {
    List<Marked> marked = new ArrayList<>(Marked.all(kernel, setup.mark()));
    marked.removeIf(process -> !process.isOf(setup.supervisor()));
    for (Records.Record record : all) restore(record);
    for (Marked process : marked) findLost(process, marked);
    for (Records.Record record : all) adopt(record, marked);
    for (Service service : List.copyOf(services.values())) {
      event(service, out -> service.resume(kernel.now(), out));
    }
  }

  private void restore(Records.Record record) {
    Declaration declaration = record.snapshot().declaration();
    Service service = new Service(record.snapshot(), types.get(declaration.type()));
    services.put(declaration.name(), service);
    keepers.forEach(keeper -> keepLog(keeper, service));
    if (record.startedAt() != 0) startedAt.put(service, record.startedAt());
  }

  /** A service of ours runs of which there is no record, or a torn one. */
  private void findLost(Marked process, List<Marked> marked) {
    String name = process.service();
    if (services.containsKey(name)) return;
    leftBehind.add(name);
    takenOver = true;
    Marked leader = Marked.leader(marked, name, 0);
    if (leader == null) return; // it is below a manager, which knows what it is
    Service service = create(records.declaration(name));
    boolean leads = leader.process().session() == leader.pid();
    if (!leads && service.leadsASession()) return; // left behind by one that is no more
    System.err.println("svc-supervise: " + name + ": found running as " + leader.pid());
    services.put(name, service);
    keepers.forEach(keeper -> keepLog(keeper, service));
    if (leftBehind.remove(name)) inherited.add(service);
    service.found(leader.pid(), leader.start().number(), kernel.now());
    if (!service.processes().contains(leader.pid())) return;
    follow(service, leader.pid(), leader.process().started());
  }

  private void adopt(Records.Record record, List<Marked> marked) {
    Service service = services.get(record.snapshot().declaration().name());
    String name = service.name();
    boolean strange =
        marked.stream().anyMatch(each -> each.service().equals(name) && !descends(each.process()));
    if (strange) inherited.add(service);
    takenOver |= strange;
    for (int pid : service.processes()) {
      if (pid != 0) adopt(service, pid, record.processes().getOrDefault(pid, 0L));
    }
    if (service.spawning() != null) adoptSpawned(record, service, marked);
  }

  private void adopt(Service service, int pid, long started) {
    ProcessInfo process = kernel.process(pid);
    boolean there = process != null && process.started() == started;
    if (there) follow(service, pid, started);
    if (!children.containsKey(pid)) endedUnheard(service, pid, keptExit(pid, started));
  }

  /** Its number may be somebody else's by now. */
  private void endedUnheard(Service service, int pid, ExitStatus status) {
    endLine(service, pid);
    event(service, out -> service.endedUnheard(pid, status, kernel.now(), out));
    if (!children.containsKey(pid)) forgetExit(pid);
  }

  /** Hears of the end of a process that may be anybody's child. */
  private void follow(Service service, int pid, long started) {
    Errno watched = kernel.watch(pid);
    if (watched.equals(Errno.ESRCH)) return;
    Child child = new Child(pid, service, started);
    if (!watched.ok()) askAgain(child); // nobody tells its end, so it is looked for
    ExitNote note = ExitNote.read(kernel, ExitNote.path(exits, pid));
    child.noted = note != null && note.started() == started;
    children.put(pid, child);
  }

  /**
   * A process was about to be spawned, and may have been: it carries the number of that start. One
   * that has ended since is an orphan that somebody above us kept; one of which nobody knows was
   * never there, and is spawned when the service goes on.
   */
  private void adoptSpawned(Records.Record record, Service service, List<Marked> marked) {
    Marked leader = Marked.leader(marked, service.name(), service.number());
    ExitKeeper.Orphan orphan = ExitKeeper.firstOrphan(kernel, exits, record.writtenAt());
    if (leader != null && orphan == null && isInPidFile(service, leader.pid())) {
      event(service, out -> service.leftBehind());
    } else if (leader != null && (orphan == null || isSpawned(service, leader, orphan))) {
      adoptLiving(service, leader.pid(), leader.process().started());
    } else if (orphan != null) {
      adoptOrphan(service, orphan);
    }
  }

  /** It is the daemon, and the start command that left it has ended, nobody knows how. */
  private boolean isInPidFile(Service service, int pid) {
    if (!service.followsPidFile() || service.spawning() == Task.STOP) return false;
    String path =
        ChildSetup.resolve(service.declaration(), service.snapshot().procedure().pidFile());
    return PidFile.number(kernel.read(path, PID_FILE_LIMIT).bytes()) == pid;
  }

  /**
   * Which of two came of our spawning, when one has ended: a start command that leaves others
   * behind is the first of all; a service that lives is never taken for one that does not.
   */
  private static boolean isSpawned(Service service, Marked leader, ExitKeeper.Orphan orphan) {
    boolean command = service.spawning() != Task.STOP && !service.isItsChild();
    return !command || leader.process().started() < orphan.note().started();
  }

  private void adoptLiving(Service service, int pid, long started) {
    Task task = service.spawning();
    follow(service, pid, started);
    event(service, out -> service.spawned(task, pid, kernel.now(), out));
    if (!children.containsKey(pid)) endedUnheard(service, pid, keptExit(pid, started));
  }

  private void adoptOrphan(Service service, ExitKeeper.Orphan orphan) {
    Task task = service.spawning();
    ExitStatus status = orphan.note().status();
    kernel.delete(ExitKeeper.orphan(exits, orphan.pid()));
    event(service, out -> service.spawned(task, orphan.pid(), kernel.now(), out));
    event(service, out -> service.endedUnheard(orphan.pid(), status, kernel.now(), out));
  }

  /** What a process says of its end who has reaped it, or that nobody knows. */
  private ExitStatus keptExit(int pid, long started) {
    for (String path : List.of(ExitNote.path(exits, pid), ExitKeeper.orphan(exits, pid))) {
      ExitNote note = ExitNote.read(kernel, path);
      if (note != null && note.started() == started && note.status() != null) return note.status();
    }
    return ExitStatus.UNKNOWN;
  }

  /** Not before it is in the record: a note that nobody knows of would hide an orphan. */
  private void keepExit(int pid, Child child) {
    if (child.noted) return;
    child.noted = true;
    String path = ExitNote.path(exits, pid);
    ExitNote last = ExitNote.read(kernel, path);
    // the number was somebody else's, who has not asked yet
    boolean wanted = last != null && last.status() != null && last.started() != child.started;
    if (wanted) kernel.replace(ExitKeeper.orphan(exits, pid), last.bytes());
    Errno errno = kernel.replace(path, new ExitNote(child.started, null).bytes());
    if (!errno.ok()) System.err.println("svc-supervise: " + exits + "/" + pid + ": " + errno);
  }

  private void forgetExit(int pid) {
    kernel.delete(ExitNote.path(exits, pid));
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
    for (Service service : services.values()) keepLog(keeper, service);
  }

  public void keeperLeft(LogKeeper keeper) {
    keepers.remove(keeper);
  }

  private static void keepLog(LogKeeper keeper, Service service) {
    Declaration declaration = service.declaration();
    if (LogSettings.wants(declaration)) keeper.keep(service.name(), LogSettings.of(declaration));
    if (rests(service)) keeper.release(service.name());
  }

  /** A command of the service may end in the middle of a line of its main process. */
  private void endLine(Service service, int pid) {
    if (service.status().pid() == pid) keepers.forEach(keeper -> keeper.ended(service.name()));
  }

  // The kernel

  /** Until we know what is there, the kernel keeps what it tells. */
  @Override
  public void exited(int pid, ExitStatus status) {
    if (whenBegun != null) return;
    Child child = children.get(pid);
    if (child == null) {
      for (Service service : services.values())
        if (service.sweeping()) event(service, service::orphanExited);
    } else if (status.kind() == ExitStatus.Kind.UNKNOWN) {
      child.giveUp = kernel.now() + ASK_PATIENCE;
      ask(child);
    } else {
      ended(child, status);
    }
    endWhenDown();
  }

  /**
   * Looks how a process ended that was not our child: whoever reaps it makes a note before it is
   * gone, so when it is gone there is a note, or nobody will ever know.
   */
  private void ask(Child child) {
    int pid = child.pid;
    ProcessInfo process = kernel.process(pid);
    boolean gone = process == null || process.started() != child.started;
    ExitStatus status = keptExit(pid, child.started);
    boolean known = status.kind() != ExitStatus.Kind.UNKNOWN;
    boolean ended = gone || process.zombie();
    if (ended && child.giveUp == Kernel.NEVER) child.giveUp = kernel.now() + ASK_PATIENCE;
    if (known || gone || kernel.now() >= child.giveUp) {
      children.remove(pid, child);
      asking.remove(child);
      endedUnheard(child.service, pid, status);
    } else if (process.zombie() || !kernel.watch(pid).ok()) {
      askAgain(child);
    } else {
      asking.remove(child);
      deadlineKnown = false;
    }
  }

  private void askAgain(Child child) {
    asking.add(child);
    child.nextAsk = kernel.now() + child.pause;
    child.pause = Math.min(2 * child.pause, ASK_PAUSE_MAX);
    deadlineKnown = false;
  }

  /** The note goes when the end is written down: it is counted once, whenever we die. */
  private void ended(Child child, ExitStatus status) {
    int pid = child.pid;
    children.remove(pid);
    asking.remove(child);
    endLine(child.service, pid);
    event(child.service, out -> child.service.exited(pid, status, kernel.now(), out));
    if (!children.containsKey(pid)) forgetExit(pid);
  }

  @Override
  public void signalled(Signal signal) {
    signalledEarly = whenBegun != null;
    if (!signalledEarly) shutdown(() -> {});
  }

  @Override
  public void woken(long now) {
    if (whenBegun != null) {
      adoptOrWait();
      return;
    }
    for (Service service : List.copyOf(services.values())) {
      if (service.deadline() <= now) event(service, out -> service.woken(now, out));
    }
    for (Child each : List.copyOf(asking)) if (each.nextAsk <= now) ask(each);
    endWhenDown();
  }

  @Override
  public long deadline() {
    if (!deadlineKnown) deadline = earliest();
    deadlineKnown = true;
    return deadline;
  }

  private long earliest() {
    if (whenBegun != null) return adoptAt;
    long earliest = lookAgain;
    for (Service service : services.values()) earliest = Math.min(earliest, service.deadline());
    for (Child child : asking) earliest = Math.min(earliest, child.nextAsk);
    return earliest;
  }

  // Events in, actions out

  /**
   * Lets a service take one event, performs what it wants, and what comes of that, then tells its
   * status.
   */
  private void event(Service service, Consumer<List<Action>> event) {
    step(service, event);
    while (!pending.isEmpty()) pending.remove().run();
    step(service, out -> service.publish(kernel.wallClock(), out));
    while (!pending.isEmpty()) pending.remove().run();
    deadlineKnown = false;
    if (!reloads.isEmpty()) answerReloads();
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
    boolean line = action.task() == Task.START && service.writesALine();
    return kernel.spawn(line ? request.with(outletOf(service)) : request);
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
        if (service.speaks()) more.addAll(ChildSetup.speaking(notice(service), service.watchdog()));
      }
      case STOP, CHECK, RELOAD -> {
        if (service.main() != 0) more.add("MAINPID=" + service.main());
      }
    }
    return more;
  }

  // What services say

  private String notice(Service service) {
    return notices + "/" + service.name();
  }

  /** Its user alone can say something in its name, and root. */
  private Errno hear(Service service, User user) {
    String path = notice(service);
    Errno errno = kernel.openDatagrams(path, 0600, said -> heard(service.name(), said));
    return errno.ok() && user != null ? kernel.give(path, user) : errno;
  }

  /** No service's name begins with a point. */
  private String outlet(Service service) {
    return notices + "/." + service.name();
  }

  private Attributes.Outlet outletOf(Service service) {
    return new Attributes.Outlet(outlet(service), service.readiness().descriptor());
  }

  private Errno hearLine(Service service, boolean anew) {
    String name = service.name();
    return kernel.openOutlet(outlet(service), anew, piece -> heardLine(name, piece));
  }

  /** Whatever comes before the line's end is part of it. */
  private void heardLine(String name, byte[] piece) {
    Service service = services.get(name);
    if (left || service == null) return;
    boolean line = new String(piece, ISO_8859_1).indexOf('\n') >= 0;
    if (line) event(service, out -> service.ready(kernel.now()));
    else if (piece.length == 0)
      event(service, out -> service.closedWithoutALine(kernel.now(), out));
  }

  private void heard(String name, Datagram said) {
    Service service = services.get(name);
    if (left || service == null || !isFrom(service, said.pid())) return;
    Notice notice = Notice.of(said.bytes());
    if (notice.mainPid() != 0) mainIs(service, notice.mainPid());
    event(service, out -> service.notified(notice, kernel.now(), out));
  }

  /** One that has ended by now cannot be asked, and its socket is not everybody's. */
  private boolean isFrom(Service service, int pid) {
    Child child = children.get(pid);
    if (child != null) return child.service == service;
    return kernel.process(pid) == null || isOf(service, pid);
  }

  private void mainIs(Service service, int pid) {
    ProcessInfo process = kernel.process(pid);
    boolean free = process != null && !process.zombie() && !children.containsKey(pid);
    if (!free || service.main() == 0 || !isOf(service, pid)) return;
    children.put(pid, new Child(pid, service, process.started()));
    event(service, out -> service.mainIs(pid, out));
  }

  @Override
  public void openNotices(Service service, Action.OpenNotices action) {
    boolean gap = !kernel.isOpen(service.writesALine() ? outlet(service) : notice(service));
    Errno errno = service.speaks() ? hear(service, user(service)) : Errno.OK;
    if (errno.ok() && service.writesALine()) errno = hearLine(service, false);
    if (!errno.ok()) System.err.println("svc-supervise: " + notice(service) + ": " + errno);
    step(service, out -> service.listening(gap));
  }

  @Override
  public void closeNotices(Service service, Action.CloseNotices action) {
    kernel.closeInlet(notice(service));
    kernel.closeInlet(outlet(service));
  }

  /** Who it runs as, or null where it does not say or nobody knows that user. */
  private User user(Service service) {
    String name = service.declaration().text(Keys.USER);
    return name.isEmpty() ? null : kernel.user(name);
  }

  /**
   * Opens a service's sockets, those that are not open.
   *
   * @return their descriptors, or null when that failed, which the service has been told then
   */
  private List<Integer> open(Service service) {
    List<Integer> descriptors = new ArrayList<>();
    User owner = service.listeners().isEmpty() ? null : user(service);
    for (Listener each : service.listeners()) {
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
    if (!service.listeners().isEmpty()) kernel.closeListeners(service.name(), addresses(service));
    List<Integer> sockets = open(service);
    if (sockets == null) return;
    for (int socket : sockets) {
      Errno errno = kernel.awaitDemand(socket, () -> demanded(service));
      if (!errno.ok()) throw new IllegalStateException(service.name() + ": epoll: " + errno);
    }
    step(service, out -> service.waiting(kernel.now(), kernel.wallClock(), out));
  }

  private static List<Address> addresses(Service service) {
    return service.listeners().stream()
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
    Errno heard = service.speaks() ? hear(service, user) : Errno.OK;
    int descriptor = service.readiness().descriptor();
    if (service.writesALine() && descriptor < FIRST_DESCRIPTOR + service.listeners().size())
      return new Spawned.Failure(
          Spawned.Stage.OUTPUT, "descriptor " + descriptor + " beside its sockets", Errno.EINVAL);
    if (heard.ok() && service.writesALine()) heard = hearLine(service, true);
    return heard.ok() ? null : new Spawned.Failure(Spawned.Stage.PREPARE, notice(service), heard);
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
    children.put(pid, new Child(pid, service, started));
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
        inherited.contains(service),
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

  private void report(Service service, Signal signal, Errno errno) {
    if (errno.ok() || errno.equals(Errno.ESRCH)) return;
    System.err.println(
        "svc-supervise: " + service.name() + ": cannot send " + signal + ": " + errno);
  }

  @Override
  public void readPidFile(Service service, Action.ReadPidFile action) {
    String path = ChildSetup.resolve(service.declaration(), action.path());
    Content content = kernel.read(path, PID_FILE_LIMIT);
    int pid = PidFile.number(content.bytes());
    ProcessInfo process = pid == 0 ? null : kernel.process(pid);
    boolean free =
        process != null
            && !children.containsKey(pid)
            && (inherited.contains(service) ? isOf(service, pid) : descends(process))
            && !isOfAnother(service, pid);
    PidFile file = PidFile.judge(path, content, process, free, startedAt.getOrDefault(service, 0L));
    if (file.pid() != 0) children.put(pid, new Child(pid, service, process.started()));
    step(service, out -> service.pidFileRead(file, kernel.now(), out));
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
    Errno errno = kernel.watch(action.pid());
    if (errno.equals(Errno.ESRCH)) exited(action.pid(), ExitStatus.UNKNOWN);
    else if (!errno.ok()) askAgain(children.get(action.pid()));
  }

  @Override
  public void sweep(Service service, Action.Sweep action) {
    Set<Integer> left = new LinkedHashSet<>();
    boolean everywhere = inherited.contains(service);
    orphans(
        everywhere,
        (pid, owner) -> {
          if (owner.equals(service.name())) addTree(pid, left);
        });
    if (everywhere) left.removeIf(pid -> !isAlive(pid) || kernel.watch(pid).equals(Errno.ESRCH));
    if (left.isEmpty()) inherited.remove(service);
    step(service, out -> service.swept(List.copyOf(left), out, kernel.now()));
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
      Marked marked = children.containsKey(pid) ? null : Marked.of(kernel, setup.mark(), pid);
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
      Child child = children.get(pid);
      if (child != null && child.service == service) processes.put(pid, child.started);
    }
    Errno errno =
        records.write(
            new Records.Record(
                action.snapshot(), processes, startedAt.getOrDefault(service, 0L), kernel.now()));
    if (!errno.ok()) System.err.println("svc-supervise: " + service.name() + ": record: " + errno);
    for (int pid : processes.keySet()) keepExit(pid, children.get(pid));
  }

  @Override
  public void publish(Service service, Action.Publish action) {
    if (rests(service)) keepers.forEach(keeper -> keeper.release(service.name()));
    NvList status = Bodies.status(action.status()).build();
    listeners
        .entrySet()
        .removeIf(listener -> !tell(listener.getKey(), listener.getValue(), status));
  }

  private static boolean tell(Peer peer, Message request, NvList status) {
    return peer.send(request.answer().list("service", status).build());
  }

  // Peers

  @Override
  public void received(Peer peer, NvList message) {
    kernel.execute(() -> answer(peer, Message.of(message)));
  }

  @Override
  public void closed(Peer peer) {
    kernel.execute(() -> listeners.remove(peer));
  }

  private void answer(Peer peer, Message request) {
    if (left) return;
    if (!request.ok()) {
      peer.send(request.refusal(request.error(), "the envelope is not complete"));
      return;
    }
    if (request.reply()) {
      peer.send(request.refusal(ErrorCode.IS_REPLY, "a reply, where a request was expected"));
      return;
    }
    switch (request.method()) {
      case Method.START -> start(peer, request);
      case Method.STOP -> named(peer, request, (service, out) -> service.stop(kernel.now(), out));
      case Method.RESTART -> restart(peer, request);
      case Method.DECLARE -> declare(peer, request);
      case Method.RELOAD_SERVICE -> reload(peer, request);
      case Method.KILL -> kill(peer, request);
      case Method.FORGET -> forget(peer, request);
      case Method.STATUS -> peer.send(statuses(request));
      case Method.EVENTS -> listen(peer, request);
      case Method.SHUTDOWN -> shutdown(() -> peer.send(request.answer().build()));
      default -> peer.send(request.refusal(ErrorCode.NO_METHOD, "no method " + request.method()));
    }
    endWhenDown();
  }

  private void start(Peer peer, Message request) {
    Declaration declaration = Bodies.declaration(request.list().list("declaration", NvList.EMPTY));
    String problem = ending ? "everything is being stopped" : problem(declaration);
    if (!problem.isEmpty()) {
      peer.send(request.refusal(ErrorCode.INVALID, problem));
      return;
    }
    Service service = services.computeIfAbsent(declaration.name(), name -> create(declaration));
    if (!isOfType(service, declaration) && !rests(service)) {
      String text = service.name() + " runs as " + service.declaration().type();
      peer.send(request.refusal(ErrorCode.WRONG_STATE, text));
      return;
    }
    if (leftBehind.remove(declaration.name())) inherited.add(service);
    event(
        service,
        out -> {
          declare(service, declaration);
          service.start(kernel.now(), out);
        });
    peer.send(request.answer().build());
  }

  private void declare(Peer peer, Message request) {
    Declaration declaration = Bodies.declaration(request.list().list("declaration", NvList.EMPTY));
    Service service = services.get(declaration.name());
    String problem = service == null ? "no such service" : problem(declaration);
    if (problem.isEmpty() && !isOfType(service, declaration)) problem = "of another type";
    if (problem.isEmpty()) event(service, out -> declare(service, declaration));
    peer.send(request.outcome(problem.isEmpty() ? ErrorCode.OK : ErrorCode.INVALID, problem));
  }

  private static boolean isOfType(Service service, Declaration declaration) {
    return service.declaration().type().equals(declaration.type());
  }

  private void declare(Service service, Declaration declaration) {
    records.declare(declaration);
    if (!isOfType(service, declaration)) service.become(types.get(declaration.type()));
    service.declare(declaration);
  }

  /** With a declaration the next instance is by that one. */
  private void restart(Peer peer, Message request) {
    NvList list = request.list().list("declaration", NvList.EMPTY);
    Declaration declaration = Bodies.declaration(list);
    named(
        peer,
        request,
        (service, out) -> {
          boolean usable = problem(declaration).isEmpty() && isOfType(service, declaration);
          if (list.exists("service") && usable) declare(service, declaration);
          service.restart(kernel.now(), out);
        });
  }

  private Service create(Declaration declaration) {
    long ran = RunNote.read(kernel, setup.logDirectory(), declaration.name());
    return new Service(declaration, types.get(declaration.type()), kernel.wallClock(), ran);
  }

  private void noteRun(Service service) {
    Errno errno = RunNote.write(kernel, setup.logDirectory(), service.name(), service.lastRun());
    if (!errno.ok())
      System.err.println("svc-supervise: " + service.name() + ": time of its run: " + errno);
  }

  /**
   * The manager has checked it; a mistake found here is one more that does not reach a machine's
   * state.
   */
  private String problem(Declaration declaration) {
    if (!Kind.isName(declaration.name())) return "no service name: \"" + declaration.name() + "\"";
    ServiceType type = types.get(declaration.type());
    if (type == null) return "";
    List<Problem> problems = Keys.check(declaration, type.keys());
    if (problems.isEmpty()) problems = type.check(declaration);
    return problems.isEmpty() ? "" : problems.get(0).toString();
  }

  private void named(Peer peer, Message request, BiConsumer<Service, List<Action>> wish) {
    Service service = find(peer, request);
    if (service == null) return;
    event(service, out -> wish.accept(service, out));
    peer.send(request.answer().build());
  }

  private Service find(Peer peer, Message request) {
    String name = request.list().string("service", "");
    Service service = services.get(name);
    if (service == null) {
      String text = "no service " + name + Nearest.hint(name, services.keySet());
      peer.send(request.refusal(ErrorCode.NO_SERVICE, text));
    }
    return service;
  }

  /** Answered when it is through. */
  private void reload(Peer peer, Message request) {
    Service service = find(peer, request);
    if (service == null) return;
    String refusal = service.reloadRefusal();
    if (!refusal.isEmpty()) {
      peer.send(request.refusal(ErrorCode.WRONG_STATE, refusal));
      return;
    }
    reloads.add(new Reload(service, peer, request));
    event(service, out -> service.reload(kernel.now(), out));
  }

  private void answerReloads() {
    List<Reload> over = reloads.stream().filter(reload -> !reload.service.reloading()).toList();
    reloads.removeAll(over);
    for (Reload each : over) {
      String problem = each.service.reloadProblem();
      ErrorCode code = problem.isEmpty() ? ErrorCode.OK : ErrorCode.FAILED;
      each.peer.send(each.request.outcome(code, each.service.name() + ": " + problem));
    }
  }

  private void kill(Peer peer, Message request) {
    Service service = find(peer, request);
    if (service == null) return;
    Signal signal = Signal.of(request.list().number("signal", 0)).orElse(null);
    boolean[] sent = new boolean[1];
    boolean mainOnly = request.list().bool("main", false);
    if (signal != null) event(service, out -> sent[0] = service.kill(signal, mainOnly, out));
    if (sent[0]) peer.send(request.answer().build());
    else if (signal == null) peer.send(request.refusal(ErrorCode.INVALID, "no such signal"));
    else {
      String text = service.name() + " is " + service.state() + ": nothing of it runs";
      peer.send(request.refusal(ErrorCode.WRONG_STATE, text));
    }
  }

  private void forget(Peer peer, Message request) {
    Service service = find(peer, request);
    if (service == null) return;
    if (!rests(service)) {
      peer.send(request.refusal(ErrorCode.WRONG_STATE, service.name() + " is " + service.state()));
      return;
    }
    services.remove(service.name());
    startedAt.remove(service);
    inherited.remove(service);
    records.delete(service.name());
    peer.send(request.answer().build());
  }

  private NvList statuses(Message request) {
    List<NvList> statuses = new ArrayList<>();
    for (Service service : services.values()) statuses.add(Bodies.status(service.status()).build());
    NvList.Builder answer = request.answer().number("pid", kernel.pid());
    return (statuses.isEmpty() ? answer : answer.lists("services", statuses)).build();
  }

  private void listen(Peer peer, Message request) {
    if (peer.send(statuses(request))) listeners.put(peer, request);
  }

  // The end

  /** Stops everything; ends when nothing runs any more. */
  private void shutdown(Runnable done) {
    whenEnded.add(done);
    if (ending) return;
    ending = true;
    for (Service service : List.copyOf(services.values())) {
      event(service, out -> service.stop(kernel.now(), out));
    }
    endWhenDown();
  }

  private void endWhenDown() {
    if (!ending || whenEnded.isEmpty() || !services.values().stream().allMatch(Supervise::rests))
      return;
    boolean left = killLeftovers();
    lookAgain = left ? kernel.now() + KILL_PAUSE : Kernel.NEVER;
    deadlineKnown = false;
    if (left) return;
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
    orphans(takenOver, (pid, owner) -> addTree(pid, left));
    for (int pid : left) kernel.kill(pid, Signal.KILL);
    return !left.isEmpty();
  }

  private static boolean rests(Service service) {
    ServiceState state = service.state();
    return state == ServiceState.DOWN
        || state == ServiceState.FAILED
        || state == ServiceState.NO_TYPE;
  }
}
