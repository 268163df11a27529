package svc.supervise;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import svc.os.ExitKeeper;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.ProcessInfo;
import svc.os.Signal;
import svc.service.Declaration;
import svc.service.Marked;
import svc.supervise.logic.Action;
import svc.supervise.logic.ChildSetup;
import svc.supervise.logic.PidFile;
import svc.supervise.logic.Service;
import svc.type.Task;

/**
 * Goes on where the supervisor before us was, in this process or in one that died: its records say
 * what it knew, the processes say what has become of it. Knows from then on of which services some
 * processes are not ours to inherit. Loop thread.
 */
final class Takeover {

  /** Whoever has the services. */
  interface Heir {
    /** A service that there is a record of is one of ours. */
    void restore(Records.Record record);

    /** A service that has not run yet. */
    Service create(Declaration declaration);

    /** It is one of ours. */
    void add(Service service);

    /** Ours by now, by their names. */
    Map<String, Service> services();

    /** Lets a service take an event. */
    void event(Service service, Consumer<List<Action>> event);

    /** {@link Takeover#deadline} is another. */
    void deadlineChanged();
  }

  /** A number that no process ever has (proc(5), pid_max). */
  private static final int NOBODY = Integer.MAX_VALUE;

  private final Kernel kernel;
  private final ChildSetup setup;
  private final Records records;
  private final String exits;
  private final Children children;
  private final Heir heir;

  /** Those of whose processes some may not be ours to inherit: another runtime started them. */
  private final Set<Service> inherited = new HashSet<>();

  /** The same of services of which there is no record, until they are declared. */
  private final Set<String> leftBehind = new HashSet<>();

  private boolean takenOver;

  /** Until we know what is there; null from then on. */
  private Runnable whenBegun = () -> {};

  private long adoptAt = Kernel.NEVER;
  private long adoptBy;

  Takeover(
      Kernel kernel,
      ChildSetup setup,
      Records records,
      String exits,
      Children children,
      Heir heir) {
    this.kernel = kernel;
    this.setup = setup;
    this.records = records;
    this.exits = exits;
    this.children = children;
    this.heir = heir;
  }

  /** Whether we know what is there. */
  boolean isOver() {
    return whenBegun == null;
  }

  /** Whether something of a supervisor before us was there. */
  boolean foundAnything() {
    return takenOver;
  }

  /** Whether processes of a service may be anywhere on the machine. */
  boolean isInherited(Service service) {
    return inherited.contains(service);
  }

  /** It is declared, and had been left behind. */
  void declared(Service service) {
    if (leftBehind.remove(service.name())) inherited.add(service);
  }

  /** Nothing of it is left that is not ours. */
  void cleared(Service service) {
    inherited.remove(service);
  }

  // When

  /**
   * @param begun is run when we know what is there
   */
  void begin(Runnable begun) {
    kernel.keepExits(exits, false);
    whenBegun = begun;
    adoptBy = kernel.now() + Children.ASK_PATIENCE;
    goOn();
  }

  /**
   * What has ended and is not reaped yet may be what we look for: there is a note of it soon. And a
   * child of the supervisor before us may be on its way to its program: it carries its mark soon.
   */
  void goOn() {
    List<Records.Record> all = records.all();
    List<Records.Record> open = all.stream().filter(Takeover::isOpen).toList();
    boolean onItsWay = !open.isEmpty() && isAnyOnItsWay();
    boolean late = kernel.now() >= adoptBy;
    if (onItsWay && late) endTheirWay(open);
    boolean wait =
        onItsWay && kernel.now() < adoptBy + Children.ASK_PATIENCE
            || !late && open.stream().anyMatch(this::mayHaveEnded);
    adoptAt = wait ? kernel.now() + Children.ASK_PAUSE : Kernel.NEVER;
    heir.deadlineChanged();
    if (wait) return;
    adopt(all);
    Runnable begun = whenBegun;
    whenBegun = null;
    begun.run();
  }

  /** When to {@link #goOn}. */
  long deadline() {
    return adoptAt;
  }

  /** Its supervisor died between two records: there may be a process or not. */
  private static boolean isOpen(Records.Record record) {
    return record.snapshot().spawning() != null;
  }

  private boolean isAnyOnItsWay() {
    return Marked.all(kernel, setup.mark()).stream().anyMatch(this::isOnItsWay);
  }

  private boolean isOnItsWay(Marked process) {
    return process.isForkOf(setup.supervisor()) && process.pid() != kernel.pid();
  }

  /** What has not got to its program by now never does: it is spawned when the service goes on. */
  private void endTheirWay(List<Records.Record> open) {
    for (Marked process : Marked.all(kernel, setup.mark())) {
      if (!isOnItsWay(process)) continue;
      open.forEach(record -> records.deny(record.snapshot()));
      kernel.kill(process.pid(), Signal.KILL);
    }
  }

