package svc.simulation;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.ipc.Peer;
import svc.manager.Intake;
import svc.manager.Manager;
import svc.manager.logic.Configuration;
import svc.manager.logic.Graph;
import svc.nv.NvList;
import svc.os.Address;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.Signal;
import svc.service.Declaration;
import svc.service.Mark;
import svc.service.ServiceState;
import svc.service.Source;
import svc.service.Status;
import svc.supervise.Supervise;
import svc.supervise.logic.ChildSetup;
import svc.type.ServiceType;

/**
 * One history. A seed makes declarations, wishes and faults; the manager and its supervisors, one
 * of them maybe in the same process, run on a simulated machine, and the rules look at every step.
 * At the end the faults cease: what is wanted has to be reached, or a reason given; and after a
 * shutdown nothing may be left.
 */
final class Simulation {

  static final String SUPERVISE = "svc-supervise";

  /** Longer than anything takes that nobody hears of before it is over; in nanoseconds. */
  private static final long QUIET = 3_500 * Machine.MS;

  /** More than any history takes that comes to its end. */
  private static final int ENDLESS = 60_000;

  private static final List<Signal> SIGNALS = List.of(Signal.TERM, Signal.INT, Signal.HUP);
  static final Mark MARK = Mark.of(Map.of(), "/run");
  private static final Set<Sabotage> SOME_FAULTS =
      EnumSet.of(
          Sabotage.PROCESS_LEFT,
          Sabotage.CGROUP_HIDDEN,
          Sabotage.RESTART_HIDDEN,
          Sabotage.RUN_FORGOTTEN);

  private static final Set<Sabotage> MANY_FAULTS =
      EnumSet.of(
          Sabotage.LINES_LOST, Sabotage.LINE_TWICE, Sabotage.TAKEN_ANEW, Sabotage.NEVER_TAKEN);

  /** Lies about what runs on demand. */
  private static final Set<Sabotage> ON_DEMAND =
      EnumSet.of(
          Sabotage.DEMAND_UNHEARD,
          Sabotage.RUN_TWICE,
          Sabotage.SOCKETS_LEFT,
          Sabotage.SOCKETS_CLOSED,
          Sabotage.TAKEN_ANEW,
          Sabotage.NEVER_TAKEN,
          Sabotage.DELAY_FORGOTTEN,
          Sabotage.CLOCK_AHEAD,
          Sabotage.CLOCK_STOPPED,
          Sabotage.RUN_FORGOTTEN);

  private static final String EXITS = "/run/exits";
  private static final String MANAGER = "svc-manager";

  private final Random random;
  private final Trace trace = new Trace();
  private final Machine machine;
  private final Map<String, ServiceType> types = new TreeMap<>();
  private final Declarations declarations;
  private final SimulatedWorld world = new SimulatedWorld();
  private final Rules rules;
  private final Wire wire;
  private final Network network;
  private final Logging logging;
  private final boolean withSupervise;
  private Manager manager;
  private SimulatedKernel kernel;

  /** The manager knows what is there, and answers clients. */
  private boolean begun;

  /** Everything is to go down, whichever manager does it. */
  private boolean ending;

  private final List<Client> clients = new ArrayList<>();
  private int lastClient;

  /** Those in whose runtimes service types come and go. */
  private final Map<Supervise, SimulatedKernel> supervises = new LinkedHashMap<>();

  /** Supervisors by the runtime that they are in. */
  private final Map<SimulatedKernel, Host> hosts = new LinkedHashMap<>();

  /** The service types that are installed now. */
  private final Map<String, ServiceType> present = new TreeMap<>();

  private Kernel.Attachment attached;
  private boolean ended;

  Simulation(long seed) {
    this(seed, Sabotage.NONE);
  }

  Simulation(long seed, Sabotage sabotage) {
    this(seed, sabotage, Optional.empty());
  }

  /**
   * @param guest a type that is looked at: services of it live beside those of svc's own types
   */
  Simulation(long seed, Sabotage sabotage, Optional<Guest> guest) {
    this(seed, sabotage, guest, null);
  }

  /**
   * @param chosen what goes wrong, or null for what the seed says
   */
  Simulation(long seed, Sabotage sabotage, Optional<Guest> guest, Faults chosen) {
    this(
        seed,
        new Random(seed * 0x9E3779B97F4A7C15L),
        sabotage,
        guest,
        chosen,
        cgroups(seed, sabotage));
  }

