package svc.manager;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import svc.ipc.Connector;
import svc.ipc.Method;
import svc.ipc.Peer;
import svc.ipc.Responder;
import svc.nv.NvList;
import svc.os.Errno;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.Signal;
import svc.os.Spawn;
import svc.os.Spawn.Stream;
import svc.os.Spawned;
import svc.service.Marked;
import svc.service.ServiceState;
import svc.service.Status;

/**
 * The supervisors that the manager works through: in the same process, or each a svc-supervise
 * process of its own. Adopts those that a manager before us left, starts others and connects to
 * them.
 *
 * <p>A supervisor that dies leaves its services running. Its successor is started at once and takes
 * them over: what it says of them is what they are, and until it has, nothing is decided about
 * them. So there is never a second instance of a service, and none is ended for its supervisor's
 * sake.
 *
 * <p>What runs at another supervisor than its declaration names, or is not declared at all,
 * {@linkplain Events#occupied occupies} its service: it is ended, and nothing of that service is
 * started before.
 */
final class Supervisors implements Supervisor.Events {

  /** What the manager hears of them, on the loop thread. */
  interface Events {
    /** It can be asked, and this is how its services are. */
    void ready(String supervisor, List<Status> statuses);

    void changed(Status status);

    /** It cannot be asked; {@link #ready} follows when it, or its successor, can be again. */
    void silent(String supervisor);

    /** The supervisor that a service is declared for, or empty. */
    String declaredFor(String service);

    /** Something of a service runs that has to end before it is started. */
    void occupied(String service);

    void released(String service);
  }

  private static final long FIRST_PAUSE = 2_000_000L;
  private static final long LONGEST_PAUSE = 100_000_000L;

  /** A runtime that does not answer after that long does not work. */
  private static final long CONNECT_TIMEOUT = 120_000_000_000L;

  /** One that lives answers at once; the one that does not had only just been started. */
  private static final long ADOPTION_TIMEOUT = 10_000_000_000L;

  /** How long clients wait for supervisors that die again and again while they are adopted. */
  private static final long ADOPTIONS_TIMEOUT = 30_000_000_000L;

  /**
   * Between the death of a supervisor and its successor's start: none after an accident, long for
   * one that keeps dying.
   */
  private static final long FIRST_DELAY = 100_000_000L;

  private static final long LONGEST_DELAY = 10_000_000_000L;

  /** One that worked that long had an accident; one that did not has a fault. */
  private static final long HEALTHY = 60_000_000_000L;

  /** One of them, on its way from needed to ready. */
  private static final class Entry {
    final String name;
    int pid;
    Supervisor conversation;

    /** Whom the conversation is with. */
    Peer peer;

    /** Hears the answers when the conversation is over a socket. */
    Inbox inbox;

    /** It was there before us and has not said yet what it has. */
    boolean adopting;

    /** Processes one of which may be it, before it has said its pid. */
    final Set<Integer> suspects = new HashSet<>();

    boolean ready;
    boolean dismissed;

    /** It was asked to end, and has not said that all of its services have. */
    boolean ending;

    /** When to try next, to connect or to start it; NEVER when there is nothing to try. */
    long nextTry = Kernel.NEVER;

    long pause;
    long giveUp;
    long readySince;

    Entry(String name) {
      this.name = name;
    }
  }

  private final Kernel kernel;
  private final Connector connector;
  private final Manager.Place place;
  private final Events events;
  private final Map<String, Entry> entries = new HashMap<>();
  private final Map<String, Responder> local = new HashMap<>();

  /** How long the successor of one that died has to wait. */
  private final Map<String, Long> delays = new HashMap<>();

  /** Services that a supervisor has and should not have, by name. */
  private final Map<String, Entry> strangers = new HashMap<>();

  private final Set<String> localNames;
  private Runnable whenAdopted;
  private long adoptBy;
  private Runnable whenGone;

  /**
   * @param localNames the supervisors that are, or will be, in this process
   */
  Supervisors(
      Kernel kernel,
      Connector connector,
      Manager.Place place,
      Set<String> localNames,
      Events events) {
    this.kernel = kernel;
    this.connector = connector;
    this.place = place;
    this.localNames = localNames;
    this.events = events;
  }

