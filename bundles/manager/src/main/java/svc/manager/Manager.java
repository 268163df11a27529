package svc.manager;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import svc.ipc.Bodies;
import svc.ipc.Connector;
import svc.ipc.ErrorCode;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.ipc.Peer;
import svc.ipc.Responder;
import svc.manager.logic.Action;
import svc.manager.logic.Conditions;
import svc.manager.logic.Conductor;
import svc.manager.logic.Configuration;
import svc.manager.logic.Explanation;
import svc.manager.logic.Goals;
import svc.manager.logic.Graph;
import svc.manager.logic.Patience;
import svc.manager.logic.Pin;
import svc.manager.logic.Reload;
import svc.manager.logic.Report;
import svc.manager.logic.View;
import svc.manager.logic.World;
import svc.nv.NvList;
import svc.os.Errno;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.Notifier;
import svc.os.Signal;
import svc.service.Declaration;
import svc.service.Keys;
import svc.service.Kind;
import svc.service.LogFiles;
import svc.service.LogSettings;
import svc.service.Mark;
import svc.service.Nearest;
import svc.service.Pipelines;
import svc.service.ServiceState;
import svc.service.Status;
import svc.type.ServiceType;

/**
 * Turns what clients and supervisors say into events of the {@link Conductor} and performs the
 * actions that come of it.
 *
 * <p>Runs on the kernel's loop thread; {@link #received} and {@link #closed} come from any thread
 * and go there.
 */
public final class Manager implements Kernel.Events, Responder, Action.Effects, Supervisors.Events {

  /** How late the ledger may say that a service has been started. */
  private static final long LEDGER_DELAY = 1_000_000_000L;

  /** Requests by people and scripts; each costs a few hundred bytes. */
  private static final int REQUESTS = 10_000;

  /**
   * Where and how svc-supervise is run.
   *
   * @param command the program and its first arguments
   * @param environment all of its environment, {@code NAME=value}
   * @param mark tells the processes of our services from all others
   */
  public record Place(
      List<String> command,
      String runDirectory,
      String logDirectory,
      List<String> environment,
      Mark mark) {}

  private record Pending(Peer peer, Message request, NvList.Builder answer) {}

  /** A request that is handed on. */
  private record Handed(Peer peer, Message request) {}

  private final Kernel kernel;
  private final Conductor conductor;
  private final Intake intake;
  private final Ledger ledger;
  private final Supervisors supervisors;
  private final String logs;
  private final String runDirectory;
  private final String exits;
  private final Function<String, ServiceType> types;
  private final World world;
  private final Notifier notifier;
  private final IntConsumer exit;
  private final Patience patience = new Patience();

  private final Map<Long, Pending> requests = new HashMap<>();

  /** Signals that are handed on, with the supervisor that was asked. */
  private final Map<Handed, String> kills = new HashMap<>();

  /** The services that are to read their configuration anew. */
  private final Map<Handed, String> reloads = new LinkedHashMap<>();

  private final Map<Peer, Message> listeners = new LinkedHashMap<>();

  /**
   * Services that wait for others than was told: a target does after each change of any of its
   * members, and who listens is told once for all that came together.
   */
  private final Map<String, View> waits = new LinkedHashMap<>();

  private final Deque<Action> pending = new ArrayDeque<>();

  /** What happened before it was known what is there. */
  private final List<Consumer<List<Action>>> deferred = new ArrayList<>();

  /** Somebody's command that ends with the terminal, and no daemon. */
  private final boolean foreground;

  /** What instances can be made from. */
  private Set<String> templates;

  private int goalsWritten;

  /** When the ledger is written though nothing urgent has changed. */
  private long writeAt = Kernel.NEVER;

  /** Another manager has taken over; what still comes is for that one. */
  private boolean left;

  /** Everything is down, as it was asked for. */
  private boolean over;

  private boolean adopting = true;
  private boolean performing;
  private boolean readyTold;
  private long lastRequest;

