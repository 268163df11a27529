package svc.simulation;

import static svc.simulation.SimulatedSocket.where;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import svc.ipc.Bodies;
import svc.nv.NvList;
import svc.os.Address;
import svc.service.Declaration;
import svc.service.Keys;
import svc.service.ServiceState;
import svc.service.Status;
import svc.type.ServiceType;

/**
 * What must never be with services that run when somebody comes, or when their time has come. Looks
 * at the machine's own sockets and clock.
 *
 * <ol>
 *   <li>A service that is up listens where it is to, and nowhere else; one that is down or failed
 *       does not.
 *   <li>While it is on, also through restarts, nobody closes a socket of it. One that ends with a
 *       supervisor that was killed had no program, or could not be taken out of it.
 *   <li>What a program that runs listens at is not opened a second time.
 *   <li>A program is run by the clock when its time has come, not before, and once for each time;
 *       for those that were missed at most once.
 *   <li>A program that failed is run again when its delay is over, not before.
 *   <li>Whoever waits at a socket of a service that is up is served in the end, with the world
 *       well.
 * </ol>
 */
final class OnDemandRules implements Sockets.Watcher {

  /** How late a program may be when nothing goes wrong, in milliseconds. */
  private static final long SLACK = 100;

  private final Map<String, ServiceType> types;
  private Machine machine;
  private Function<String, SimulatedKernel> supervisors = service -> null;

  OnDemandRules(Map<String, ServiceType> types) {
    this.types = types;
  }

  /**
   * @param supervisors the runtime of a service's supervisor that lives and knows what it has, or
   *     null
   */
  void of(Machine machine, Function<String, SimulatedKernel> supervisors) {
    this.machine = machine;
    this.supervisors = supervisors;
  }

  /** A service, as it was written down last. */
  private static final class Known {
    final String name;
    ServiceState state = ServiceState.DOWN;
    int pid;

    /** Where it is to listen. */
    List<Address> addresses = List.of();

    /** Those of its sockets that its supervisor closed in this turn. */
    final Set<Address> closed = new HashSet<>();

    /** It could not open one in this turn. */
    boolean tried;

    /** Who forgets it in this turn. */
    SimulatedKernel forgotten;

    /** Who could not take a socket out of its program. */
    SimulatedKernel without;

    /** In milliseconds since 1970, or 0. */
    long lastRun;

    long waitsSince;

    /** The same before the last run. */
    long lastRunBefore;

    long waitedSince;

    /** The declarations that may count for the next run. */
    final List<Declaration> declarations = new ArrayList<>();

    /** Somebody has set the clock while it waited. */
    boolean unsure;

    /** When its next program may be run, after one that failed, by {@link Machine#now}. */
    long notBefore;

    /** {@link Status#since} */
    long since;

    /** Of its last process. */
    long number;

    Known(String name) {
      this.name = name;
    }

    boolean isOn() {
      return switch (state) {
        case DOWN, FAILED, SKIPPED -> false;
        case STARTING, UP, STOPPING, BACKING_OFF, NO_TYPE -> true;
      };
    }
  }

  private final Map<String, Known> known = new TreeMap<>();

  /** Those to which something happened in the turn of a runtime that is not through. */
  private final Set<Known> touched = new HashSet<>();

  private Known known(String service) {
    return known.computeIfAbsent(service, Known::new);
  }

  private Known touch(String service) {
    Known node = known(service);
    touched.add(node);
    return node;
  }

  // Sockets

  @Override
  public void bound(SimulatedKernel kernel, SimulatedSocket socket, List<SimulatedSocket> others) {
    for (SimulatedSocket other : others)
      for (SimulatedProcess holder : other.holders)
        if (holder.instance && holder.service.equals(socket.service))
          throw new BrokenRule(socket + " is opened a second time, " + holder + " has it");
  }

  @Override
  public void refused(SimulatedKernel kernel, String service) {
    touch(service).tried = true;
  }

  @Override
  public void notTaken(SimulatedKernel kernel, String service) {
    known(service).without = kernel;
  }

  @Override
  public void closed(SimulatedKernel kernel, SimulatedSocket socket) {
    touch(socket.service).closed.add(socket.address);
  }