  /** As are these. */
  private static boolean onDemand(long seed, Sabotage sabotage, Optional<Guest> guest) {
    if (sabotage != Sabotage.NONE) return ON_DEMAND.contains(sabotage);
    return guest.isEmpty() && Long.remainderUnsigned(seed, 5) % 4 == 0;
  }

  private static Cgroups.Support cgroups(long seed, Sabotage sabotage) {
    if (sabotage == Sabotage.CGROUP_HIDDEN) return Cgroups.Support.WITHOUT_KILL;
    if (sabotage != Sabotage.NONE) return Cgroups.Support.NONE;
    Cgroups.Support[] all = Cgroups.Support.values();
    return all[(int) Long.remainderUnsigned(seed, all.length)];
  }

  private Simulation(
      long seed,
      Random random,
      Sabotage sabotage,
      Optional<Guest> guest,
      Faults chosen,
      Cgroups.Support cgroups) {
    this(
        seed,
        random,
        guest,
        begun(new Declarations(random, guest, onDemand(seed, sabotage, guest))),
        () -> chosen == null ? faults(random, sabotage) : chosen,
        sabotage,
        cgroups,
        random::nextBoolean);
  }

  /**
   * One whose story is told by whoever asks for it: these declarations, and no fault but those that
   * he brings about.
   *
   * @param withSupervise whether a supervisor is in the manager's process
   */
  Simulation(List<Source> declarations, Cgroups.Support cgroups, boolean withSupervise) {
    this(
        1,
        new Random(1),
        Optional.empty(),
        new Declarations(declarations),
        () -> Faults.NONE,
        Sabotage.NONE,
        cgroups,
        () -> withSupervise);
    begin(Manager.Purpose.TARGET);
  }

  /** What is left to chance is asked for in this order, which a seed depends on. */
  private Simulation(
      long seed,
      Random random,
      Optional<Guest> guest,
      Declarations declarations,
      Supplier<Faults> faults,
      Sabotage sabotage,
      Cgroups.Support cgroups,
      BooleanSupplier withSupervise) {
    this.random = random;
    ServiceLoader.load(ServiceType.class).forEach(type -> types.put(type.name(), type));
    guest.ifPresent(each -> types.put(each.type().name(), each.type()));
    present.putAll(types);
    this.declarations = declarations;
    rules = new Rules(Graph.of(declarations.configuration(types).declarations().values()), types);
    machine = new Machine(random, faults.get(), sabotage, cgroups, trace, rules);
    this.withSupervise = withSupervise.getAsBoolean();
    logging = new Logging(machine, seed);
    logging.of(this::replaceReader);
    machine.beside = logging::step;
    rules.of(machine, world, () -> manager, this::supervisor);
    wire = new Wire(machine, rules);
    network = new Network(machine, wire);
    machine.whenEnded = this::processEnded;
    machine.superviseProgram = this::supervise;
    machine.init(EXITS);
    startManager();
  }

  /** The runtime of one that lives and knows what it has, or null. */
  private SimulatedKernel supervisor(String name) {
    return hosts.values().stream()
        .filter(host -> host.name.equals(name) && host.begun && host.kernel.self.alive())
        .map(host -> host.kernel)
        .findFirst()
        .orElse(null);
  }

  private static Declarations begun(Declarations declarations) {
    declarations.begin();
    return declarations;
  }

  private static ChildSetup setup(String supervisor) {
    return new ChildSetup(MARK, supervisor, List.of(), "/run", "/log");
  }

  private void startManager() {
    SimulatedProcess process = machine.create(Map.of(), List.of(MANAGER), Machine.INIT);
    kernel = machine.boot(process);
    kernel.becomeSubreaper();
    manager = manager(process);
    if (withSupervise) superviseWithin();
  }

  private void replaceReader(Logging.Reader before, Logging.Reader next) {
    Host host = hosts.get(before.runtime);
    if (host == null || host.supervise == null) return;
    host.supervise.keeperArrived(next);
    host.supervise.keeperLeft(before);
  }

  private void processEnded(SimulatedProcess process) {
    network.ended(process);
    logging.ended(process);
    if (process.words.get(0).equals(SUPERVISE)) rules.supervisorGone(process);
    if (process != kernel.self || ended) return;
    begun = false;
    clients.removeIf(client -> !client.answered());
    supervises.values().remove(kernel);
    // what it sent before it died arrives before its successor says anything
    machine.after(10 * Machine.MS + machine.upTo(500), this::succeed);
  }