  // Finding what is there

  /**
   * Looks for what a manager before us left: supervisors that live, and services whose supervisor
   * does not, for which one is started. Each is asked what it has, so that all that follows is
   * decided knowing it.
   *
   * @param names the supervisors that may still live
   * @param done is run when each of those that do has said what it has, or has been given up
   */
  void adopt(Set<String> names, Runnable done) {
    Map<String, Entry> found = new TreeMap<>();
    for (String name : names) found.put(name, new Entry(name));
    for (String name : localNames) found.put(name, new Entry(name));
    Set<String> withServices = new HashSet<>();
    for (Marked process : Marked.all(kernel, place.mark())) {
      if (process.isSupervisor()) suspect(found, process);
      else withServices.add(process.supervisedBy());
    }
    withServices.remove(""); // somebody's who does not say whose
    for (String name : withServices) found.computeIfAbsent(name, Entry::new);
    found.values().forEach(entry -> adopt(entry, withServices.contains(entry.name)));
    whenAdopted = done;
    adoptBy = kernel.now() + ADOPTIONS_TIMEOUT;
    finishAdoption();
  }

  /** The others can be decided about. */
  private void giveUpAdoption() {
    for (Entry entry : entries.values()) {
      if (entry.adopting) events.silent(entry.name);
      entry.adopting = false;
    }
    finishAdoption();
  }

  private void suspect(Map<String, Entry> found, Marked process) {
    Entry entry = found.computeIfAbsent(process.supervisor(), Entry::new);
    if (!kernel.watch(process.pid()).equals(Errno.ESRCH)) entry.suspects.add(process.pid());
  }

  private void adopt(Entry entry, boolean withServices) {
    entry.adopting = true;
    entry.pause = FIRST_PAUSE;
    entry.giveUp = kernel.now() + ADOPTION_TIMEOUT;
    entries.put(entry.name, entry);
    if (localNames.contains(entry.name)) {
      if (local.containsKey(entry.name)) converse(entry);
      else entry.nextTry = entry.giveUp;
    } else if (!connect(entry)) {
      if (!entry.suspects.isEmpty()) entry.nextTry = kernel.now() + entry.pause;
      else if (withServices) start(entry);
      else entries.remove(entry.name);
    }
  }

  private void finishAdoption() {
    if (whenAdopted == null || entries.values().stream().anyMatch(entry -> entry.adopting)) return;
    Runnable done = whenAdopted;
    whenAdopted = null;
    done.run();
  }

  // In this process

  void localArrived(String name, Responder responder) {
    local.put(name, responder);
    Entry entry = entries.get(name);
    if (entry == null) return;
    if (entry.conversation != null) hangUp(entry); // another version takes over
    converse(entry);
  }

  void localLeft(String name, Responder responder) {
    if (!local.remove(name, responder)) return;
    Entry entry = entries.get(name);
    if (entry == null) return;
    hangUp(entry);
    events.silent(name);
  }

  // Getting one

  /** Has a supervisor; {@link Events#ready} tells when. */
  void need(String name) {
    if (entries.containsKey(name)) return;
    Entry entry = new Entry(name);
    entries.put(name, entry);
    if (!localNames.contains(name)) {
      if (!connect(entry)) startLater(entry);
    } else if (local.containsKey(name)) {
      converse(entry);
    }
  }

  private void converse(Entry entry) {
    Responder responder = local.get(entry.name);
    open(entry, new LocalPeer(entry, responder));
  }

  private void open(Entry entry, Peer peer) {
    entry.nextTry = entry.adopting ? entry.giveUp : Kernel.NEVER;
    entry.peer = peer;
    entry.conversation = new Supervisor(entry.name, peer, this);
    entry.conversation.greet();
  }

  /** One from before may still be there, with its services. */
  private boolean connect(Entry entry) {
    try {
      Inbox inbox = new Inbox(entry);
      Peer peer = connector.connect(socket(entry.name), inbox);
      entry.inbox = inbox;
      open(entry, peer);
      return true;
    } catch (IOException notThere) {
      return false;
    }
  }