  @Override
  public void lost(SimulatedSocket socket, SimulatedProcess last) {
    Known node = known(socket.service);
    boolean its = last.service.equals(socket.service) && node.addresses.contains(socket.address);
    if (its && holdsAll(node) && node.state == ServiceState.UP && last.instance)
      throw new BrokenRule(socket + " is closed with " + last + ", its supervisor lives");
  }

  /** Its supervisor has all of its sockets. */
  private boolean holdsAll(Known node) {
    SimulatedKernel supervisor = supervisors.apply(node.name);
    return supervisor != null && supervisor != node.without;
  }

  // What supervisors write down

  /** A supervisor wrote down how a service is. */
  void recorded(SimulatedKernel kernel, NvList record, Status status) {
    Known node = touch(status.service());
    node.state = status.state();
    node.pid = status.pid();
    node.addresses = addresses(record);
    if (status.since() != node.since) beginAnew(node, status);
    follow(node, record);
    if (!node.isOn() && !kernel.listeners.of(status.service()).isEmpty())
      throw new BrokenRule(status.service() + " is " + status.state() + ", and listens");
  }

  /** It was started since. */
  private static void beginAnew(Known node, Status status) {
    node.since = status.since();
    node.waitsSince = 0;
    node.notBefore = 0;
  }

  /** A program of it failed. */
  void failed(String service, Declaration declaration) {
    known(service).notBefore = machine.now() + declaration.nanos(Keys.DELAY);
  }

  private static List<Address> addresses(NvList record) {
    return record.list("procedure", NvList.EMPTY).lists("listeners").stream()
        .map(each -> Address.parse(each.string("address", "")).orElseThrow())
        .toList();
  }

  /** A runtime has done what it was about to do, or died of it. */
  void through(boolean died) {
    for (Known node : touched) {
      if (!died) check(node);
      if (!died && node.forgotten != null) forget(node);
      node.forgotten = null;
      node.closed.clear();
      node.tried = false;
    }
    touched.clear();
  }

  private void check(Known node) {
    if (node.isOn() && node.addresses.stream().anyMatch(node.closed::contains))
      throw new BrokenRule(node.name + " is " + node.state + ", its socket was closed");
    if (node.state == ServiceState.UP && isThere(node)) checkListens(node);
  }

  /** Its end may be something that no supervisor has heard of yet. */
  private boolean isThere(Known node) {
    SimulatedProcess process = machine.process(node.pid);
    return node.pid == 0 || process != null && process.alive();
  }

  private void checkListens(Known node) {
    for (Address address : node.addresses) {
      SimulatedSocket socket = machine.sockets.at(address);
      if (socket == null || !socket.service.equals(node.name))
        throw new BrokenRule(node.name + " is up, and does not listen at " + where(address));
    }
    SimulatedKernel supervisor = supervisors.apply(node.name);
    if (supervisor == null) return;
    for (Address address : supervisor.listeners.of(node.name))
      if (!node.addresses.contains(address))
        throw new BrokenRule(node.name + " is up, and still listens at " + where(address));
  }

  /** Whether its sockets could not be opened in this turn; asked once. */
  boolean tried(String service) {
    Known node = known(service);
    boolean tried = node.tried;
    node.tried = false;
    return tried;
  }

  /** A supervisor is about to forget it: nothing is left but the note of its last run. */
  void forgets(SimulatedKernel kernel, String service) {
    touch(service).forgotten = kernel;
  }

  private void forget(Known node) {
    if (!node.forgotten.listeners.of(node.name).isEmpty())
      throw new BrokenRule(node.name + " is forgotten, and listens");
    lost(node.name);
  }

  /** Its record is lost. */
  void lost(String service) {
    Known node = known(service);
    node.state = ServiceState.DOWN;
    node.addresses = List.of();
    node.waitsSince = 0;
    node.number = 0;
    node.lastRun = noted(service);
  }

  private long noted(String service) {
    byte[] note = machine.files.get("/log/.last-run/" + service);
    String text = note == null ? "" : new String(note, StandardCharsets.US_ASCII);
    return text.endsWith("\n") ? Long.parseLong(text.strip()) : 0;
  }

  // The clock

  private void follow(Known node, NvList record) {
    boolean spawning = record.exists("spawning");
    long number = record.number("number", 0);
    boolean runs = record.string("spawning", "").equals("MAIN") && number > node.number;
    node.number = number;
    Declaration declaration = Bodies.declaration(record.list("declaration", NvList.EMPTY));
    if (runs) ran(node, declaration);
    else if (node.state != ServiceState.UP || node.pid != 0) node.waitsSince = 0;
    else if (!spawning) waits(node, declaration);
  }

