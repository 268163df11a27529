package svc.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import svc.ipc.Bodies;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.ipc.Sealed;
import svc.manager.Manager;
import svc.manager.logic.Graph;
import svc.manager.logic.Pin;
import svc.nv.NvList;
import svc.os.ExitStatus;
import svc.os.Signal;
import svc.service.Declaration;
import svc.service.Keys;
import svc.service.ServiceState;
import svc.service.Status;
import svc.type.Procedure;
import svc.type.ServiceType;
import svc.type.Task;
import svc.type.Verdict;

/**
 * What must never be. Looks at the machine's own processes and at what passes between manager and
 * supervisors, and believes neither of them.
 *
 * <ol>
 *   <li>There are never two main instances of a service.
 *   <li>A service is ordered to start when all that it requires is up, and nothing that it
 *       conflicts with runs; it is ordered to stop when nothing runs that requires it.
 *   <li>Up, down, failed and backing-off are said only when the machine agrees.
 *   <li>Every exit is counted once: restarts and the last exit are what the machine counted.
 *   <li>A manager or supervisor that takes over from one that died leaves what is up alone.
 *   <li>Other declarations leave alone what they do not change.
 *   <li>What is pinned is not ordered to be otherwise, until everything ends.
 *   <li>When all is at rest, nothing that is up began before what it follows came up.
 *   <li>What is up is signalled only when its end was asked for.
 *   <li>Every line that a service wrote is in its log once and in order, or on its way ({@link
 *       Logging}).
 *   <li>What runs on demand does so when it is asked for ({@link OnDemandRules}).
 * </ol>
 *
 * <p>An end counts when a supervisor has written down that it knows of it: until then its successor
 * has to find out.
 */
final class Rules implements Machine.Watcher {

  private Graph graph;
  private Supplier<Manager> current = () -> null;
  private final Map<String, ServiceType> types;
  final OnDemandRules onDemand;

  /** The last declaration of each service that ever was. */
  private final Map<String, Declaration> declared = new HashMap<>();

  /** A reload is about to be carried out. */
  private boolean accepted;

  private final Map<String, Known> known = new LinkedHashMap<>();
  private final Set<Told> told = new HashSet<>();
  private Machine machine;
  private SimulatedWorld world;

  /** An end that a runtime heard of, from a pidfd that knows no status or as the parent. */
  private record Told(SimulatedKernel kernel, SimulatedProcess process, boolean reaped) {}

  /** A service as the manager heard of it, and as the machine counted it. */
  private final class Known {
    final String name;

    /** What the manager heard last. */
    ServiceState heard = ServiceState.DOWN;

    /** The number and the method of the order that is not answered. */
    long order;

    String ordered = "";

    Count count = new Count();

    /** Its record was torn. */
    boolean torn;

    Known(String name) {
      this.name = name;
    }

    boolean rests() {
      boolean down = heard == ServiceState.DOWN || heard == ServiceState.FAILED;
      return order == 0 && down || abandoned() && living(name).isEmpty();
    }

    private boolean abandoned() {
      return dead.contains(supervisor(name));
    }
  }

  /** What the machine counted of a service since a wish started it anew. */
  private static final class Count implements Cloneable {
    ServiceState published = ServiceState.DOWN;

    /** Of the last start that was written down. */
    long number;

    /** The process of that start, or null when there could be none. */
    SimulatedProcess last;

    /** Those that were spawned to start it or are the service, and of whose end nobody knows. */
    List<SimulatedProcess> running = new ArrayList<>();

    /** By which its supervisor has it. */
    Declaration declaration;

    /** By which it was started last. */
    Declaration started;

    ExitStatus lastExit;
    boolean lastEnded;

    /** It ended by itself, so the next start is a restart. */
    boolean owed;

    /** Its going down was asked for. */
    boolean wished;

    int restarts;

    /** When the instance that there is began, and when it came up. */
    long beganAt;

    long upAt;

    /** {@link Status#since} then. */
    long since;

    Count copy() {
      try {
        Count copy = (Count) clone();
        copy.running = new ArrayList<>(running);
        return copy;
      } catch (CloneNotSupportedException impossible) {
        throw new AssertionError(impossible);
      }
    }
  }

  /** One service follows another. */
  private record Following(String service, String other) {}

  /** Since when nobody has forgotten that. */
  private final Map<Following, Long> followings = new HashMap<>();

  /** Services that somebody asked to restart, and that have not begun since. */
  private final Set<String> restarted = new HashSet<>();

  /** Supervisors that ended and have no successor yet. */
  private final Set<String> dead = new HashSet<>();