  private String socket(String name) {
    return place.runDirectory() + "/supervise/" + name + ".sock";
  }

  private void startLater(Entry entry) {
    long delay = delays.getOrDefault(entry.name, 0L);
    if (delay == 0) start(entry);
    else entry.nextTry = kernel.now() + delay;
  }

  /** In our session: an orphan that leads one is of a service ({@link svc.os.ExitKeeper}). */
  private void start(Entry entry) {
    List<String> words = new ArrayList<>(place.command());
    words.addAll(
        List.of(
            "--name",
            entry.name,
            "--run-dir",
            place.runDirectory(),
            "--log-dir",
            place.logDirectory()));
    List<String> environment = new ArrayList<>(place.environment());
    environment.add(place.mark().supervisor(entry.name));
    Spawned spawned =
        kernel.spawn(
            new Spawn(
                words,
                environment,
                "/",
                null,
                null,
                -1,
                Stream.NULL,
                Stream.INHERIT,
                Stream.INHERIT,
                Spawn.Place.GROUP));
    if (spawned instanceof Spawned.Child child) {
      entry.pid = child.pid();
      connectSoon(entry);
    } else if (isSpent(entry)) {
      remove(entry);
    } else {
      complain(entry, "cannot " + spawned);
      lengthenDelay(entry);
      entry.nextTry = kernel.now() + Math.max(FIRST_DELAY, delays.get(entry.name));
    }
  }

  private void connectSoon(Entry entry) {
    entry.pause = FIRST_PAUSE;
    entry.giveUp = kernel.now() + CONNECT_TIMEOUT;
    entry.nextTry = kernel.now() + entry.pause;
  }

  private void lengthenDelay(Entry entry) {
    boolean healthy = entry.readySince != 0 && kernel.now() - entry.readySince > HEALTHY;
    Long last = healthy ? null : delays.get(entry.name);
    long next = last == null ? 0 : Math.max(FIRST_DELAY, Math.min(2 * last, LONGEST_DELAY));
    delays.put(entry.name, next);
  }

  long deadline() {
    long earliest = whenAdopted == null ? Kernel.NEVER : adoptBy;
    for (Entry entry : entries.values()) earliest = Math.min(earliest, entry.nextTry);
    return earliest;
  }

  void woken(long now) {
    for (Entry entry : List.copyOf(entries.values())) if (entry.nextTry <= now) retry(entry, now);
    if (whenAdopted != null && adoptBy <= now) giveUpAdoption();
  }

  private void retry(Entry entry, long now) {
    entry.nextTry = Kernel.NEVER;
    if (localNames.contains(entry.name)) {
      complain(entry, "does not answer in this process");
      entry.adopting = false;
      finishAdoption();
    } else if (entry.conversation != null) {
      abandon(entry);
    } else if (entry.pid == 0 && entry.suspects.isEmpty()) {
      start(entry);
    } else if (isDead(entry)) {
      died(entry, ExitStatus.UNKNOWN);
    } else if (!connect(entry)) {
      entry.pause = Math.min(2 * entry.pause, LONGEST_PAUSE);
      entry.nextTry = now + entry.pause;
      if (now >= entry.giveUp) abandon(entry);
    }
  }

  /** Its services stay; its successor takes them over. */
  private void abandon(Entry entry) {
    complain(entry, "does not answer on " + socket(entry.name) + "; killed");
    entry.nextTry = Kernel.NEVER;
    hangUp(entry);
    if (entry.pid != 0 && isGone(entry.pid)) entry.pid = 0;
    entry.suspects.removeIf(this::isGone);
    if (entry.pid == 0 && entry.suspects.isEmpty()) died(entry, ExitStatus.UNKNOWN);
  }

  /** Whether there is nothing to kill. */
  private boolean isGone(int pid) {
    return kernel.kill(pid, Signal.KILL).equals(Errno.ESRCH);
  }

