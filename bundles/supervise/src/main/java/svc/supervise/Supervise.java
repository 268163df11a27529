package svc.supervise;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import svc.os.Content;
import svc.os.Errno;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.ProcessInfo;
import svc.os.Signal;
import svc.os.Spawned;
import svc.os.User;
import svc.service.Declaration;
import svc.service.Keys;
import svc.service.Kind;
import svc.service.Nearest;
import svc.service.Problem;
import svc.service.ServiceState;
import svc.supervise.logic.Action;
import svc.supervise.logic.ChildSetup;
import svc.supervise.logic.PidFile;
import svc.supervise.logic.Service;
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

  /** A pid file holds one number. */
  private static final int PID_FILE_LIMIT = 64;

  /**
   * Linux gives a process at most this much for arguments and environment by default (execve(2), a
   * quarter of 8 MiB).
   */
  private static final int ENVIRON_LIMIT = 2 << 20;

  /** Between two looks at processes that were killed and do not go. */
  private static final long KILL_PAUSE = 1_000_000_000L;

  /** How far up the process table a main process may be from us; deeper than any daemon forks. */
  private static final int ANCESTORS = 64;

  private final Kernel kernel;
  private final ChildSetup setup;
  private final String statusDirectory;
  private final IntConsumer exit;

  private final Map<String, Service> services = new LinkedHashMap<>();
  private final Map<Integer, Service> owners = new HashMap<>();
  private final Map<String, ServiceType> types = new HashMap<>();
  private final Map<Peer, Message> listeners = new LinkedHashMap<>();
  private final Deque<Runnable> pending = new ArrayDeque<>();

  /** When the start command of a service began, as {@link ProcessInfo#started}. */
  private final Map<Service, Long> startedAt = new HashMap<>();

  private final List<Runnable> whenEnded = new ArrayList<>();
  private boolean ending;

  /** When to look again at what is left behind at the end and does not go. */
  private long lookAgain = Kernel.NEVER;

  private boolean deadlineKnown;
  private long deadline;

  /**
   * @param statusDirectory where a record of every service is kept, {@code NAME}, a packed list
   * @param exit ends the process; called with its exit status when everything is down after a wish
   *     to end
   */
  public Supervise(Kernel kernel, ChildSetup setup, String statusDirectory, IntConsumer exit) {
    this.kernel = kernel;
    this.setup = setup;
    this.statusDirectory = statusDirectory;
    this.exit = exit;
  }

  /** Before the first event. */
  public Errno prepare() {
    Errno directories = kernel.makeDirectory(statusDirectory, 0700);
    if (directories.ok()) directories = kernel.makeDirectory(setup.logDirectory(), 0750);
    return directories.ok() ? kernel.becomeSubreaper() : directories;
  }

  // Service types

  public void typeArrived(ServiceType type) {
    types.put(type.name(), type);
    ofType(type, service -> event(service, out -> service.typeArrived(type, kernel.now(), out)));
  }

  public void typeLeft(ServiceType type) {
    if (!types.remove(type.name(), type)) return;
    ofType(type, service -> event(service, out -> service.typeLeft()));
  }

  private void ofType(ServiceType type, Consumer<Service> change) {
    for (Service service : List.copyOf(services.values())) {
      if (service.declaration().type().equals(type.name())) change.accept(service);
    }
  }

  // The kernel

  @Override
  public void exited(int pid, ExitStatus status) {
    Service owner = owners.remove(pid);
    if (owner != null) {
      event(owner, out -> owner.exited(pid, status, kernel.now(), out));
    } else {
      for (Service service : services.values())
        if (service.sweeping()) event(service, service::orphanExited);
    }
    endWhenDown();
  }

  @Override
  public void signalled(Signal signal) {
    shutdown(() -> {});
  }

  @Override
  public void woken(long now) {
    for (Service service : List.copyOf(services.values())) {
      if (service.deadline() <= now) event(service, out -> service.woken(now, out));
    }
    endWhenDown();
  }

  @Override
  public long deadline() {
    if (!deadlineKnown) deadline = earliest();
    deadlineKnown = true;
    return deadline;
  }

  private long earliest() {
    long earliest = lookAgain;
    for (Service service : services.values()) earliest = Math.min(earliest, service.deadline());
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
  }

  private void step(Service service, Consumer<List<Action>> event) {
    List<Action> actions = new ArrayList<>(4);
    event.accept(actions);
    for (Action action : actions) pending.add(() -> action.perform(service, this));
  }

  @Override
  public void spawn(Service service, Action.Spawn action) {
    Declaration declaration = service.declaration();
    String name = declaration.text(Keys.USER);
    User user = name.isEmpty() ? null : kernel.user(name);
    Errno made = prepare(action.directory(), user);
    Spawned spawned =
        made.ok()
            ? kernel.spawn(setup.request(declaration, action.words(), user))
            : new Spawned.Failure(Spawned.Stage.PREPARE, action.directory(), made);
    if (spawned instanceof Spawned.Child child) {
      owners.put(child.pid(), service);
      if (action.task() == Task.START && service.followsPidFile()) noteStart(service, child.pid());
      step(service, out -> service.spawned(action.task(), child.pid(), out));
    } else {
      Spawned.Failure failure = (Spawned.Failure) spawned;
      step(service, out -> service.spawnFailed(action.task(), failure, kernel.now(), out));
    }
  }

  /** Its user passes through the directories above and has this one alone. */
  private Errno prepare(String directory, User user) {
    if (directory.isEmpty()) return Errno.OK;
    String above = directory.substring(0, directory.lastIndexOf('/'));
    Errno errno = kernel.makeDirectory(above, 0711);
    if (errno.ok()) errno = kernel.makeDirectory(directory, 0700);
    return errno.ok() && user != null ? kernel.give(directory, user) : errno;
  }

  private void noteStart(Service service, int pid) {
    ProcessInfo process = kernel.process(pid);
    startedAt.put(service, process == null ? 0 : process.started());
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
    report(service, Signal.KILL, kernel.killGroup(action.pid(), Signal.KILL));
    boolean[] ours = new boolean[1];
    orphans((pid, owner) -> ours[0] |= owner.equals(service.name()) && isIn(pid, action.group()));
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
            && !owners.containsKey(pid)
            && descends(process)
            && !isOfAnother(service, pid);
    PidFile file = PidFile.judge(path, content, process, free, startedAt.getOrDefault(service, 0L));
    if (file.pid() != 0) owners.put(file.pid(), service);
    step(service, out -> service.pidFileRead(file, kernel.now(), out));
  }

  /**
   * Whether a process is below us. A daemon's parent has ended, so it is our child; or its parent
   * is about to end.
   */
  private boolean descends(ProcessInfo process) {
    for (int depth = 0; process != null && depth < ANCESTORS; depth++) {
      if (process.parent() == kernel.pid()) return true;
      process = process.parent() <= 1 ? null : kernel.process(process.parent());
    }
    return false;
  }

  /**
   * Whether a process is marked as another service's: a stale file may name a number that was given
   * again. A daemon that overwrites its environment has no mark.
   */
  private boolean isOfAnother(Service service, int pid) {
    String owner = mark(pid);
    return !owner.isEmpty() && !owner.equals(service.name());
  }

  private String mark(int pid) {
    return setup.mark().serviceOf(kernel.read("/proc/" + pid + "/environ", ENVIRON_LIMIT).bytes());
  }

  @Override
  public void watch(Service service, Action.Watch action) {
    Errno errno = kernel.watch(action.pid());
    if (errno.ok()) return;
    owners.remove(action.pid());
    step(service, out -> service.exited(action.pid(), ExitStatus.UNKNOWN, kernel.now(), out));
  }

  @Override
  public void sweep(Service service, Action.Sweep action) {
    List<Integer> left = new ArrayList<>();
    orphans(
        (pid, owner) -> {
          if (owner.equals(service.name())) addTree(pid, left);
        });
    step(service, out -> service.swept(left, out, kernel.now()));
  }

  /** Our children that no service waits for: what services left behind. */
  private void orphans(BiConsumer<Integer, String> each) {
    List<Integer> children = new ArrayList<>();
    kernel.children(kernel.pid(), children);
    for (int pid : children) {
      ProcessInfo process = owners.containsKey(pid) ? null : kernel.process(pid);
      if (process == null || process.zombie()) continue;
      each.accept(pid, mark(pid));
    }
  }

  private void addTree(int root, List<Integer> tree) {
    int next = tree.size();
    tree.add(root);
    while (next < tree.size()) kernel.children(tree.get(next++), tree);
  }

  @Override
  public void publish(Service service, Action.Publish action) {
    NvList status = Bodies.status(action.status()).build();
    Errno errno = kernel.replace(statusDirectory + "/" + service.name(), status.pack());
    if (!errno.ok())
      System.err.println("svc-supervise: " + service.name() + ": status record: " + errno);
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
      case Method.RESTART ->
          named(peer, request, (service, out) -> service.restart(kernel.now(), out));
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
    event(
        service,
        out -> {
          service.declare(declaration);
          service.start(kernel.now(), out);
        });
    peer.send(request.answer().build());
  }

  private Service create(Declaration declaration) {
    return new Service(declaration, types.get(declaration.type()), kernel.wallClock());
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

  private void forget(Peer peer, Message request) {
    Service service = find(peer, request);
    if (service == null) return;
    if (!rests(service)) {
      peer.send(request.refusal(ErrorCode.WRONG_STATE, service.name() + " is " + service.state()));
      return;
    }
    services.remove(service.name());
    startedAt.remove(service);
    kernel.delete(statusDirectory + "/" + service.name());
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
    List<Integer> left = new ArrayList<>();
    orphans(
        (pid, owner) -> {
          if (!owner.isEmpty()) addTree(pid, left);
        });
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