  /** Another manager, which knows nothing but what it finds. */
  private void succeed() {
    machine.note("another manager begins");
    rules.managerBegan();
    if (ending) rules.wished();
    startManager();
    boolean byPurpose = ending && random.nextBoolean();
    begin(byPurpose ? Manager.Purpose.ENDING : Manager.Purpose.TARGET);
    if (ending && !byPurpose) kernel.takes(Signal.TERM);
  }

  private void begin(Manager.Purpose purpose) {
    Manager beginning = manager;
    kernel.execute(() -> beginning.begin(purpose, network.names(), () -> begun(beginning)));
  }

  private void begun(Manager which) {
    begun = which == manager;
    accepted |= begun;
  }

  /** Some manager has begun, and so accepted what was declared. */
  private boolean accepted;

  private static Faults faults(Random random, Sabotage sabotage) {
    if (SOME_FAULTS.contains(sabotage)) return Faults.SOME;
    if (MANY_FAULTS.contains(sabotage)) return Faults.MANY;
    if (sabotage == Sabotage.DELAY_FORGOTTEN) return Faults.SWAPS_ONLY;
    if (sabotage == Sabotage.SURVIVORS_HIDDEN || sabotage == Sabotage.ADOPTED_STOPPED) {
      return Faults.MANAGERS_ONLY;
    }
    if (sabotage != Sabotage.NONE) return Faults.WISHES_ONLY;
    return List.of(Faults.WISHES_ONLY, Faults.SOME, Faults.MANY, Faults.MANY, Faults.EDITS_ONLY)
        .get(random.nextInt(5));
  }

  private Manager manager(SimulatedProcess process) {
    Manager.Place place = new Manager.Place(List.of(SUPERVISE), "/run", "/log", List.of(), MARK);
    Intake intake =
        new Intake(kernel, "/run", List.of("/etc/svc"), declarations::layers, types::get);
    Configuration configuration = intake.begin(Declarations.TARGET);
    if (!configuration.problems().isEmpty())
      throw new BrokenRule("a manager cannot begin: " + configuration.problems());
    Manager made =
        new Manager(
            kernel,
            network.connector(process),
            intake,
            configuration,
            Declarations.TARGET,
            place,
            withSupervise ? Set.of("main") : Set.of(),
            types::get,
            world,
            state -> machine.note("manager tells " + state.replace('\n', ' ')),
            this::ended);
    attached = kernel.attach(made, SIGNALS);
    return made;
  }

  /** What the manager's process would end with. */
  int exitStatus = -1;

  private void ended(int status) {
    machine.note("manager ends");
    exitStatus = status;
    if (ended) throw new BrokenRule("the manager ends twice");
    ended = true;
  }

  /** A supervisor in a runtime, until another version of it takes its place. */
  private final class Host {
    final String name;
    final SimulatedKernel kernel;
    final IntConsumer exit;
    Supervise supervise;
    Kernel.Attachment attachment;
    Wire.Local within;

    /** It knows what it has. */
    boolean begun;

    Host(String name, SimulatedKernel kernel, IntConsumer exit) {
      this.name = name;
      this.kernel = kernel;
      this.exit = exit;
    }

    /** On its loop. */
    void begin() {
      supervise = new Supervise(kernel, setup(name), "/status/" + name, EXITS, "/notices", exit);
      supervises.put(supervise, kernel);
      attachment = kernel.attach(supervise, isWithin() ? List.of() : SIGNALS);
      present.values().forEach(supervise::typeArrived);
      supervise.keeperArrived(logging.reader(kernel));
      supervise.prepare();
      supervise.begin(this::begun);
    }

    private boolean isWithin() {
      return !kernel.self.words.get(0).equals(SUPERVISE);
    }

    private void begun() {
      begun = true;
      String path = "/run/supervise/" + name + ".sock";
      if (!isWithin()) {
        network.listen(path, kernel.self, supervise);
        return;
      }
      within = wire.local(name, supervise, kernel);
      manager.supervisorArrived(name, within);
    }

    private void leave() {
      within.leave();
      manager.supervisorLeft(name, within);
    }