  /** Ends a conversation, so that nothing more is heard of it. */
  private static void hangUp(Entry entry) {
    if (entry.conversation != null) entry.conversation.close();
    entry.conversation = null;
    entry.peer = null;
    entry.inbox = null;
    entry.ready = false;
  }

  // Hearing of it

  @Override
  public void ready(Supervisor supervisor, int pid, List<Status> statuses) {
    Entry entry = entries.get(supervisor.name());
    if (entry == null || entry.conversation != supervisor) return;
    if (!localNames.contains(entry.name) && !follow(entry, pid)) return;
    entry.ready = true;
    entry.readySince = kernel.now();
    entry.nextTry = Kernel.NEVER;
    events.ready(entry.name, statuses.stream().filter(status -> isAtHome(entry, status)).toList());
    for (Status status : statuses) if (!isAtHome(entry, status)) sendAway(entry, status);
    releaseAllBut(statuses, entry);
    if (entry.dismissed) dismiss(entry);
    entry.adopting = false;
    finishAdoption();
  }

  /**
   * Hears of the end of a supervisor that is not our child.
   *
   * @return false when it has ended already
   */
  private boolean follow(Entry entry, int pid) {
    if (pid == 0 || pid == entry.pid) return true;
    entry.pid = pid;
    entry.suspects.clear();
    if (!kernel.watch(pid).equals(Errno.ESRCH)) return true; // its conversation ends with it
    died(entry, ExitStatus.UNKNOWN);
    return false;
  }

  private boolean isAtHome(Entry entry, Status status) {
    return events.declaredFor(status.service()).equals(entry.name);
  }

  /** A service that nobody declares any more, or for another supervisor: stopped and forgotten. */
  private void sendAway(Entry entry, Status status) {
    String service = status.service();
    if (strangers.put(service, entry) == null) events.occupied(service);
    boolean down = status.state() == ServiceState.DOWN;
    entry.conversation.ask(
        down ? Method.FORGET : Method.STOP,
        body -> body.string("service", service),
        reply -> {
          if (down) release(service);
        });
  }

  /** It has moved to another supervisor: what this one has of it ends, and is forgotten. */
  void move(String supervisor, Status status) {
    Entry entry = entries.get(supervisor);
    if (entry == null) {
      events.released(status.service());
      return;
    }
    strangers.put(status.service(), entry);
    if (entry.ready) sendAway(entry, status);
  }

  /** A supervisor that has been succeeded may never have had what it was to forget. */
  private void releaseAllBut(List<Status> statuses, Entry entry) {
    Set<String> had = new HashSet<>();
    for (Status status : statuses) had.add(status.service());
    for (String service : List.copyOf(strangers.keySet())) {
      if (strangers.get(service) == entry && !had.contains(service)) release(service);
    }
  }

  private void release(String service) {
    if (strangers.remove(service) != null) events.released(service);
  }

  @Override
  public void changed(Supervisor supervisor, Status status) {
    Entry entry = strangers.get(status.service());
    if (entry == null || entry.conversation != supervisor) events.changed(status);
    else if (status.state() == ServiceState.DOWN) sendAway(entry, status);
  }

  /** The conversation with a supervisor that can be asked, or null. */
  Supervisor get(String name) {
    Entry entry = entries.get(name);
    return entry == null || !entry.ready ? null : entry.conversation;
  }

  // Losing it

  /** A process ended that may be a supervisor. */
  void exited(int pid, ExitStatus status) {
    for (Entry entry : List.copyOf(entries.values())) {
      if (entry.pid == pid) died(entry, status);
      else if (entry.suspects.remove(pid) && entry.suspects.isEmpty() && entry.pid == 0)
        died(entry, status);
    }
  }

  private void died(Entry entry, ExitStatus status) {
    entry.pid = 0;
    hangUp(entry);
    entry.nextTry = Kernel.NEVER;
    boolean ended = !entry.ending || status.clean();
    entry.ending = false;
    if (ended && isSpent(entry)) {
      remove(entry);
      return;
    }
    complain(entry, "ended: " + status);
    lengthenDelay(entry);
    events.silent(entry.name);
    startLater(entry);
  }