  /**
   * @param intake where declarations come from
   * @param configuration what it said to begin with, without problems; the target is in it
   * @param localSupervisors the supervisors that are in this process
   * @param types those that are installed, by name
   * @param world what conditions ask
   * @param notifier hears how we are
   * @param exit ends the process; called with its exit status when everything is down after a wish
   *     to end
   */
  public Manager(
      Kernel kernel,
      Connector connector,
      Intake intake,
      Configuration configuration,
      String target,
      Place place,
      Set<String> localSupervisors,
      Function<String, ServiceType> types,
      World world,
      Notifier notifier,
      IntConsumer exit) {
    this.kernel = kernel;
    this.intake = intake;
    this.foreground = !localSupervisors.isEmpty();
    this.types = types;
    this.world = world;
    this.notifier = notifier;
    this.exit = exit;
    this.templates = configuration.templates();
    this.conductor = new Conductor(Graph.of(configuration.declarations().values()), target);
    this.logs = place.logDirectory();
    this.runDirectory = place.runDirectory();
    this.exits = runDirectory + "/exits";
    this.ledger = new Ledger(kernel, place.runDirectory() + "/goals");
    this.supervisors = new Supervisors(kernel, connector, place, localSupervisors, this);
  }

  /** What a manager is there for. */
  public enum Purpose {
    /** Brings the target up and keeps it so. */
    TARGET,
    /** Takes down what is there, and ends. */
    ENDING
  }

  /**
   * Takes over what a manager before us left, then brings the target up, or takes it all down.
   *
   * @param supervisors those that may still live, beside the declared ones
   * @param begun is run when clients can be answered
   */
  public void begin(Purpose purpose, Set<String> supervisors, Runnable begun) {
    kernel.keepExits(exits, true);
    holdAll();
    Goals goals = ledger.read();
    if (goals != null && goals.target().equals(conductor.target())) conductor.restore(goals);
    Intake.Accepted accepted = intake.accepted();
    conductor.resume(
        accepted.generation(), accepted.wanted(), accepted.changed(), accepted.leaving());
    intake.acceptFirst(conductor.graph());
    Set<String> names = new TreeSet<>(supervisors);
    for (String service : conductor.services()) names.add(declaredFor(service));
    this.supervisors.adopt(names, () -> adopted(purpose, begun));
  }

  private void adopted(Purpose purpose, Runnable begun) {
    if (left) return;
    adopting = false;
    if (purpose == Purpose.ENDING) event(conductor::shutdown);
    List<Consumer<List<Action>>> before = List.copyOf(deferred);
    deferred.clear();
    before.forEach(this::event);
    event(conductor::begin);
    begun.run();
  }

  /**
   * Another manager takes over, and goes on from the ledger. What was asked for and has not been
   * looked at is for that one.
   */
  public void leave() {
    if (!adopting && !over) ledger.write(conductor.goals());
    left = true;
    supervisors.leave();
  }

  /** A supervisor is in this process now. */
  public void supervisorArrived(String name, Responder responder) {
    supervisors.localArrived(name, responder);
  }

  /** A supervisor that was in this process is not any more. */
  public void supervisorLeft(String name, Responder responder) {
    supervisors.localLeft(name, responder);
  }

  /** The services that there are, those that are leaving included. */
  public Graph graph() {
    return conductor.all();
  }

  /** A service as it is shown to clients. */
  public View view(String service) {
    return conductor.view(service);
  }

  // Events in, actions out

  /** An event that comes of performing an action is looked at when that action is through. */
  private void event(Consumer<List<Action>> event) {
    if (left) return;
    if (adopting) {
      deferred.add(event);
      return;
    }
    List<Action> actions = new ArrayList<>();
    event.accept(actions);
    remember();
    pending.addAll(actions);
    if (performing) return;
    performing = true;
    while (!pending.isEmpty()) pending.remove().perform(this);
    performing = false;
    tellReady();
  }

  /** What is wanted is written down before it is done. */
  private void remember() {
    if (over) return;
    if (conductor.goalChanges() != goalsWritten) writeLedger();
    else if (writeAt == Kernel.NEVER) writeAt = kernel.now() + LEDGER_DELAY;
  }

  private void writeLedger() {
    goalsWritten = conductor.goalChanges();
    writeAt = Kernel.NEVER;
    ledger.write(conductor.goals());
  }

