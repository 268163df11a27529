package svc.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import svc.ipc.Method;
import svc.os.Address;
import svc.os.ExitStatus;
import svc.service.ServiceState;
import svc.service.Source;
import svc.service.Status;

/**
 * One story on the simulated machine, told step by step: the real manager and supervisors, with the
 * {@linkplain Rules rules} looking on. Nothing goes wrong in it but what it says; time is the
 * machine's.
 */
final class Scenario {

  /** More than any of them takes. */
  private static final int STEPS = 100_000;

  private final List<Source> sources = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final Map<String, ServiceState> last = new LinkedHashMap<>();
  private final List<String> history = new ArrayList<>();
  private boolean within;
  private Cgroups.Support cgroups = Cgroups.Support.NONE;
  private Simulation simulation;

  /** A service and the lines of its file; {@code [service]} stands before the first of them. */
  Scenario service(String name, String... lines) {
    sources.add(source(name, lines));
    names.add(name);
    return this;
  }

  private static Source source(String name, String... lines) {
    String text = "[service]\n" + String.join("\n", lines) + "\n";
    return new Source(name, "/etc/svc/" + name + ".ini", text);
  }

  /** The supervisor is in the manager's process. */
  Scenario inOneProcess() {
    within = true;
    return this;
  }

  /** On a machine that has them. */
  Scenario with(Cgroups.Support support) {
    cgroups = support;
    return this;
  }

  /**
   * The target needs what it names; a story without services that are to be up begins with none.
   */
  Scenario begin(String... wanted) {
    String needs = wanted.length == 0 ? "" : "[depend]\nwants = " + String.join(" ", wanted) + "\n";
    String target = "[service]\ntype = target\n" + needs;
    sources.add(new Source(Declarations.TARGET, "/etc/svc/default.ini", target));
    simulation = quietly(() -> new Simulation(sources, cgroups, within));
    run(simulation::begun, "the manager begins");
    return this;
  }

  // What is done

  Client start(String... services) {
    return ask(Method.START, services);
  }

  Client stop(String... services) {
    return ask(Method.STOP, services);
  }

  Client restart(String... services) {
    return ask(Method.RESTART, services);
  }

  Client pin(String service, String how) {
    return simulation.ask(Method.PIN, List.of(service), how);
  }

  // Other declarations

  /** Somebody writes a declaration, of a new service or of one that there is. */
  Scenario write(String name, String... lines) {
    if (!names.contains(name)) names.add(name);
    simulation.declarations().write(source(name, lines));
    return this;
  }

  Scenario delete(String name) {
    simulation.declarations().delete(name);
    return this;
  }

  Client reload() {
    return ask(Method.RELOAD);
  }

  /** The path {@code /flag/NAME} comes or goes. */
  void flip(String name) {
    simulation.world().flip(name);
  }

  private Client ask(String method, String... services) {
    return simulation.ask(method, List.of(services));
  }

  /** Somebody connects. */
  Visitor visit(String service, String address) {
    return simulation.come(service, Address.parse(address).orElseThrow());
  }

  /** The wall clock is ahead by so many milliseconds more. */
  void setClock(long by) {
    simulation.setClock(by);
  }

  /** Its processes, as {@code kill -9} ends one. */
  void kill(String service) {
    end(main(service), ExitStatus.killed(9));
  }

  void crash(String service, int code) {
    end(main(service), ExitStatus.exited(code));
  }

  void end(SimulatedProcess process, ExitStatus status) {
    simulation.machine().end(process, status);
  }

  void killSupervisors() {
    for (SimulatedProcess process : List.copyOf(simulation.machine().alive()))
      if (process.words.get(0).equals(Simulation.SUPERVISE)) end(process, ExitStatus.killed(9));
  }

  /**
   * Supervisors die in the next starts of services.
   *
   * @param way in milliseconds, how long a child is on its way to its program then
   */
  void killInStart(long way, Machine.Stroke... when) {
    simulation.machine().strokes.addAll(List.of(when));
    simulation.machine().way = way * Machine.MS;
  }

  /** What happened, its last lines. */
  String text() {
    return simulation.toString();
  }

  /** How often programs of a service were executed. */
  int executed(String service) {
    return simulation.machine().executed.getOrDefault(service, 0);
  }

  /**
   * Whether anybody has a descriptor to watch a process with, and how many milliseconds one that
   * has ended is a zombie.
   */
  void watchable(boolean can, long zombie) {
    simulation.machine().unwatchable = !can;
    simulation.machine().reaping = zombie * Machine.MS;
  }