    /** On its loop, between two events, as it is with a seat. */
    void swap() {
      machine.note("another version of supervisor " + name + " takes over");
      begun = false;
      attachment.detach();
      supervise.leave();
      supervises.remove(supervise);
      if (!isWithin()) network.leave(kernel.self);
      else if (within != null) leave();
      within = null;
      begin();
    }
  }

  private void superviseWithin() {
    rules.local("main");
    Host host = new Host("main", kernel, status -> {});
    hosts.put(kernel, host);
    kernel.execute(host::begin);
  }

  /** The program svc-supervise: it takes its time until it listens. */
  private void supervise(SimulatedProcess process) {
    String name = process.words.get(2);
    machine.after(machine.upTo(300), () -> begin(name, process));
  }

  private void begin(String name, SimulatedProcess process) {
    if (process.zombie) return;
    SimulatedKernel own = machine.boot(process);
    Host host = new Host(name, own, status -> exit(process, status));
    hosts.put(own, host);
    own.execute(host::begin);
  }

  private void exit(SimulatedProcess process, int status) {
    machine.after(machine.upTo(5), () -> machine.end(process, ExitStatus.exited(status)));
  }

  // The history

  /** What has become of a history that broke no rule. */
  record Outcome(long hash, long lines, int clients) {}

  Outcome run() {
    begin(Manager.Purpose.TARGET);
    boolean hasty = random.nextInt(4) == 0;
    for (int step = steps(); step > 0; step--) live();
    if (!hasty) comeToRest();
    shutdown(hasty);
    return new Outcome(trace.hash(), trace.lines(), clients.size());
  }

  /** Where a time always comes no step is idle, so there are fewer. */
  private int steps() {
    int steps = 300 + random.nextInt(1_500);
    return rules.isDriven() ? steps / 2 : steps;
  }

  /** The same, up to where it comes to rest, with nothing going wrong any more. */
  void rest() {
    begin(Manager.Purpose.TARGET);
    for (int step = steps(); step > 0; step--) live();
    comeToRest();
  }

  // What an operator does, with everything at rest

  Set<String> services() {
    return manager.graph().services();
  }

  boolean isUp(String service) {
    return manager.view(service).status().state() == ServiceState.UP;
  }

  /** The manager's answer to {@link Method#WHY}. */
  NvList why(String service) {
    Question question = new Question();
    manager.received(question, Message.request(1, Method.WHY).string("service", service).build());
    for (int step = 0; step < ENDLESS && question.answer == null; step++) machine.step();
    return question.answer;
  }

  /** Sees to it that its programs do what they should from now on. */
  void mend(String service) {
    machine.mended.add(service);
  }

  void unpin(String service) {
    ask(Method.PIN, List.of(service), "none");
    runOut();
  }

  void start(String service) {
    ask(Method.START, List.of(service));
    runOut();
  }

  /** Somebody who asks one thing. */
  private static final class Question implements Peer {
    NvList answer;

    @Override
    public String id() {
      return "question";
    }

    @Override
    public boolean send(NvList message) {
      answer = message;
      return true;
    }

    @Override
    public void close() {}
  }

  /** The services and the last lines of what happened. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    Graph graph = rules.graph();
    for (String service : graph.services()) {
      text.append(service).append(':');
      for (Declaration.Entry entry : graph.declaration(service).entries())
        text.append(' ').append(entry.key()).append('=').append(entry.value()).append(',');
      text.append('\n');
    }
    return text.append("...\n").append(trace).toString();
  }

  private void live() {
    machine.step();
    disturb();
  }

  private void disturb() {
    Faults faults = machine.faults;
    if (begun && machine.chance(faults.wish())) wish();
    if (machine.chance(faults.edit())) edit();
    if (machine.chance(faults.edit())) flip();
    if (machine.chance(faults.kill())) killOne();
    if (machine.chance(faults.killSupervisor())) killSupervisor();
    if (!ended && machine.chance(faults.killManager())) kill(List.of(kernel.self));
    if (machine.chance(faults.disconnect())) network.disconnectOne();
    if (machine.chance(faults.type())) takeType();
    if (machine.chance(faults.swap())) swap();
    if (!rules.isDriven()) return;
    if (machine.chance(faults.visit())) visit();
    if (machine.chance(faults.clock())) setClock();
  }

  /** Somebody comes to one of the sockets. */
  private void visit() {
    List<String> services = new ArrayList<>(rules.graph().services());
    services.removeIf(service -> rules.onDemand.addresses(service).isEmpty());
    if (services.isEmpty()) return;
    String service = services.get(random.nextInt(services.size()));
    List<Address> addresses = rules.onDemand.addresses(service);
    come(service, addresses.get(random.nextInt(addresses.size())));
  }