  Rules(Graph graph, Map<String, ServiceType> types) {
    this.graph = graph;
    this.types = types;
    this.onDemand = new OnDemandRules(types);
    for (String service : graph.services()) {
      known.put(service, new Known(service));
      declared.put(service, graph.declaration(service));
    }
    learnFollowings(0);
  }

  private void learnFollowings(long now) {
    Set<Following> all = new HashSet<>();
    for (String service : graph.services())
      for (String other : graph.follows(service)) all.add(new Following(service, other));
    followings.keySet().retainAll(all);
    for (Following each : all) followings.putIfAbsent(each, now);
  }

  /**
   * @param current the manager that works, or worked last; null before there is one
   * @param supervisors the runtime of the supervisor of a name that lives and has begun, or null
   */
  void of(
      Machine machine,
      SimulatedWorld world,
      Supplier<Manager> current,
      Function<String, SimulatedKernel> supervisors) {
    this.machine = machine;
    this.onDemand.of(machine, service -> supervisors.apply(supervisor(service)));
    this.world = world;
    this.current = current;
  }

  @Override
  public void accepted() {
    accepted = true;
  }

  /** The services as they are declared now, and those that are leaving. */
  Graph graph() {
    Manager manager = current.get();
    Graph now = manager == null ? graph : manager.graph();
    if (now == graph) return graph;
    Graph before = graph;
    graph = now;
    for (String service : now.services()) {
      known.computeIfAbsent(service, Known::new);
      declared.put(service, now.declaration(service));
    }
    learnFollowings(machine.now());
    if (accepted) reloaded(before);
    accepted = false;
    return graph;
  }

  /** What a reload may end, until it begins anew: it may be late, and its manager die before. */
  private final Set<String> moved = new TreeSet<>();

  /** Whatever stands by itself, and so does all that it needs, is left alone. */
  private void reloaded(Graph before) {
    untouched.clear();
    for (String service : graph.services())
      if (!graph.closure(List.of(service)).stream().allMatch(each -> isSame(before, each)))
        moved.add(service);
    if (ending) return;
    leaveAlone(each -> isSame(before, each));
  }

  /** What stands by itself, with all that it needs, if that is also so of each. */
  private void leaveAlone(Predicate<String> also) {
    for (String service : graph.services()) {
      boolean all =
          graph.closure(List.of(service)).stream()
              .allMatch(each -> standsByItself(each) && also.test(each));
      boolean stays = all && !moved.contains(service);
      if (stays && !living(service).isEmpty()) untouched.add(service);
    }
  }

  private boolean isSame(Graph before, String service) {
    Declaration old = before.declaration(service);
    if (old == null || !current.get().declares(service)) return false;
    if (!before.conflicts(service).isEmpty()) return false; // it may be giving way already
    return old.entries().equals(graph.declaration(service).entries());
  }

  // Managers

  /**
   * What is up, with all that it needs, since the last manager began and before anything happened.
   */
  private final Set<String> untouched = new TreeSet<>();

  /** Another manager begins, and knows of nothing. */
  void managerBegan() {
    known.values().forEach(Rules::unknow);
    untouched.clear();
    graph(); // as it is now
    leaveAlone(each -> true);
    if (machine.sabotage == Sabotage.SURVIVORS_HIDDEN) {
      for (SimulatedProcess process : machine.alive()) process.hidden = true;
    }
  }

  private boolean standsByItself(String service) {
    boolean up = known.get(service).count.published == ServiceState.UP;
    return up
        && isThere(service)
        && followed(service).stream().noneMatch(other -> isNewer(other, service))
        && !unwanted.containsKey(service)
        && !restarted.contains(service)
        && graph().conflicts(service).isEmpty()
        && !locals.contains(supervisor(service));
  }

  /** A service that follows another has not done so yet. */
  private boolean isNewer(String other, String service) {
    boolean asked = restarted.contains(other) || isReplaced(other);
    return asked || known.get(other).count.upAt > known.get(service).count.beganAt;
  }

  /** Its end may be something that no supervisor has heard of yet. */
  private boolean isThere(String service) {
    Procedure.Main main = main(service);
    boolean runs = main == Procedure.Main.CHILD || main == Procedure.Main.PID_FILE;
    return !runs || living(service).stream().anyMatch(process -> process.instance);
  }

  /** Something happened that a manager may rightly answer with a stop. */
  void wished() {
    graph(); // a reload before it counts before it
    untouched.clear();
  }

  /**
   * Services that somebody asked to send a signal to, and that have been up, or on their way there,
   * since.
   */
  private final Set<String> signalled = new HashSet<>();

  /** How many such requests are on their way for each. */
  private final Map<String, Integer> kills = new HashMap<>();

  /** One of them is answered. */
  void killed(List<String> services) {
    for (String each : services) kills.merge(each, -1, Integer::sum);
  }