  @Override
  public void order(Action.Order action) {
    Supervisor supervisor = supervisors.get(action.supervisor());
    if (supervisor == null) return; // lost a moment ago; the conductor is about to hear of it
    Declaration declaration = action.declaration();
    String service = declaration.name();
    Consumer<Message> answered =
        reply -> event(out -> conductor.ordered(service, problem(reply), out));
    switch (action.wish()) {
      case START -> {
        hold(declaration);
        supervisor.ask(
            Method.START,
            body -> body.list("declaration", Bodies.declaration(declaration)),
            answered);
      }
      case STOP -> supervisor.ask(Method.STOP, body -> body.string("service", service), answered);
      case RESTART ->
          supervisor.ask(
              Method.RESTART,
              body ->
                  body.string("service", service)
                      .list("declaration", Bodies.declaration(declaration)),
              answered);
      case DECLARE ->
          supervisor.ask(
              Method.DECLARE,
              body -> body.list("declaration", Bodies.declaration(declaration)),
              answered);
      case FORGET -> {
        kernel.releaseFifo(LogFiles.fifo(runDirectory, service));
        kernel.releaseFifo(Pipelines.fifo(runDirectory, service));
        supervisor.ask(Method.FORGET, body -> body.string("service", service), answered);
      }
    }
  }

  /** Also of those of which we know nothing yet. */
  private void holdAll() {
    holdAll(LogFiles.outputs(runDirectory));
    holdAll(Pipelines.inputs(runDirectory));
  }

  private void holdAll(String directory) {
    List<String> services = new ArrayList<>();
    kernel.list(directory, services);
    for (String service : services)
      if (Kind.isName(service)) kernel.holdFifo(directory + "/" + service);
  }

  /** What a service writes stays in its pipes while both it and its supervisor are gone. */
  private void hold(Declaration declaration) {
    if (LogSettings.wants(declaration))
      hold(declaration, LogFiles.fifo(runDirectory, declaration.name()));
    for (String fifo : Pipelines.fifos(runDirectory, declaration)) hold(declaration, fifo);
  }

  private void hold(Declaration declaration, String fifo) {
    Errno errno = kernel.makeDirectory(fifo.substring(0, fifo.lastIndexOf('/')), 0700);
    if (errno.ok()) errno = kernel.holdFifo(fifo);
    if (!errno.ok()) say("cannot hold " + fifo + " of " + declaration.name() + ": " + errno);
  }

  private static String problem(Message reply) {
    return reply.ok() ? "" : reply.errorText();
  }

  @Override
  public void needSupervisor(Action.NeedSupervisor action) {
    supervisors.need(action.supervisor());
  }

  @Override
  public void changed(Action.Changed action) {
    View view = action.view();
    if (listeners.isEmpty()) return;
    if (action.waits()) {
      if (waits.isEmpty()) kernel.execute(this::tellWaits);
      waits.put(view.status().service(), view);
    } else {
      waits.remove(view.status().service());
      tell(view);
    }
  }

  private void tellWaits() {
    List<View> all = List.copyOf(waits.values());
    waits.clear();
    all.forEach(this::tell);
  }

  private void tell(View view) {
    NvList body = body(view);
    tell(answer -> answer.list("service", body));
  }

  @Override
  public void settled(Action.Settled action) {
    tellWaits();
    tell(this::addSettled);
    if (conductor.reached() || conductor.ending()) return;
    String words = Report.missed(conductor.target(), views());
    if (!words.isEmpty()) notifier.notify("X_SVC_TARGET=failed\nSTATUS=" + oneLine(words));
  }

  private void tellReady() {
    if (readyTold || !conductor.reached() || conductor.ending()) return;
    readyTold = true;
    String words = Report.reached(conductor.target(), views());
    notifier.notify("READY=1\nSTATUS=" + oneLine(words));
  }

  private static String oneLine(String text) {
    return text.replace('\n', ' ');
  }

  private List<View> views() {
    return conductor.services().stream().map(conductor::view).toList();
  }

  private void addSettled(NvList.Builder answer) {
    answer
        .bool("settled", true)
        .string("target", conductor.target())
        .bool("reached", conductor.reached());
  }

  private void tell(Consumer<NvList.Builder> body) {
    for (Map.Entry<Peer, Message> listener : List.copyOf(listeners.entrySet())) {
      NvList.Builder news = listener.getValue().answer();
      body.accept(news);
      if (!listener.getKey().send(news.build())) listeners.remove(listener.getKey());
    }
  }