  Visitor come(String service, Address address) {
    rules.onDemand.comes(service, address);
    return machine.sockets.come(service, address);
  }

  private void setClock() {
    setClock(List.of(-70_000L, -1_500L, 1_500L, 70_000L).get(random.nextInt(4)));
  }

  void setClock(long by) {
    machine.setClock(by);
    rules.onDemand.clockSet();
  }

  /** Another version of a role, at any moment. */
  private void swap() {
    hosts.keySet().removeIf(runtime -> runtime.self.zombie);
    List<Host> all = List.copyOf(hosts.values());
    int which = random.nextInt(all.size() + 1);
    if (which < all.size()) {
      Host host = all.get(which);
      host.kernel.execute(host::swap);
    } else if (kernel.self.alive() && begun && !ended) {
      kernel.execute(this::swapManager);
    }
  }

  private void swapManager() {
    if (ended || !begun) return;
    machine.note("another version of the manager takes over");
    begun = false;
    attached.detach();
    manager.leave();
    rules.managerBegan();
    if (ending) rules.wished();
    Manager next = manager(kernel.self);
    manager = next;
    Host host = hosts.get(kernel);
    if (host != null && host.within != null) next.supervisorArrived("main", host.within);
    next.begin(
        Manager.Purpose.TARGET,
        network.names(),
        () -> {
          begun = next == manager;
          if (begun) List.copyOf(clients).forEach(client -> client.askAgain(next));
        });
  }

  /** What is half written may be there when a manager dies. */
  private void edit() {
    if (!accepted) return; // a manager that finds nonsense at its first start just says so
    declarations.edit();
    machine.note("somebody edits declarations");
    if (begun && random.nextInt(4) > 0) ask(Method.RELOAD, List.of());
  }

  private void flip() {
    List<String> names = List.copyOf(rules.graph().services());
    world.flip(names.get(random.nextInt(names.size())));
  }

  private void wish() {
    List<String> names = List.copyOf(rules.graph().services());
    String service = names.get(random.nextInt(names.size()));
    String method =
        List.of(Method.START, Method.START, Method.STOP, Method.RESTART, Method.KILL)
            .get(random.nextInt(machine.sabotage == Sabotage.NONE ? 5 : 4));
    if (random.nextInt(12) > 0) ask(method, List.of(service));
    else
      ask(
          Method.PIN,
          List.of(service),
          List.of("up", "down", "none", "none").get(random.nextInt(4)));
  }

  Machine machine() {
    return machine;
  }

  ServiceType type(String name) {
    return types.get(name);
  }

  /** As the manager sees it now; null when it knows of none. */
  Status status(String service) {
    boolean there = manager.graph().services().contains(service);
    return there ? manager.view(service).status() : null;
  }

  /** What somebody writes, and has read when he asks for it. */
  Declarations declarations() {
    return declarations;
  }

  SimulatedWorld world() {
    return world;
  }

  /** Everything is down, and the manager has ended. */
  boolean ended() {
    return ended;
  }

  SimulatedProcess managerProcess() {
    return kernel.self;
  }

  boolean begun() {
    return begun;
  }

  void endEverything() {
    ending = true;
    rules.ends();
    kernel.takes(Signal.TERM);
  }

  Client ask(String method, List<String> services) {
    return ask(method, services, "");
  }

  Client ask(String method, List<String> services, String pin) {
    Client client =
        new Client("client-" + ++lastClient, machine, rules, manager, method, services, pin);
    if (!pin.isEmpty()) rules.unsure(services, client);
    clients.add(client);
    client.ask();
    return client;
  }

  private void killOne() {
    kill(
        machine.alive().stream()
            .filter(process -> !process.service.isEmpty() && !process.young)
            .toList());
  }

  private void killSupervisor() {
    kill(machine.alive().stream().filter(p -> p.words.get(0).equals(SUPERVISE)).toList());
  }

  private void kill(List<SimulatedProcess> candidates) {
    if (candidates.stream().noneMatch(SimulatedProcess::alive)) return;
    SimulatedProcess process = candidates.get(random.nextInt(candidates.size()));
    machine.note("somebody kills " + process);
    machine.end(process, ExitStatus.killed(Signal.KILL.number()));
  }