  private boolean mayHaveEnded(Records.Record record) {
    if (!records.wasSpawned(record.snapshot())) return false;
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

  // What

  private void adopt(List<Records.Record> all) {
    List<Marked> marked = new ArrayList<>(Marked.all(kernel, setup.mark()));
    marked.removeIf(process -> !process.isOf(setup.supervisor()));
    for (Records.Record record : all) heir.restore(record);
    for (Marked process : marked) findLost(process, marked);
    for (Records.Record record : all) adopt(record, marked);
    records.forgetWitnesses();
    for (Service service : List.copyOf(heir.services().values())) {
      heir.event(service, out -> service.resume(kernel.now(), out));
    }
  }

  /** A service of ours runs of which there is no record, or a torn one. */
  private void findLost(Marked process, List<Marked> marked) {
    String name = process.service();
    if (heir.services().containsKey(name)) return;
    leftBehind.add(name);
    takenOver = true;
    Marked leader = Marked.leader(marked, name, 0);
    if (leader == null) return; // it is below a manager, which knows what it is
    Service service = heir.create(records.declaration(name));
    boolean leads = leader.process().session() == leader.pid();
    if (!leads && service.leadsASession()) return; // left behind by one that is no more
    System.err.println("svc-supervise: " + name + ": found running as " + leader.pid());
    heir.add(service);
    declared(service);
    service.found(leader.pid(), leader.start().number(), kernel.now());
    if (!service.processes().contains(leader.pid())) return;
    children.follow(service, leader.pid(), leader.process().started());
  }

  private void adopt(Records.Record record, List<Marked> marked) {
    Service service = heir.services().get(record.snapshot().declaration().name());
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

  private boolean descends(ProcessInfo process) {
    return Marked.descends(process, kernel.pid(), kernel);
  }

  private void adopt(Service service, int pid, long started) {
    ProcessInfo process = kernel.process(pid);
    boolean there = process != null && process.started() == started;
    if (there) children.follow(service, pid, started);
    if (!children.isKnown(pid))
      children.endedUnheard(service, pid, children.keptExit(pid, started));
  }

  /**
   * A process was about to be spawned, and may have been: it carries the number of that start, and
   * its witness is there. One that has ended since is an orphan that somebody above us kept, if any
   * of us is above; one that was never there is spawned when the service goes on.
   */
  private void adoptSpawned(Records.Record record, Service service, List<Marked> marked) {
    Marked leader = Marked.leader(marked, service.name(), service.number());
    boolean spawned = records.wasSpawned(record.snapshot());
    ExitKeeper.Orphan orphan =
        spawned ? ExitKeeper.firstOrphan(kernel, exits, record.writtenAt()) : null;
    if (leader != null && orphan == null && isInPidFile(service, leader.pid())) {
      heir.event(service, out -> service.leftBehind());
    } else if (leader != null && (orphan == null || isSpawned(service, leader, orphan))) {
      adoptLiving(service, leader.pid(), leader.process().started());
    } else if (spawned) {
      adoptEnded(service, orphan);
    }
  }

  /** It is the daemon, and the start command that left it has ended, nobody knows how. */
  private boolean isInPidFile(Service service, int pid) {
    if (!service.launch().followsPidFile() || service.spawning() == Task.STOP) return false;
    String path = ChildSetup.resolve(service.declaration(), service.launch().procedure().pidFile());
    return PidFile.number(kernel.read(path, PidFile.LIMIT).bytes()) == pid;
  }

  /**
   * Which of two came of our spawning, when one has ended: a start command that leaves others
   * behind is the first of all; a service that lives is never taken for one that does not.
   */
  private static boolean isSpawned(Service service, Marked leader, ExitKeeper.Orphan orphan) {
    boolean command = service.spawning() != Task.STOP && !service.launch().isItsChild();
    return !command || leader.process().started() < orphan.note().started();
  }

  private void adoptLiving(Service service, int pid, long started) {
    Task task = service.spawning();
    children.follow(service, pid, started);
    heir.event(service, out -> service.spawned(task, pid, kernel.now(), out));
    if (!children.isKnown(pid))
      children.endedUnheard(service, pid, children.keptExit(pid, started));
  }

  /**
   * @param orphan or null when nobody knows how it ended
   */
  private void adoptEnded(Service service, ExitKeeper.Orphan orphan) {
    Task task = service.spawning();
    int pid = orphan == null ? NOBODY : orphan.pid();
    ExitStatus status = orphan == null ? ExitStatus.UNKNOWN : orphan.note().status();
    if (orphan != null) kernel.delete(ExitKeeper.orphan(exits, pid));
    heir.event(
        service,
        out -> {
          service.spawned(task, pid, kernel.now(), out);
          service.endedUnheard(pid, status, kernel.now(), out);
        });
  }
}