  @Override
  public void answer(Action.Answer action) {
    Pending waiting = requests.remove(action.request());
    if (waiting == null) return;
    Message request = waiting.request();
    ledger.answered(waiting.peer(), request);
    boolean done = action.problem().isEmpty();
    waiting
        .peer()
        .send(
            done ? waiting.answer().build() : request.refusal(ErrorCode.FAILED, action.problem()));
  }

  @Override
  public void ending(Action.Ending action) {
    if (!action.why().isEmpty()) say(action.why() + "; shutting down");
    notifier.notify("STOPPING=1");
    patience.begin(kernel.now());
  }

  @Override
  public void dismiss(Action.Dismiss action) {
    supervisors.dismiss(
        () -> {
          patience.end();
          over = true;
          ledger.delete();
          intake.delete();
          notifier.notify("EXIT_STATUS=" + action.status());
          exit.accept(action.status());
        });
  }

  @Override
  public void move(Action.Move action) {
    supervisors.move(action.supervisor(), action.status());
  }

  @Override
  public void examine(Action.Examine action) {
    Declaration declaration = action.declaration();
    String unmet = Conditions.unmet(declaration, world);
    event(out -> conductor.examined(declaration.name(), unmet, out));
  }

  @Override
  public void gone(Action.Gone action) {
    intake.leaving(conductor.leaving(conductor.graph()));
    tell(answer -> answer.string("gone", action.service()));
  }

  /** Takes everything down in order and ends. */
  public void shutdown() {
    event(conductor::shutdown);
  }

  private void sayWhatIsWaitedFor() {
    String services = Report.waiting(views(), kernel.wallClock());
    if (!services.isEmpty()) say("waiting for " + services);
    else say("waiting for what supervisors still do: " + String.join(", ", supervisors.names()));
  }

  private static void say(String text) {
    System.err.println("svc-manager: " + text);
  }

  // Supervisors

  @Override
  public void ready(String supervisor, List<Status> statuses) {
    if (adopting) conductor.adopted(supervisor, statuses);
    else event(out -> conductor.supervisorReady(supervisor, statuses, out));
    for (Map.Entry<Handed, String> each : List.copyOf(reloads.entrySet()))
      if (declaredFor(each.getValue()).equals(supervisor)) askToReload(each.getKey());
  }

  @Override
  public void changed(Status status) {
    if (adopting) conductor.adopted(status);
    else event(out -> conductor.statusChanged(status, out));
  }

  @Override
  public void silent(String supervisor) {
    killsLost(supervisor);
    if (adopting) conductor.adoptedSilent(supervisor);
    else event(out -> conductor.supervisorSilent(supervisor, out));
  }

  @Override
  public String declaredFor(String service) {
    return conductor.supervisor(service);
  }

  @Override
  public void occupied(String service) {
    conductor.occupied(service);
  }

  @Override
  public void released(String service) {
    event(out -> conductor.released(service, out));
  }

  // The kernel

  @Override
  public void exited(int pid, ExitStatus status) {
    supervisors.exited(pid, status);
  }

  @Override
  public void signalled(Signal signal) {
    if (signal.equals(Signal.HUP) && !foreground) event(this::reload);
    else shutdown();
  }

  @Override
  public void woken(long now) {
    if (patience.isOver(now)) sayWhatIsWaitedFor();
    if (writeAt <= now) writeLedger();
    supervisors.woken(now);
  }

  @Override
  public long deadline() {
    return Math.min(writeAt, Math.min(patience.deadline(), supervisors.deadline()));
  }

  // Clients

  @Override
  public void received(Peer peer, NvList message) {
    kernel.execute(() -> answer(peer, Message.of(message)));
  }

  @Override
  public void closed(Peer peer) {
    kernel.execute(() -> drop(peer));
  }

  private void drop(Peer peer) {
    listeners.remove(peer);
    kills.keySet().removeIf(waiting -> waiting.peer() == peer);
    reloads.keySet().removeIf(waiting -> waiting.peer() == peer);
    for (Pending waiting : requests.values())
      if (waiting.peer() == peer) ledger.answered(peer, waiting.request());
    requests.values().removeIf(waiting -> waiting.peer() == peer);
  }