  /** Services that somebody asked to end, and nobody to start since; with the last such wish. */
  private final Map<String, Long> unwanted = new HashMap<>();

  /** How many wishes there were. */
  private long wishes;

  /** Somebody asks for something; says as how many-th. */
  long wished(String method, List<String> services) {
    wished();
    wishes++;
    if (method.equals(Method.RESTART)) restarted.addAll(services);
    if (method.equals(Method.KILL)) signalled.addAll(services);
    if (method.equals(Method.KILL)) services.forEach(each -> kills.merge(each, 1, Integer::sum));
    if (!method.equals(Method.START)) services.forEach(each -> unwanted.put(each, wishes));
    if (method.equals(Method.SHUTDOWN))
      graph().services().forEach(each -> unwanted.put(each, wishes));
    return wishes;
  }

  /** A wish was carried out: not before is it known that a manager heard of it. */
  void granted(String method, List<String> services, long wish) {
    if (!method.equals(Method.START)) return;
    Set<String> all = graph().closure(services);
    unwanted.entrySet().removeIf(each -> all.contains(each.getKey()) && each.getValue() < wish);
  }

  /** A service that a manager found up and has no reason to stop, for a sabotage; or empty. */
  String untouched(String supervisor) {
    return untouched.stream().filter(s -> supervisor(s).equals(supervisor)).findFirst().orElse("");
  }

  // Orders

  /** The service that a request is about, or empty. */
  static String subject(Message request) {
    return switch (request.method()) {
      case Method.START -> request.list().list("declaration", NvList.EMPTY).string("service", "");
      case Method.STOP, Method.RESTART -> request.list().string("service", "");
      default -> "";
    };
  }

  /** Services of which a client knows that they are pinned, and how. */
  private final Map<String, String> pins = new HashMap<>();

  /** Who asked last for a service to be pinned otherwise. */
  private final Map<String, Client> pinners = new HashMap<>();

  /** Somebody asks for them to be pinned otherwise. */
  void unsure(List<String> services, Client client) {
    services.forEach(pins::remove);
    services.forEach(service -> pinners.put(service, client));
  }

  /** What he asked for is done; somebody else may have asked for something else meanwhile. */
  void pinned(List<String> services, String pin, Client client) {
    for (String service : services)
      if (!pin.equals("none") && pinners.get(service) == client) pins.put(service, pin);
  }

  private void checkPin(String service, String method) {
    String pin = pins.getOrDefault(service, "");
    boolean wrong =
        pin.equals("up") && method.equals(Method.STOP)
            || pin.equals("down") && method.equals(Method.START);
    boolean replaced = isReplaced(service);
    if (wrong && !ending && !replaced && current.get().declares(service))
      throw new BrokenRule(service + " is pinned " + pin + ", and is told to " + method);
  }

  private boolean isPinnedUp(String service) {
    return current.get().view(service).pin() == Pin.UP;
  }

  private boolean ending;

  /** Everything is to go down. */
  void ends() {
    ending = true;
    wished();
  }

  void asked(String supervisor, Message request) {
    graph();
    String service = subject(request);
    if (service.isEmpty()) return;
    Known node = known.get(service);
    // one that has moved to another supervisor is ended where it was
    boolean sentAway = request.method().equals(Method.STOP);
    if (!supervisor(service).equals(supervisor) && sentAway) return;
    if (node.order != 0) throw new BrokenRule(service + " has two orders at once");
    if (!supervisor(service).equals(supervisor)) {
      throw new BrokenRule(service + " is ordered from " + supervisor);
    }
    boolean replaced = isReplaced(service);
    boolean ends = !request.method().equals(Method.START);
    if (ends && untouched.contains(service) && !replaced) {
      throw new BrokenRule(service + " was left up, and is told to " + request.method());
    }
    checkPin(service, request.method());
    switch (request.method()) {
      case Method.START -> checkStart(service);
      case Method.STOP -> checkStop(service);
      default -> {}
    }
    node.order = request.id();
    node.ordered = request.method();
  }

  private void checkStart(String service) {
    for (String required : graph().requires(service)) {
      Known other = known.get(required);
      boolean up = other.heard == ServiceState.UP || mayBeSkipped(required);
      if (!up) throw new BrokenRule(service + " starts, and " + required + " is " + other.heard);
      if (dead.contains(supervisor(required)) && !mayBeSkipped(required)) {
        throw new BrokenRule(service + " starts, and the supervisor of " + required + " is dead");
      }
      if (other.order != 0 && !other.ordered.equals(Method.START)) {
        throw new BrokenRule(
            service + " starts, and " + required + " was told to " + other.ordered);
      }
    }
    for (String other : graph().conflicts(service)) {
      if (!known.get(other).rests()) {
        throw new BrokenRule(service + " starts, and " + other + " runs, which conflicts");
      }
    }
  }