  List<SimulatedProcess> supervisors() {
    return living().stream().filter(p -> p.words.get(0).equals(Simulation.SUPERVISE)).toList();
  }

  void killManager() {
    end(simulation.managerProcess(), ExitStatus.killed(9));
  }

  void file(String path, String text) {
    simulation.machine().files.put(path, text.getBytes(StandardCharsets.US_ASCII));
  }

  void typeLeaves(String name) {
    simulation.takeType(simulation.type(name));
  }

  void typesReturn() {
    simulation.bringTypes();
  }

  void beginShutdown() {
    simulation.endEverything();
  }

  void shutdown() {
    beginShutdown();
    run(simulation::ended, "everything is down");
    assertEquals(List.of(), living().stream().filter(p -> !p.service.isEmpty()).toList());
  }

  // Time

  /** Until something is so. */
  void until(BooleanSupplier condition) {
    run(condition, "what is waited for");
  }

  void until(String service, ServiceState state) {
    run(() -> state(service) == state, service + " is " + state);
  }

  void answered(Client client) {
    run(client::answered, client + " is answered");
  }

  /** So many milliseconds pass. */
  void pass(long millis) {
    long until = simulation.machine().now() + millis * Machine.MS;
    simulation.machine().after(millis * Machine.MS, () -> {});
    run(() -> simulation.machine().now() >= until, "time passes");
  }

  /** Nothing more happens by itself for a long time. */
  void rest() {
    pass(3_600_000);
  }

  private void run(BooleanSupplier condition, String what) {
    quietly(
        () -> {
          for (int step = 0; step < STEPS && !condition.getAsBoolean(); step++) {
            boolean more = simulation.machine().step();
            look();
            if (!more) break;
          }
          return null;
        });
    assertTrue(condition.getAsBoolean(), () -> "never: " + what + "\n" + simulation);
  }

  private void look() {
    if (!simulation.begun() || simulation.ended()) return;
    for (String name : names) {
      ServiceState state = state(name);
      if (state != last.put(name, state)) history.add(name + " " + state);
    }
  }

  /** What the roles print is for people; the story's trace has it too. */
  private static <T> T quietly(Supplier<T> what) {
    PrintStream err = System.err;
    System.setErr(new PrintStream(OutputStream.nullOutputStream()));
    try {
      return what.get();
    } finally {
      System.setErr(err);
    }
  }

  // What is seen

  /** How often somebody killed what was no more. */
  int dodged() {
    return simulation.machine().dodged;
  }

  /** The cgroups that somebody made, by their directories. */
  Set<String> cgroups() {
    return simulation.machine().cgroups.left();
  }

  Status status(String service) {
    return simulation.status(service);
  }

  /** Null when there is no such service. */
  ServiceState state(String service) {
    Status status = status(service);
    return status == null ? null : status.state();
  }

  String reason(String service) {
    return status(service).reason();
  }

  int pid(String service) {
    return status(service).pid();
  }

  int exitStatus() {
    return simulation.exitStatus;
  }

  long now() {
    return simulation.machine().now() / Machine.MS;
  }

  boolean begun() {
    return simulation.begun();
  }

  boolean ended() {
    return simulation.ended();
  }

  List<SimulatedProcess> living() {
    return simulation.machine().alive();
  }

  /** Those that carry the service's mark. */
  List<SimulatedProcess> processes(String service) {
    return living().stream().filter(process -> process.service.equals(service)).toList();
  }

  SimulatedProcess main(String service) {
    return simulation.machine().process(pid(service));
  }

  SimulatedProcess process(String service, String word) {
    return processes(service).stream()
        .filter(process -> process.words.get(0).equals(word))
        .findFirst()
        .orElseThrow(() -> new AssertionError(word + " does not run\n" + simulation));
  }

  /** {@code NAME STATE} in the order in which the manager heard of it. */
  List<String> history() {
    return history;
  }

  void happened(String first, String then) {
    assertTrue(history.contains(first), () -> first + " in " + history);
    assertTrue(history.contains(then), () -> then + " in " + history);
    assertTrue(
        history.indexOf(first) < history.lastIndexOf(then),
        () -> first + ", then " + then + " in " + history);
  }

  void is(String service, ServiceState state) {
    assertEquals(state, state(service), () -> service + ": " + reason(service) + "\n" + simulation);
  }

  void is(String service, ServiceState state, String reason) {
    is(service, state);
    assertEquals(reason, reason(service));
  }
}