  private void answer(Peer peer, Message request) {
    if (left) return;
    NvList misuse = request.misuse();
    if (misuse != null) {
      peer.send(misuse);
      return;
    }
    switch (request.method()) {
      case Method.STATUS -> status(peer, request);
      case Method.WHY -> why(peer, request);
      case Method.START -> wish(peer, request, conductor::start);
      case Method.STOP -> wish(peer, request, conductor::stop);
      case Method.RESTART -> restart(peer, request);
      case Method.TARGET -> target(peer, request);
      case Method.KILL -> kill(peer, request);
      case Method.RELOAD_SERVICE -> reloadService(peer, request);
      case Method.PIN -> pin(peer, request);
      case Method.RELOAD -> reload(peer, request);
      case Method.EVENTS -> listen(peer, request);
      case Method.SHUTDOWN -> {
        peer.send(request.answer().build());
        event(conductor::shutdown);
      }
      default -> peer.send(request.refusal(ErrorCode.NO_METHOD, "no method " + request.method()));
    }
  }

  /**
   * Hands it on to the service's supervisor. One that a manager before us has handed on is not sent
   * again.
   */
  private void kill(Peer peer, Message request) {
    String service = request.list().string("service", "");
    if (!known(peer, request, List.of(service))) return;
    String name = declaredFor(service);
    Supervisor supervisor = supervisors.get(name);
    if (supervisor == null) {
      String text = "supervisor " + name + " of " + service + " cannot be asked";
      peer.send(request.refusal(ErrorCode.WRONG_STATE, text));
    } else if (ledger.accept(peer, request)) {
      writeLedger();
      kills.put(new Handed(peer, request), name);
      long signal = request.list().number("signal", 0);
      boolean main = request.list().bool("main", false);
      supervisor.ask(
          Method.KILL,
          body -> body.string("service", service).number("signal", signal).bool("main", main),
          reply -> killed(new Handed(peer, request), reply.error(), reply.errorText()));
    } else {
      killed(new Handed(peer, request), ErrorCode.OK, "");
    }
  }

  private void killed(Handed waiting, ErrorCode error, String text) {
    kills.remove(waiting);
    ledger.answered(waiting.peer(), waiting.request());
    waiting.peer().send(waiting.request().outcome(error, text));
  }

  /** Whether the signal was sent nobody knows. */
  private void killsLost(String supervisor) {
    for (Map.Entry<Handed, String> each : List.copyOf(kills.entrySet())) {
      if (each.getValue().equals(supervisor))
        killed(each.getKey(), ErrorCode.FAILED, "supervisor " + supervisor + " was lost meanwhile");
    }
  }

  private void reloadService(Peer peer, Message request) {
    String service = request.list().string("service", "");
    if (!known(peer, request, List.of(service))) return;
    ServiceState state = conductor.view(service).status().state();
    if (state != ServiceState.UP) {
      peer.send(request.refusal(ErrorCode.WRONG_STATE, service + " is " + state));
      return;
    }
    Handed handed = new Handed(peer, request);
    reloads.put(handed, service);
    askToReload(handed);
  }

  /** A supervisor that is lost meanwhile is asked again, or its successor is, when it is ready. */
  private void askToReload(Handed handed) {
    String service = reloads.get(handed);
    Supervisor supervisor = supervisors.get(declaredFor(service));
    if (supervisor == null) return;
    supervisor.ask(
        Method.RELOAD_SERVICE,
        body -> body.string("service", service),
        reply -> reloaded(handed, reply));
  }

  private void reloaded(Handed handed, Message reply) {
    if (reloads.remove(handed) == null) return;
    handed.peer().send(handed.request().outcome(reply.error(), reply.errorText()));
  }

  /** One of the conductor's wishes. */
  private interface Wish {
    void make(long request, Collection<String> services, List<Action> out);
  }

  /**
   * One that a manager before us has accepted is not carried out again: what is left is to wait.
   */
  private void restart(Peer peer, Message request) {
    wish(
        peer,
        request,
        (id, services, out) -> {
          boolean first = !requests.containsKey(id) || ledger.accept(peer, request);
          if (requests.containsKey(id))
            addNames(requests.get(id).answer(), "followers", conductor.followersOf(services));
          if (first) conductor.restart(id, services, out);
          else conductor.restarted(id, services, out);
        });
  }