  private void takeType() {
    List<ServiceType> all = List.copyOf(types.values());
    takeType(all.get(random.nextInt(all.size())));
    machine.after(machine.upTo(1_000), this::bringTypes);
  }

  void takeType(ServiceType type) {
    machine.note("type " + type.name() + " leaves");
    present.remove(type.name());
    supervises.forEach((supervise, own) -> own.execute(() -> supervise.typeLeft(type)));
  }

  void bringTypes() {
    present.putAll(types);
    for (ServiceType type : types.values()) {
      supervises.forEach((supervise, own) -> own.execute(() -> supervise.typeArrived(type)));
    }
  }

  // The end

  /** With the world well again what is wanted is reached, or somebody says why it is not. */
  private void comeToRest() {
    machine.faults = Faults.NONE;
    bringTypes();
    awaitManager();
    declarations.mend();
    Client reload = ask(Method.RELOAD, List.of());
    Client target = ask(Method.START, List.of(Declarations.TARGET));
    runOut();
    answered(clients);
    visitAll();
    Map<String, Status> statuses = new LinkedHashMap<>();
    if (!reload.done()) machine.note("reloaded, but " + reload.refusal());
    for (String service : rules.graph().services())
      statuses.put(service, manager.view(service).status());
    rules.atRest(statuses);
    logging.atRest(upIn(statuses));
    machine.note("at rest, target " + (target.done() ? "up" : target.refusal()));
  }

  /** Everybody who listens has a visitor, and a program that has its time has it. */
  private void visitAll() {
    if (!rules.isDriven()) return;
    rules.onDemand.well();
    List<Visitor> visitors = new ArrayList<>();
    for (String service : rules.graph().services())
      for (Address address : rules.onDemand.addresses(service))
        if (isUp(service)) visitors.add(come(service, address));
    runOut();
    visitors.forEach(rules.onDemand::visited);
    rules.onDemand.atRest();
  }

  /** Those that run; a service that became a target has nothing to say. */
  private static List<String> upIn(Map<String, Status> statuses) {
    return statuses.entrySet().stream()
        .filter(each -> each.getValue().state() == ServiceState.UP && each.getValue().pid() != 0)
        .map(Map.Entry::getKey)
        .toList();
  }

  private void awaitManager() {
    for (int step = 0; step < ENDLESS && !begun; step++) if (!machine.step()) break;
    if (!begun) throw new BrokenRule("the manager does not begin");
  }

  private void shutdown(boolean hasty) {
    ending = true;
    rules.ends();
    if (begun && random.nextBoolean()) ask(Method.SHUTDOWN, List.of());
    else if (kernel.self.alive()) kernel.takes(Signal.TERM);
    List<Client> before = new ArrayList<>(clients);
    for (int step = hasty ? random.nextInt(300) : 0; step > 0 && !ended; step--) live();
    machine.faults = Faults.NONE;
    bringTypes();
    for (int step = 0; step < ENDLESS && !ended; step++) if (!machine.step()) break;
    if (!ended) throw new BrokenRule("the manager does not end");
    List<SimulatedProcess> left = machine.alive().stream().filter(p -> p != kernel.self).toList();
    if (!left.isEmpty()) throw new BrokenRule("left after the shutdown: " + left);
    List<String> cgroups = machine.cgroups.left().stream().filter(rules::isOfAnOrderly).toList();
    if (!rules.lost() && !cgroups.isEmpty())
      throw new BrokenRule("cgroups left after the shutdown: " + cgroups);
    before.retainAll(clients); // those of a manager that died hear nothing
    answered(before);
    logging.over();
  }

  private void runOut() {
    long from = machine.now();
    for (int step = 0; step < ENDLESS; step++) {
      if (!machine.step()) return;
      if (step % 16 == 0 && rules.isDriven() && isQuiet(from)) return;
    }
    throw new BrokenRule("it never comes to rest");
  }

  /** Nothing happened for a while but what comes again and again. */
  private boolean isQuiet(long from) {
    long since = Math.max(from, rules.changedAt());
    return machine.now() - since > QUIET
        && rules.isSteady()
        && clients.stream().allMatch(Client::answered);
  }

  private static void answered(List<Client> clients) {
    for (Client client : clients) {
      if (!client.answered()) throw new BrokenRule(client + " is not answered");
    }
  }
}
