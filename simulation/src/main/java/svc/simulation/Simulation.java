package svc.simulation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import svc.ipc.Method;
import svc.manager.Manager;
import svc.manager.logic.Graph;
import svc.os.ExitStatus;
import svc.os.Signal;
import svc.service.Declaration;
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

  /** More than any history takes that comes to its end. */
  private static final int ENDLESS = 60_000;

  private static final List<Signal> SIGNALS = List.of(Signal.TERM, Signal.INT, Signal.HUP);
  private static final ChildSetup SETUP = new ChildSetup(List.of(), "/log");

  private final Random random;
  private final Trace trace = new Trace();
  private final Machine machine;
  private final Map<String, ServiceType> types = new TreeMap<>();
  private final Graph graph;
  private final Rules rules;
  private final Wire wire;
  private final Network network;
  private final Manager manager;
  private final SimulatedKernel kernel;
  private final List<Client> clients = new ArrayList<>();

  /** Those in whose runtimes service types come and go. */
  private final Map<Supervise, SimulatedKernel> supervises = new LinkedHashMap<>();

  private boolean ended;

  Simulation(long seed) {
    this(seed, Sabotage.NONE);
  }

  Simulation(long seed, Sabotage sabotage) {
    random = new Random(seed * 0x9E3779B97F4A7C15L);
    ServiceLoader.load(ServiceType.class).forEach(type -> types.put(type.name(), type));
    graph = new Declarations(random).graph(types);
    rules = new Rules(graph);
    machine = new Machine(random, faults(sabotage), sabotage, trace, rules);
    rules.of(machine);
    wire = new Wire(machine, graph, rules);
    network = new Network(machine, wire);
    machine.whenEnded = network::ended;
    machine.superviseProgram = this::supervise;
    SimulatedProcess process = machine.create("", List.of("svc-manager"), 1);
    kernel = machine.boot(process);
    kernel.neverDies();
    kernel.becomeSubreaper();
    manager = manager(process, random.nextBoolean());
  }

  private Faults faults(Sabotage sabotage) {
    if (sabotage == Sabotage.PROCESS_LEFT) return Faults.SOME;
    if (sabotage != Sabotage.NONE) return Faults.WISHES_ONLY;
    return List.of(Faults.WISHES_ONLY, Faults.SOME, Faults.MANY, Faults.MANY)
        .get(random.nextInt(4));
  }

  private Manager manager(SimulatedProcess process, boolean withSupervise) {
    Manager.Place place = new Manager.Place(List.of(SUPERVISE), "/run", "/log", List.of());
    Manager made =
        new Manager(
            kernel,
            network.connector(process),
            graph,
            Declarations.TARGET,
            "/etc/svc",
            place,
            withSupervise ? Set.of("main") : Set.of(),
            this::ended);
    kernel.attach(made, SIGNALS);
    if (withSupervise) superviseWithin(made);
    return made;
  }

  private void ended(int status) {
    machine.note("manager ends");
    if (ended) throw new BrokenRule("the manager ends twice");
    ended = true;
  }

  private void superviseWithin(Manager manager) {
    Supervise supervise = new Supervise(kernel, SETUP, "/status", status -> {});
    supervise.prepare();
    kernel.attach(supervise, List.of());
    supervises.put(supervise, kernel);
    rules.local("main");
    bringTypes();
    kernel.execute(() -> manager.supervisorArrived("main", wire.local("main", supervise, kernel)));
  }

  /** The program svc-supervise: it takes its time until it listens. */
  private void supervise(SimulatedProcess process) {
    String name = process.words.get(2);
    machine.after(machine.upTo(300), () -> begin(name, process));
  }

  private void begin(String name, SimulatedProcess process) {
    if (process.zombie) return;
    rules.supervisorBegan(name);
    SimulatedKernel own = machine.boot(process);
    Supervise supervise =
        new Supervise(own, SETUP, "/status/" + name, status -> exit(process, status));
    own.enter(supervise::prepare);
    own.attach(supervise, SIGNALS);
    supervises.put(supervise, own);
    for (ServiceType type : types.values()) own.execute(() -> supervise.typeArrived(type));
    network.listen("/run/supervise/" + name + ".sock", process, supervise);
  }

  private void exit(SimulatedProcess process, int status) {
    machine.after(machine.upTo(5), () -> machine.end(process, ExitStatus.exited(status)));
  }

  // The history

  /** What has become of a history that broke no rule. */
  record Outcome(long hash, long lines, int clients) {}

  Outcome run() {
    kernel.execute(manager::begin);
    boolean hasty = random.nextInt(4) == 0;
    for (int step = 300 + random.nextInt(1_500); step > 0; step--) live();
    if (!hasty) comeToRest();
    shutdown(hasty);
    return new Outcome(trace.hash(), trace.lines(), clients.size());
  }

  /** The services and the last lines of what happened. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
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
    if (machine.chance(faults.wish())) wish();
    if (machine.chance(faults.kill())) killOne();
    if (machine.chance(faults.killSupervisor())) killSupervisor();
    if (machine.chance(faults.disconnect())) network.disconnectOne();
    if (machine.chance(faults.type())) takeType();
  }

  private void wish() {
    List<String> names = List.copyOf(graph.services());
    String service = names.get(random.nextInt(names.size()));
    String method =
        List.of(Method.START, Method.START, Method.STOP, Method.RESTART).get(random.nextInt(4));
    ask(method, List.of(service));
  }

  private Client ask(String method, List<String> services) {
    Client client = new Client(machine, manager, method, services);
    clients.add(client);
    client.ask();
    return client;
  }

  private void killOne() {
    kill(machine.alive().stream().filter(process -> !process.service.isEmpty()).toList());
  }

  private void killSupervisor() {
    kill(machine.alive().stream().filter(p -> p.words.get(0).equals(SUPERVISE)).toList());
  }

  private void kill(List<SimulatedProcess> candidates) {
    if (candidates.isEmpty()) return;
    SimulatedProcess process = candidates.get(random.nextInt(candidates.size()));
    machine.note("somebody kills " + process);
    machine.end(process, ExitStatus.killed(Signal.KILL.number()));
  }

  private void takeType() {
    List<ServiceType> all = List.copyOf(types.values());
    ServiceType type = all.get(random.nextInt(all.size()));
    machine.note("type " + type.name() + " leaves");
    supervises.forEach((supervise, own) -> own.execute(() -> supervise.typeLeft(type)));
    machine.after(machine.upTo(1_000), this::bringTypes);
  }

  private void bringTypes() {
    for (ServiceType type : types.values()) {
      supervises.forEach((supervise, own) -> own.execute(() -> supervise.typeArrived(type)));
    }
  }

  // The end

  /** With the world well again what is wanted is reached, or somebody says why it is not. */
  private void comeToRest() {
    machine.faults = Faults.NONE;
    bringTypes();
    Client target = ask(Method.START, List.of(Declarations.TARGET));
    runOut();
    answered(clients);
    Map<String, Status> statuses = new LinkedHashMap<>();
    for (String service : graph.services()) statuses.put(service, manager.view(service).status());
    rules.atRest(statuses);
    machine.note("at rest, target " + (target.done() ? "up" : target.refusal()));
  }

  private void shutdown(boolean hasty) {
    List<Client> before = List.copyOf(clients);
    if (random.nextBoolean()) ask(Method.SHUTDOWN, List.of());
    else kernel.takes(Signal.TERM);
    for (int step = hasty ? random.nextInt(300) : 0; step > 0 && !ended; step--) live();
    machine.faults = Faults.NONE;
    bringTypes();
    for (int step = 0; step < ENDLESS && !ended; step++) if (!machine.step()) break;
    if (!ended) throw new BrokenRule("the manager does not end");
    List<SimulatedProcess> left = machine.alive().stream().filter(p -> p != kernel.self).toList();
    if (!left.isEmpty()) throw new BrokenRule("left after the shutdown: " + left);
    answered(before);
  }

  private void runOut() {
    for (int step = 0; step < ENDLESS; step++) if (!machine.step()) return;
    throw new BrokenRule("it never comes to rest");
  }

  private static void answered(List<Client> clients) {
    for (Client client : clients) {
      if (!client.answered()) throw new BrokenRule(client + " is not answered");
    }
  }
}