  private void wish(Peer peer, Message request, Wish wish) {
    wish(peer, request, request.list().strings("services"), wish);
  }

  private void target(Peer peer, Message request) {
    String target = request.list().string("target", "");
    wish(
        peer,
        request,
        target.isEmpty() ? List.of() : List.of(target),
        (id, services, out) -> {
          notifier.notify("X_SVC_WANTED=" + target);
          conductor.target(id, target, out);
        });
  }

  private void wish(Peer peer, Message request, List<String> services, Wish wish) {
    String refusal = services.isEmpty() ? "no services given" : "";
    if (!refusal.isEmpty() || requests.size() >= REQUESTS) {
      peer.send(
          request.refusal(
              ErrorCode.INVALID, refusal.isEmpty() ? "too many requests wait" : refusal));
      return;
    }
    if (!request.method().equals(Method.STOP)) make(services);
    if (known(peer, request, services) && possible(peer, request, services)) {
      long id = ++lastRequest;
      if (request.list().bool("wait", true))
        requests.put(id, new Pending(peer, request, request.answer()));
      else peer.send(request.answer().build());
      event(out -> wish.make(id, services, out));
    }
  }

  private boolean known(Peer peer, Message request, List<String> services) {
    for (String service : services) {
      if (conductor.knows(service)) continue;
      String text = "no service " + service + Nearest.hint(service, conductor.graph().services());
      peer.send(request.refusal(ErrorCode.NO_SERVICE, text));
      return false;
    }
    return true;
  }

  private boolean possible(Peer peer, Message request, List<String> services) {
    String conflict = refusal(request, services);
    if (!conflict.isEmpty()) peer.send(request.refusal(ErrorCode.WRONG_STATE, conflict));
    return conflict.isEmpty();
  }

  private String refusal(Message request, List<String> services) {
    return switch (request.method()) {
      case Method.STOP -> conductor.refusalToStop(services);
      case Method.PIN ->
          Pin.of(request.list().string("pin", "")) == Pin.UP
              ? conductor.refusalToPinUp(services)
              : "";
      default -> conductor.refusal(services);
    };
  }

  private void pin(Peer peer, Message request) {
    String word = request.list().string("pin", "");
    Pin pin = Pin.of(word);
    if (pin == null) {
      String text = "pin: expected up, down or none, found \"" + word + "\"";
      peer.send(request.refusal(ErrorCode.INVALID, text));
      return;
    }
    switch (pin) {
      case UP -> wish(peer, request, conductor::pinUp);
      case DOWN -> wish(peer, request, conductor::pinDown);
      case NONE -> wish(peer, request, conductor::unpin);
    }
  }

  /** Whether a service is declared, and not only leaving. */
  public boolean declares(String service) {
    return conductor.knows(service);
  }

  // Other declarations

  private void reload(Peer peer, Message request) {
    boolean waits = request.list().bool("wait", true);
    boolean begun = waits && !ledger.accept(peer, request); // by a manager before us
    List<String> instances = keptInstances();
    Configuration read = intake.fromDisk(conductor.target(), instances);
    Reload plan = plan(read);
    boolean only = request.list().bool("plan", false) || !plan.problems().isEmpty() || begun;
    if (only || !waits) {
      ledger.answered(peer, request);
      peer.send(ReloadBody.of(request, plan).build());
    }
    if (only) return;
    long id = ++lastRequest;
    if (waits) requests.put(id, new Pending(peer, request, ReloadBody.of(request, plan)));
    event(out -> goOn(id, plan, read, instances, out));
  }

  /** Asked for by a signal: what comes of it is told to whoever reads our errors. */
  private void reload(List<Action> out) {
    List<String> instances = keptInstances();
    Configuration read = intake.fromDisk(conductor.target(), instances);
    Reload plan = plan(read);
    plan.problems().forEach(System.err::println);
    if (!plan.problems().isEmpty()) {
      say("nothing is reloaded; mend what is named above");
      return;
    }
    say("reloaded: " + Report.reloaded(plan));
    goOn(++lastRequest, plan, read, instances, out);
  }

  private Reload plan(Configuration read) {
    if (!read.problems().isEmpty()) return Reload.refused(read.problems());
    return conductor.plan(Graph.of(read.declarations().values()));
  }