  private void waits(Known node, Declaration declaration) {
    if (node.waitsSince == 0) beginToWait(node);
    if (!node.declarations.contains(declaration)) node.declarations.add(declaration);
  }

  private void beginToWait(Known node) {
    node.waitsSince = machine.wallClock();
    node.lastRun = Math.min(node.lastRun, node.waitsSince);
    node.declarations.clear();
    node.unsure = false;
  }

  /** Somebody has set the clock: what that means for those that wait they see when they look. */
  void clockSet() {
    known.values().forEach(node -> node.unsure = true);
  }

  private void ran(Known node, Declaration declaration) {
    if (node.waitsSince == 0) beginToWait(node);
    waits(node, declaration);
    long now = machine.wallClock();
    if (node.addresses.isEmpty() && !node.unsure) checkRun(node, now);
    if (!node.addresses.isEmpty() && machine.now() < node.notBefore)
      throw new BrokenRule(node.name + " runs again before its delay is over");
    node.lastRunBefore = node.lastRun;
    node.waitedSince = node.waitsSince;
    node.lastRun = now;
    node.waitsSince = 0;
  }

  private void checkRun(Known node, long now) {
    checkLate(node, now);
    if (earliest(node, node.lastRun, node.waitsSince) <= now) return;
    boolean again = earliest(node, node.lastRunBefore, node.waitedSince) <= now;
    throw new BrokenRule(
        node.name + (again ? " runs once more for the same time" : " runs before its time"));
  }

  private long earliest(Known node, long lastRun, long since) {
    return node.declarations.stream()
        .mapToLong(each -> next(each, lastRun, since))
        .min()
        .getAsLong();
  }

  private long next(Declaration declaration, long lastRun, long since) {
    return types.get(declaration.type()).next(declaration, lastRun, since);
  }

  /** Since when nothing goes wrong any more. */
  private long wellSince = Long.MAX_VALUE;

  private void checkLate(Known node, long now) {
    if (wellSince == Long.MAX_VALUE) return;
    long due =
        node.declarations.stream()
            .mapToLong(each -> next(each, node.lastRun, node.waitsSince))
            .max()
            .getAsLong();
    if (due < ServiceType.NEVER - SLACK
        && Math.max(Math.max(due, node.waitsSince), wellSince) + SLACK < now)
      throw new BrokenRule(node.name + " did not run when its time had come");
  }

  // With the world well

  /** Whether each service that is on has the supervisor that said so. */
  boolean isSupervised() {
    return known.values().stream()
        .allMatch(node -> !node.isOn() || supervisors.apply(node.name) != null);
  }

  /** Nothing goes wrong any more, and what went wrong has been seen to. */
  void well() {
    wellSince = machine.wallClock();
  }

  void atRest() {
    for (Known node : known.values()) {
      boolean waits = node.state == ServiceState.UP && node.waitsSince != 0 && !node.unsure;
      if (waits && node.addresses.isEmpty()) checkLate(node, machine.wallClock());
    }
    for (SimulatedSocket socket : machine.sockets.open()) {
      boolean found = machine.sockets.at(socket.address) == socket;
      Known node = known(socket.service);
      // what an earlier program of it left behind may have one that it has no more
      boolean its = node.state == ServiceState.UP && node.addresses.contains(socket.address);
      if (found && its && !socket.waiting.isEmpty())
        throw new BrokenRule("nobody serves " + socket.waiting.peek());
    }
  }

  /** Somebody came while everything was at rest, and it is so again. */
  void visited(Visitor visitor) {
    boolean up = known(visitor.service).state == ServiceState.UP; // or what it needs has failed
    if (up && visitor.state != Visitor.State.SERVED)
      throw new BrokenRule("nobody serves " + visitor + ", who is " + visitor.state);
  }

  /** Where a service is to listen, by the declaration that it was started with. */
  List<Address> addresses(String service) {
    return known(service).addresses;
  }

  /** Somebody comes. */
  void comes(String service, Address address) {
    Known node = known(service);
    boolean listens = node.state == ServiceState.UP && node.addresses.contains(address);
    if (listens && holdsAll(node) && machine.sockets.at(address) == null)
      throw new BrokenRule(service + " is up, and refuses who comes to " + where(address));
  }
}