  /**
   * Whether nothing is left to do for it. What only a cgroup shows we do not see: a supervisor that
   * died while it ended has one successor, which looks there.
   */
  private boolean isSpent(Entry entry) {
    return entry.dismissed && !hasServices(entry);
  }

  private boolean hasServices(Entry entry) {
    return Marked.all(kernel, place.mark()).stream()
        .anyMatch(each -> each.supervisedBy().equals(entry.name));
  }

  /**
   * A conversation is over. One that we ended ourselves, since its supervisor died, is none of the
   * present ones. A supervisor that lives is spoken to again: it may be another version of it that
   * has taken over, or the same program, executed anew.
   */
  private void closed(Entry entry, Inbox inbox) {
    if (entry.inbox != inbox) return;
    hangUp(entry);
    events.silent(entry.name);
    if (isDead(entry)) died(entry, ExitStatus.UNKNOWN);
    else if (entry.pid == 0 && entry.suspects.isEmpty()) startLater(entry);
    else connectSoon(entry);
  }

  /** Nobody tells the end of one that could not be watched: it is looked for each time. */
  private boolean isDead(Entry entry) {
    return entry.pid != 0 && kernel.watch(entry.pid).equals(Errno.ESRCH);
  }

  /** Leaves them to another manager. */
  void leave() {
    entries.values().forEach(Supervisors::hangUp);
    entries.clear();
  }

  /** Asks all of them to end; runs the task when they have. */
  void dismiss(Runnable done) {
    whenGone = done;
    for (Entry entry : List.copyOf(entries.values())) dismiss(entry);
    tellGone();
  }

  private void dismiss(Entry entry) {
    entry.dismissed = true;
    entry.ending = entry.ready;
    if (entry.ready) entry.conversation.ask(Method.SHUTDOWN, body -> {}, reply -> ended(entry));
    else if (entry.pid == 0 && entry.conversation == null && !hasServices(entry)) remove(entry);
  }

  /** Those that are there. */
  List<String> names() {
    return List.copyOf(entries.keySet());
  }

  /** One in a process of its own is waited for until that has ended. */
  private void ended(Entry entry) {
    entry.ending = false;
    if (entry.pid == 0) remove(entry);
  }

  private void remove(Entry entry) {
    entries.remove(entry.name);
    tellGone();
  }

  private void tellGone() {
    if (whenGone == null || !entries.isEmpty()) return;
    Runnable done = whenGone;
    whenGone = null;
    done.run();
  }

  private static void complain(Entry entry, String text) {
    System.err.println("svc-manager: supervisor " + entry.name + " " + text);
  }

  /** Hears the answers of a supervisor over a socket. */
  private final class Inbox implements Responder {
    private final Entry entry;

    Inbox(Entry entry) {
      this.entry = entry;
    }

    @Override
    public void received(Peer peer, NvList message) {
      kernel.execute(
          () -> {
            if (entry.inbox == this) entry.conversation.received(message);
          });
    }

    @Override
    public void closed(Peer peer) {
      kernel.execute(() -> Supervisors.this.closed(entry, this));
    }
  }

  /** Both ends of a conversation within this process: the same messages, without a socket. */
  private final class LocalPeer implements Peer {
    private final String id;
    private final Entry entry;
    private final Responder responder;
    private final Peer answers = new Answers();

    LocalPeer(Entry entry, Responder responder) {
      this.id = kernel.pid() + "-" + kernel.now() + "-" + entry.name;
      this.entry = entry;
      this.responder = responder;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public boolean send(NvList message) {
      responder.received(answers, message);
      return true;
    }

    @Override
    public void close() {
      responder.closed(answers);
    }

    /** What was said in an earlier conversation is nothing of the present one. */
    private void hear(NvList message) {
      if (entry.peer == this) entry.conversation.received(message);
    }

    private final class Answers implements Peer {
      @Override
      public String id() {
        return id;
      }

      @Override
      public boolean send(NvList message) {
        kernel.execute(() -> hear(message));
        return true;
      }

      @Override
      public void close() {}
    }
  }
}