  /** It is kept before anything of it is done. */
  private void goOn(
      long id, Reload plan, Configuration read, List<String> instances, List<Action> out) {
    Graph next = Graph.of(read.declarations().values());
    Errno errno = intake.accept(instances, plan, conductor.leaving(next));
    if (!errno.ok()) say("what is declared now cannot be kept, for a manager after us: " + errno);
    templates = read.templates();
    conductor.reload(id, plan, next, intake.accepted().generation(), out);
  }

  /** Those that somebody asked for, as long as they are to be up. */
  private List<String> keptInstances() {
    return intake.accepted().instances().stream().filter(conductor::isWanted).toList();
  }

  /** Makes the instances among some names that nobody has made yet. */
  private void make(Collection<String> services) {
    List<String> fresh = services.stream().filter(this::canBeMade).toList();
    if (fresh.isEmpty()) return;
    List<String> instances = new ArrayList<>(intake.accepted().instances());
    instances.addAll(fresh);
    Configuration with = intake.with(conductor.target(), instances);
    Reload plan = plan(with);
    if (!plan.problems().isEmpty()) {
      plan.problems().forEach(System.err::println);
      return;
    }
    event(out -> goOn(++lastRequest, plan, with, instances, out));
  }

  private boolean canBeMade(String service) {
    int at = service.indexOf('@');
    return !conductor.knows(service)
        && at > 0
        && Kind.isName(service)
        && templates.contains(service.substring(0, at + 1));
  }

  private void status(Peer peer, Message request) {
    List<String> services = request.list().strings("services");
    if (known(peer, request, services)) peer.send(statuses(request, services).build());
  }

  private void why(Peer peer, Message request) {
    String service = request.list().string("service", "");
    if (!known(peer, request, List.of(service))) return;
    Explanation why = conductor.why(service, type -> types.apply(type) != null);
    peer.send(ExplanationBody.add(request.answer(), why));
  }

  private NvList.Builder statuses(Message request, List<String> services) {
    Collection<String> names = services.isEmpty() ? conductor.services() : services;
    List<NvList> bodies = names.stream().map(conductor::view).map(this::body).toList();
    NvList.Builder answer = request.answer();
    answer
        .string("target", conductor.target())
        .string("directory", String.join(":", intake.directories()))
        .strings("directories", intake.directories())
        .string("logs", logs)
        .string("run", runDirectory)
        .number("pid", kernel.pid());
    return bodies.isEmpty() ? answer : answer.lists("services", bodies);
  }

  private void listen(Peer peer, Message request) {
    if (!peer.send(statuses(request, List.of()).build())) return;
    listeners.put(peer, request);
    if (!conductor.settled()) return;
    NvList.Builder news = request.answer();
    addSettled(news);
    peer.send(news.build());
  }

  private NvList body(View view) {
    Declaration declaration = view.declaration();
    NvList.Builder body = Bodies.status(view.status());
    body.string("description", declaration.text(Keys.DESCRIPTION));
    body.string("supervisor", declaration.text(Keys.SUPERVISOR));
    String socket = socket(declaration);
    if (!socket.isEmpty()) body.string("socket", socket);
    Graph graph = conductor.all();
    List<String> requires = graph.requires(declaration.name());
    addNames(body, "requires", requires);
    addNames(body, "follows", graph.follows(declaration.name()));
    addNames(body, "wants", declaration.names(Keys.WANTS));
    List<String> after = new ArrayList<>(graph.predecessors(declaration.name()));
    after.removeAll(requires);
    addNames(body, "after", after);
    addNames(body, "conflicts", List.copyOf(graph.conflicts(declaration.name())));
    addNames(body, "waiting_for", view.waitingFor());
    if (view.limit() > 0) body.number("limit_ms", view.limit());
    if (declaration.text(Keys.LOG_STAMP).equals("none")) body.bool("unstamped", true);
    if (view.pin() != Pin.NONE) body.string("pinned", view.pin().text());
    return body.build();
  }

  private String socket(Declaration declaration) {
    ServiceType type = types.apply(declaration.type());
    return type == null ? "" : type.socket(declaration);
  }

  private static void addNames(NvList.Builder body, String key, List<String> names) {
    if (!names.isEmpty()) body.strings(key, names);
  }
}