  /** It has a condition, of which somebody was told that it is not met; nothing of it runs. */
  private boolean mayBeSkipped(String service) {
    boolean conditional = declared.get(service).has(Keys.PATH_EXISTS);
    boolean runs = living(service).stream().anyMatch(process -> process.instance);
    return conditional && world.wasMissing(service) && !runs;
  }

  private void checkStop(String service) {
    // restarted as what it is declared to be now, which leaves alone what requires it
    if (isReplaced(service)) return;
    if (hasToFollow(service)) return; // and so may those that follow it, of which it is no matter
    for (String other : requiredBy(service)) {
      if (isPinnedUp(other)) continue;
      if (!known.get(other).rests()) {
        throw new BrokenRule(
            service + " stops, and " + other + " requires it and is " + known.get(other).heard);
      }
    }
  }

  /** One that it follows, by way of others or not, has begun anew, or is about to. */
  private boolean hasToFollow(String service) {
    long began = known.get(service).count.beganAt;
    return followed(service).stream().anyMatch(other -> isStirred(other, began));
  }

  /** Those that it follows, by way of others or not. */
  private Set<String> followed(String service) {
    Set<String> followed = new TreeSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(service));
    while (!open.isEmpty()) {
      String each = open.remove();
      if (!graph().services().contains(each)) continue;
      for (String next : graph().follows(each)) if (followed.add(next)) open.add(next);
    }
    return followed;
  }

  /** It is declared to be of another type than it is. */
  private boolean isReplaced(String service) {
    return !declaration(service).type().equals(declared.get(service).type());
  }

  private boolean isStirred(String followed, long since) {
    Known node = known.get(followed);
    return node.heard != ServiceState.UP
        || node.order != 0
        || node.count.upAt > since
        || restarted.contains(followed)
        || isReplaced(followed);
  }

  private List<String> requiredBy(String service) {
    return graph().services().stream()
        .filter(other -> graph().requires(other).contains(service))
        .toList();
  }

  /** A service whose start would break the rule, for a sabotage; or empty. */
  String startTooEarly() {
    for (String service : graph().services()) {
      boolean early =
          graph().requires(service).stream()
              .anyMatch(required -> known.get(required).heard != ServiceState.UP);
      if (early && known.get(service).order == 0) return service;
    }
    return "";
  }

  /** A service whose stop would break the rule, for a sabotage; or empty. */
  String stopTooEarly() {
    for (String service : graph().services()) {
      boolean used =
          requiredBy(service).stream().anyMatch(other -> known.get(other).heard == ServiceState.UP);
      if (used && known.get(service).order == 0) return service;
    }
    return "";
  }

  /** The manager looks at an answer. */
  void heard(String supervisor, Message answer) {
    Status news = Bodies.status(answer.list().list("service", NvList.EMPTY));
    if (news != null) {
      if (supervisor(news.service()).equals(supervisor)) hear(news);
    } else if (answer.method().equals(Method.EVENTS)) {
      dead.remove(supervisor);
      for (Known node : known.values()) if (supervisor(node.name).equals(supervisor)) unknow(node);
      for (NvList list : answer.list().lists("services")) hear(Bodies.status(list));
    } else {
      for (Known node : known.values()) {
        if (supervisor(node.name).equals(supervisor) && node.order == answer.id()) node.order = 0;
      }
    }
  }

  private void hear(Status status) {
    known.get(status.service()).heard = status.state();
  }

  private static void unknow(Known node) {
    node.heard = ServiceState.DOWN;
    node.order = 0;
  }

  // What a supervisor does

  /** What a request changed that its supervisor has not written down yet. */
  private Runnable undo = () -> {};

  /** A supervisor looks at a request. */
  void taken(SimulatedKernel kernel, Message request) {
    if (request.method().equals(Method.DECLARE)) takenDeclaration(request);
    String service = request.method().equals(Method.FORGET) ? named(request) : subject(request);
    if (service.isEmpty()) return;
    Known node = known.get(service);
    Count before = node.count.copy();
    undo = () -> node.count = before;
    Count count = node.count;
    if (request.method().equals(Method.FORGET)) {
      if (rests(count)) node.count = new Count();
      if (rests(count)) onDemand.forgets(kernel, service);
      if (rests(count)) node.heard = ServiceState.DOWN;
      return;
    }
    if (node.torn) count.published = ServiceState.DOWN; // nobody knows of it
    if (request.method().equals(Method.START)) declare(count, request);
    boolean runs = count.published == ServiceState.STARTING || count.published == ServiceState.UP;
    if (runs) count.owed = false; // an end that nobody judged, since the type was away
    if (request.method().equals(Method.STOP)) {
      count.wished |= runs;
    } else if (runs) {
      count.wished |= request.method().equals(Method.RESTART);
    } else if (count.published != ServiceState.STOPPING) {
      count.restarts = 0;
      count.owed = false;
      count.wished = false;
    }
  }

  private static String named(Message request) {
    return request.list().string("service", "");
  }

  private static boolean rests(Count count) {
    return switch (count.published) {
      case DOWN, FAILED, NO_TYPE -> true;
      case STARTING, UP, STOPPING, BACKING_OFF, SKIPPED -> false;
    };
  }

  private void takenDeclaration(Message request) {
    String name = request.list().list("declaration", NvList.EMPTY).string("service", "");
    Known node = known.get(name);
    Declaration before = node.count.declaration;
    undo = () -> node.count.declaration = before;
    if (before != null) declare(node.count, request);
  }

  /** One that runs as another type does not become this one. */
  private static void declare(Count count, Message request) {
    Declaration next = Bodies.declaration(request.list().list("declaration", NvList.EMPTY));
    boolean same = count.declaration == null || count.declaration.type().equals(next.type());
    if (!same && rests(count)) {
      count.last = null;
      count.lastEnded = false;
    }
    if (rests(count)) count.started = null;
    if (same || rests(count)) count.declaration = next;
  }

  @Override
  public Sockets.Watcher sockets() {
    return onDemand;
  }

  @Override
  public void through(boolean died) {
    if (died) undo.run();
    undo = () -> {};
    onDemand.through(died);
  }

  @Override
  public void spawned(SimulatedKernel kernel, SimulatedProcess process) {
    if (!process.instance) return;
    for (SimulatedProcess other : living(process.service)) {
      if (other != process && other.instance) {
        throw new BrokenRule("a second instance: " + process + " beside " + other);
      }
    }
    Count count = known.get(process.service).count;
    count.last = process;
    count.lastEnded = false;
    count.running.add(process);
  }

  @Override
  public void forked(SimulatedProcess daemon) {
    known.get(daemon.service).count.running.add(daemon);
  }

  @Override
  public void spawnFailed(SimulatedKernel kernel, String service, List<String> words) {
    if (!Programs.starts(service, words)) return;
    Count count = known.get(service).count;
    count.last = null;
    count.owed = main(service) != Procedure.Main.ON_DEMAND;
  }

  private static void attempt(Count count, long number) {
    if (number <= count.number) return;
    count.number = number;
    if (count.owed) count.restarts++;
    count.owed = false;
    count.wished = false;
  }

  /** Each run of one that waits for it is counted. */
  private static void run(Count count, long number) {
    if (number <= count.number) return;
    count.number = number;
    count.restarts++;
  }

  /** Declared anew meanwhile, it has nothing to run; or it has nothing to run yet. */
  private void attemptWithoutProcess(Status status, Count count) {
    String service = status.service();
    boolean refused = onDemand.tried(service);
    boolean waits = procedure(service).main() == Procedure.Main.ON_DEMAND;
    boolean again =
        count.published == ServiceState.BACKING_OFF
            || waits && count.published == ServiceState.NO_TYPE;
    boolean tried = status.state() == ServiceState.UP || waits && refused;
    boolean nothing = waits || procedure(service).start().isEmpty();
    if (again && tried && count.owed && nothing) {
      count.restarts++;
      count.owed = false;
    }
    count.owed |= refused;
  }

  @Override
  public void told(SimulatedKernel kernel, SimulatedProcess process, boolean reaped) {
    if (!told.add(new Told(kernel, process, reaped)))
      throw new BrokenRule("the end of " + process + " is told twice");
    if (process.words.get(0).equals(Simulation.SUPERVISE)) supervisorEnded(process);
    untouched.clear();
  }

  @Override
  public void watched(SimulatedKernel kernel, SimulatedProcess process) {
    told.remove(new Told(kernel, process, false));
  }

  /** A supervisor wrote down that a process of a service is no more. */
  private void counted(Count count, SimulatedProcess process, Status status) {
    if (process.alive()) throw new BrokenRule(process + " runs, and its supervisor forgot it");
    untouched.clear();
    if (!process.instance) return; // a daemon that has a successor
    boolean main = process == count.last || process.pid == mainPid(process.service);
    if (!main) return;
    ExitStatus said = status.lastExit();
    // of a start command that nobody saw end only its daemon tells
    boolean unseen = process == count.last && isPidFile(process.service) && process.lost;
    boolean right =
        unseen || process.status.equals(said) || process.lost && ExitStatus.UNKNOWN.equals(said);
    if (!right) {
      throw new BrokenRule(
          process.service + " says it ended with " + said + ", and it was " + process.status);
    }
    count.lastExit = unseen ? null : said;
    count.lastEnded = true;
    if (unseen) return;
    boolean well = succeeded(process.service, said);
    boolean asTask = main(process.service) == Procedure.Main.NONE && well;
    boolean launcher = process == count.last && isPidFile(process.service) && well;
    boolean waits = main(process.service) == Procedure.Main.ON_DEMAND;
    if (!asTask && !launcher && !waits && !count.wished) count.owed = true;
    if (waits && !well && !count.wished)
      onDemand.failed(process.service, declaration(process.service));
  }

  @Override
  public void signalled(SimulatedKernel kernel, SimulatedProcess process, Signal signal) {
    if (!process.instance || process.zombie) return;
    Count count = known.get(process.service).count;
    boolean its = process == count.last || process.pid == mainPid(process.service);
    boolean onItsWay = kills.getOrDefault(process.service, 0) > 0;
    boolean asked = count.wished || onItsWay || signalled.contains(process.service);
    if (its && count.published == ServiceState.UP && !asked) {
      throw new BrokenRule(process + " is up, and is sent " + signal + " though nobody asked");
    }
  }

  private final Set<String> locals = new HashSet<>();

  void local(String supervisor) {
    locals.add(supervisor);
  }

  private final Map<String, Integer> mainPids = new HashMap<>();

  private int mainPid(String service) {
    return mainPids.getOrDefault(service, 0);
  }

  private void supervisorEnded(SimulatedProcess process) {
    dead.add(process.words.get(2));
  }

  /** Supervisors that were down in order, last. */
  private final Set<String> orderly = new HashSet<>();

  /** A supervisor's process ends, whoever hears of it. */
  void supervisorGone(SimulatedProcess process) {
    String name = process.words.get(2);
    if (process.status.clean()) orderly.add(name);
    else orderly.remove(name);
  }

  /** Whether a cgroup's supervisor removed what it could: its name begins with that one's. */
  boolean isOfAnOrderly(String cgroup) {
    return orderly.stream().anyMatch(each -> cgroup.contains("/svc." + each + "."));
  }

  private boolean lost;

  /** Something that was to be remembered never was. */
  boolean lost() {
    return lost;
  }

  /** Of a service whose record is lost nobody can know how often it was restarted. */
  @Override
  public void torn(String path) {
    lost = true;
    String name = path.substring(path.lastIndexOf('/') + 1);
    boolean record = path.startsWith("/status/") && !path.contains("/.");
    if (record) known.get(name).torn = true;
    if (record) onDemand.lost(name);
    if (path.equals("/run/goals")) pins.clear(); // and what is pinned is known to nobody
    if (path.equals("/run/goals")) followings.replaceAll((each, since) -> machine.now());
    if (!path.startsWith("/run/exits/")) return;
    SimulatedProcess process = machine.process(Integer.parseInt(name.replace("orphan-", "")));
    if (process != null) process.lost = true;
  }

  /** What its supervisor says now is where counting begins anew. */
  private void mend(Known node, NvList list, Status status) {
    Count count = node.count;
    node.torn = false;
    count.restarts = status.restarts();
    count.number = list.number("number", 0);
    count.lastExit = null;
    count.owed = false;
    count.wished = false;
    // of a start command whose record is lost only its pid file tells
    count.running.removeIf(
        process -> process.zombie || isPidFile(node.name) && process == count.last);
    count.lastEnded |= !count.running.contains(count.last);
  }

  @Override
  public void recorded(SimulatedKernel kernel, byte[] record) {
    NvList list = Sealed.open(record);
    if (list == null) throw new BrokenRule("a record that cannot be read");
    Status status = Bodies.status(list);
    Known node = known.get(status.service());
    Count count = node.count;
    undo = () -> {};
    if (node.torn) mend(node, list, status);
    Set<Integer> followed = new HashSet<>();
    for (long pid : list.numbers("processes")) followed.add((int) pid);
    followed.add((int) list.number("starter", 0));
    followed.add(status.pid());
    for (SimulatedProcess process : List.copyOf(count.running)) {
      boolean launcherOnly = process != count.last && isPidFile(status.service());
      boolean unseen = launcherOnly && process.pid != mainPid(status.service());
      if (followed.contains(process.pid) || process.alive() && unseen) continue;
      if (process.alive() && list.exists("spawning")) continue;
      count.running.remove(process);
      counted(count, process, status);
    }
    String spawning = list.string("spawning", "");
    if (spawning.equals("START")) attempt(count, list.number("number", 0));
    if (spawning.equals("MAIN")) run(count, list.number("number", 0));
    onDemand.recorded(kernel, list, status);
    published(status);
  }

  /** A supervisor says how a service is. */
  void published(Status status) {
    Count count = known.get(status.service()).count;
    if (isAnew(status, count)) count.started = declaration(status.service());
    switch (status.state()) {
      case UP -> checkUp(status, count);
      case DOWN, FAILED, BACKING_OFF -> checkDown(status, count);
      case STARTING, STOPPING, NO_TYPE -> {}
      case SKIPPED -> throw new BrokenRule("a supervisor that skips " + status.service());
    }
    attemptWithoutProcess(status, count);
    checkCount(status, count);
    date(status, count);
    // a start timeout, with everything gone at once or not
    boolean timeout = count.published == ServiceState.STARTING && count.lastEnded;
    if (timeout && status.state() == ServiceState.BACKING_OFF) count.owed = true;
    count.published = status.state();
    boolean comesUp = count.published == ServiceState.STARTING;
    if (count.published != ServiceState.UP && !comesUp) signalled.remove(status.service());
    if (status.state() == ServiceState.STOPPING && !count.wished)
      count.owed = true; // start timeout
    mainPids.put(status.service(), status.pid());
  }

  /** Whether it was started since, so that what is declared by now counts. */
  private static boolean isAnew(Status status, Count count) {
    boolean up = status.state() == ServiceState.UP;
    if (!up && status.state() != ServiceState.STARTING) return false;
    return switch (count.published) {
      case STARTING, NO_TYPE -> false;
      case UP -> !up || count.since != status.since();
      case DOWN, SKIPPED, STOPPING, BACKING_OFF, FAILED -> true;
    };
  }

  private void date(Status status, Count count) {
    boolean was = count.published == ServiceState.UP;
    boolean up = status.state() == ServiceState.UP;
    if (status.state() != count.published) changedAt = machine.now();
    boolean waits = main(status.service()) == Procedure.Main.ON_DEMAND;
    if (up && !was && waits) count.wished = false;
    boolean fresh = up && (!was || count.since != status.since());
    if (fresh && count.published != ServiceState.STARTING) begins(status.service(), count);
    else if (status.state() == ServiceState.STARTING && count.published != ServiceState.STARTING)
      begins(status.service(), count);
    if (!fresh) return;
    count.upAt = machine.now();
    count.since = status.since();
  }

  private long changedAt;

  /** When a supervisor said last of a service that it is otherwise than before. */
  long changedAt() {
    return changedAt;
  }

  /** Whether some are never at rest: their time always comes again. */
  boolean isDriven() {
    if (asked == graph()) return driven;
    asked = graph();
    driven =
        asked.services().stream()
            .map(declared::get)
            .map(this::procedure)
            .anyMatch(each -> each.main() == Procedure.Main.ON_DEMAND);
    return driven;
  }

  /** Of which graph that is known. */
  private Graph asked;

  private boolean driven;

  /** Nobody is on his way. */
  boolean isSteady() {
    return onDemand.isSupervised()
        && known.values().stream().allMatch(node -> isSteady(node.count.published));
  }

  private static boolean isSteady(ServiceState state) {
    return switch (state) {
      case DOWN, UP, FAILED, SKIPPED -> true;
      case STARTING, STOPPING, BACKING_OFF, NO_TYPE -> false;
    };
  }

  private void begins(String service, Count count) {
    count.beganAt = machine.now();
    restarted.remove(service);
    moved.remove(service);
  }

  private void checkUp(Status status, Count count) {
    String service = status.service();
    switch (main(service)) {
      case CHILD -> {
        if (count.last == null || count.last.pid != status.pid() || count.lastEnded) {
          throw new BrokenRule(service + " is said to be up, and runs " + living(service));
        }
      }
      case PID_FILE -> {
        SimulatedProcess main = machine.process(status.pid());
        // it has ended, and its supervisor still asks how
        boolean gone = main == null || !main.service.equals(service);
        if (gone && count.running.stream().anyMatch(p -> p.pid == status.pid())) return;
        if (main == null || !main.instance || !main.service.equals(service)) {
          throw new BrokenRule(service + " is said to be up as " + main);
        }
      }
      case NONE -> {
        boolean command = !procedure(service).start().isEmpty();
        if (command
            && count.last != null
            && !(count.lastEnded && succeeded(service, count.lastExit))) {
          throw new BrokenRule(service + " is said to be up, and did not end well");
        }
      }
      case ON_DEMAND -> {
        boolean runs = count.last != null && !count.lastEnded;
        if (status.pid() != 0 && (!runs || count.last.pid != status.pid()))
          throw new BrokenRule(service + " is said to run, and runs " + living(service));
      }
    }
  }

  private void checkDown(Status status, Count count) {
    boolean swept = count.published == ServiceState.STOPPING && status.state() == ServiceState.DOWN;
    for (SimulatedProcess process : living(status.service())) {
      if (process.instance || swept) {
        throw new BrokenRule(
            status.service() + " is said to be " + status.state() + ", and " + process + " runs");
      }
    }
  }

  private void checkCount(Status status, Count count) {
    String service = status.service();
    boolean parked =
        status.state() == ServiceState.NO_TYPE || count.published == ServiceState.NO_TYPE;
    if (!parked && status.state() != ServiceState.DOWN && status.restarts() != count.restarts) {
      throw new BrokenRule(
          service + " says restarts " + status.restarts() + ", and it is " + count.restarts);
    }
    if (count.lastExit != null && !count.lastExit.equals(status.lastExit())) {
      throw new BrokenRule(
          service + " says it ended with " + status.lastExit() + ", and it was " + count.lastExit);
    }
  }

  // Views

  private boolean isPidFile(String service) {
    return main(service) == Procedure.Main.PID_FILE;
  }

  /** How a service is run, whatever its type is called. */
  private Procedure.Main main(String service) {
    Declaration started = known.get(service).count.started;
    return started == null ? procedure(service).main() : procedure(started).main();
  }

  private Procedure procedure(Declaration declaration) {
    return types.get(declaration.type()).procedure(declaration);
  }

  private Procedure procedure(String service) {
    return procedure(declaration(service));
  }

  private boolean succeeded(String service, ExitStatus status) {
    Declaration declaration = declaration(service);
    ServiceType type = types.get(declaration.type());
    return type.verdict(declaration, Task.START, status) == Verdict.SUCCESS;
  }

  private String supervisor(String service) {
    return declared.get(service).text(Keys.SUPERVISOR);
  }

  /** By which its supervisor has it, or would. */
  private Declaration declaration(String service) {
    Declaration own = known.get(service).count.declaration;
    return own == null ? declared.get(service) : own;
  }

  private List<SimulatedProcess> living(String service) {
    List<SimulatedProcess> living = new ArrayList<>();
    for (SimulatedProcess process : machine.alive()) {
      if (process.service.equals(service)) living.add(process);
    }
    return living;
  }

  /** With everything at rest: who says that it is up is up, and so is what it requires. */
  void atRest(Map<String, Status> statuses) {
    statuses.forEach(
        (service, status) -> {
          long instances = living(service).stream().filter(process -> process.instance).count();
          switch (status.state()) {
            case UP -> restsUp(service, instances, statuses);
            case SKIPPED -> restsSkipped(service, instances);
            case DOWN, FAILED -> restsDown(status, instances);
            case STARTING, STOPPING, BACKING_OFF, NO_TYPE ->
                throw new BrokenRule(service + " stays " + status.state());
          }
        });
  }

  private void restsUp(String service, long instances, Map<String, Status> statuses) {
    Procedure.Main main = main(service);
    boolean runs = main == Procedure.Main.CHILD || main == Procedure.Main.PID_FILE;
    if (runs && instances != 1 || instances > 1)
      throw new BrokenRule(service + " is up with instances: " + instances);
    for (String required : graph().requires(service)) {
      if (isPinnedUp(service)) continue;
      ServiceState state = statuses.get(required).state();
      if (state != ServiceState.UP && state != ServiceState.SKIPPED) {
        throw new BrokenRule(service + " stays up, and " + required + " is not");
      }
    }
    restsWithWhatItFollows(service, statuses);
  }

  /** What was not known when it began it does not follow before it begins again. */
  private void restsWithWhatItFollows(String service, Map<String, Status> statuses) {
    long began = known.get(service).count.beganAt;
    for (String other : graph().follows(service)) {
      boolean unknown = followings.get(new Following(service, other)) > began;
      boolean up = statuses.get(other).state() == ServiceState.UP;
      if (unknown || !up || isPinnedUp(service)) continue;
      if (known.get(other).count.upAt > began)
        throw new BrokenRule(service + " began before " + other + ", which it follows");
    }
  }

  /** Whether anybody follows it, for a sabotage. */
  boolean isFollowed(String service) {
    return followings.keySet().stream().anyMatch(each -> each.other.equals(service));
  }

  private void restsSkipped(String service, long instances) {
    if (instances != 0 || !mayBeSkipped(service))
      throw new BrokenRule(service + " is skipped with " + instances + ", for no reason");
  }

  private void restsDown(Status status, long instances) {
    if (instances != 0) throw new BrokenRule(status.service() + " is down with " + instances);
    if (status.state() == ServiceState.FAILED && status.reason().isEmpty()) {
      throw new BrokenRule(status.service() + " failed, and nobody says why");
    }
  }
}
