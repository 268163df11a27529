package svc.manager;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import svc.ipc.Connector;
import svc.ipc.Method;
import svc.ipc.Peer;
import svc.ipc.Responder;
import svc.nv.NvList;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.Signal;
import svc.os.Spawn;
import svc.os.Spawn.Stream;
import svc.os.Spawned;
import svc.service.Mark;
import svc.service.Status;

/**
 * The supervisors that the manager works through: in the same process, or each a svc-supervise
 * process of its own. Starts them, connects to them, and cleans up behind one that died.
 *
 * <p>A supervisor that dies leaves its services to us, their next subreaper. They are ended before
 * it counts as lost, so that no second instance is ever started beside one that still runs.
 */
final class Supervisors implements Supervisor.Events {

  /** What the manager hears of them, on the loop thread. */
  interface Events {
    void ready(String supervisor, List<Status> statuses);

    void changed(Status status);

    /** It cannot be asked any more; {@link #lost} follows when nothing of its services runs. */
    void silent(String supervisor);

    void lost(String supervisor);

    /** Whether a service belongs to a supervisor. */
    boolean belongs(String service, String supervisor);
  }

  private static final long FIRST_PAUSE = 2_000_000L;
  private static final long LONGEST_PAUSE = 100_000_000L;

  /** A runtime that does not answer after that long does not work. */
  private static final long CONNECT_TIMEOUT = 30_000_000_000L;

  /**
   * Between the death of a supervisor and its successor: short for an accident, long for one that
   * keeps dying.
   */
  private static final long FIRST_DELAY = 100_000_000L;

  private static final long LONGEST_DELAY = 10_000_000_000L;

  /** One that worked that long had an accident; one that did not has a fault. */
  private static final long HEALTHY = 60_000_000_000L;

  /** Between two SIGKILLs to what does not go. */
  private static final long KILL_PAUSE = 1_000_000_000L;

  private static final int ENVIRON_LIMIT = 2 << 20;

  /** One of them, on its way from needed to ready to lost. */
  private static final class Entry {
    final String name;
    int pid;
    Supervisor conversation;

    /** Hears the answers when the conversation is over a socket. */
    Inbox inbox;

    boolean ready;
    boolean dismissed;

    /** When to try next, to connect or to start it; NEVER when there is nothing to try. */
    long nextTry = Kernel.NEVER;

    long pause;
    long giveUp;
    long readySince;
    final Set<Integer> leftovers = new HashSet<>();

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

  private final Set<String> localNames;
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

  // In this process

  void localArrived(String name, Responder responder) {
    local.put(name, responder);
    Entry entry = entries.get(name);
    if (entry != null && entry.conversation == null) converse(entry);
  }

  void localLeft(String name, Responder responder) {
    if (!local.remove(name, responder)) return;
    Entry entry = entries.remove(name);
    if (entry != null) events.lost(name);
  }

  // Getting one

  /** Has a supervisor; {@link Events#ready} tells when. */
  void need(String name) {
    if (entries.containsKey(name)) return;
    Entry entry = new Entry(name);
    entries.put(name, entry);
    if (!localNames.contains(name)) {
      if (delays.containsKey(name)) entry.nextTry = kernel.now() + delays.get(name);
      else if (!connect(entry)) start(entry);
    } else if (local.containsKey(name)) {
      converse(entry);
    }
  }

  private void converse(Entry entry) {
    Responder responder = local.get(entry.name);
    open(entry, new LocalPeer(entry, responder));
  }

  private void open(Entry entry, Peer peer) {
    entry.nextTry = Kernel.NEVER;
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
    Spawned spawned =
        kernel.spawn(
            new Spawn(
                words,
                place.environment(),
                "/",
                null,
                null,
                -1,
                Stream.NULL,
                Stream.INHERIT,
                Stream.INHERIT));
    if (spawned instanceof Spawned.Child child) {
      entry.pid = child.pid();
      entry.pause = FIRST_PAUSE;
      entry.giveUp = kernel.now() + CONNECT_TIMEOUT;
      entry.nextTry = kernel.now() + entry.pause;
    } else {
      complain(entry, "cannot " + spawned);
      lengthenDelay(entry);
      entry.nextTry = kernel.now() + delays.get(entry.name);
    }
  }

  private void lengthenDelay(Entry entry) {
    boolean healthy = entry.readySince != 0 && kernel.now() - entry.readySince > HEALTHY;
    Long last = healthy ? null : delays.get(entry.name);
    delays.put(entry.name, last == null ? FIRST_DELAY : Math.min(2 * last, LONGEST_DELAY));
  }

  long deadline() {
    long earliest = Kernel.NEVER;
    for (Entry entry : entries.values()) earliest = Math.min(earliest, entry.nextTry);
    return earliest;
  }

  void woken(long now) {
    for (Entry entry : List.copyOf(entries.values())) if (entry.nextTry <= now) retry(entry, now);
  }

  private void retry(Entry entry, long now) {
    entry.nextTry = Kernel.NEVER;
    if (!entry.leftovers.isEmpty()) {
      cleanUp(entry);
    } else if (entry.pid == 0) {
      start(entry);
    } else if (!connect(entry)) {
      entry.pause = Math.min(2 * entry.pause, LONGEST_PAUSE);
      entry.nextTry = now + entry.pause;
      if (now >= entry.giveUp) abandon(entry);
    }
  }

  private void abandon(Entry entry) {
    complain(entry, "does not answer on " + socket(entry.name) + "; killed");
    entry.nextTry = Kernel.NEVER;
    kernel.kill(entry.pid, Signal.KILL);
  }

  // Hearing of it

  @Override
  public void ready(Supervisor supervisor, List<Status> statuses) {
    Entry entry = entries.get(supervisor.name());
    if (entry == null || entry.conversation != supervisor) return;
    entry.ready = true;
    entry.readySince = kernel.now();
    events.ready(entry.name, statuses);
  }

  @Override
  public void changed(Status status) {
    events.changed(status);
  }

  /** The conversation with a supervisor that can be asked, or null. */
  Supervisor get(String name) {
    Entry entry = entries.get(name);
    return entry == null || !entry.ready ? null : entry.conversation;
  }

  // Losing it

  /** A process ended that may be a supervisor or what one left behind. */
  void exited(int pid, ExitStatus status) {
    for (Entry entry : List.copyOf(entries.values())) {
      if (entry.pid == pid) died(entry, status);
      else if (entry.leftovers.remove(pid) && entry.leftovers.isEmpty()) cleanUp(entry);
    }
  }

  private void died(Entry entry, ExitStatus status) {
    entry.pid = 0;
    if (entry.conversation != null) entry.conversation.close();
    entry.conversation = null;
    entry.inbox = null;
    entry.ready = false;
    entry.nextTry = Kernel.NEVER;
    if (!entry.dismissed) {
      complain(entry, "ended: " + status);
      lengthenDelay(entry);
    }
    events.silent(entry.name);
    cleanUp(entry);
  }

  /**
   * A conversation is over. One that we ended ourselves, since its supervisor died, is none of the
   * present ones; a dismissed supervisor may not have heard that it is.
   */
  private void closed(Entry entry, Inbox inbox) {
    if (entry.inbox != inbox) return;
    entry.inbox = null;
    entry.conversation = null;
    entry.ready = false;
    events.silent(entry.name);
    if (entry.pid == 0) cleanUp(entry);
    else kernel.kill(entry.pid, entry.dismissed ? Signal.TERM : Signal.KILL);
  }

  /**
   * Ends what a dead supervisor's services left; called again when that is gone, until there is
   * nothing.
   */
  private void cleanUp(Entry entry) {
    List<Integer> children = new ArrayList<>();
    kernel.children(kernel.pid(), children);
    for (int pid : children) if (belongs(pid, entry.name)) entry.leftovers.add(pid);
    for (int pid : entry.leftovers) kernel.kill(pid, Signal.KILL);
    if (entry.leftovers.isEmpty()) gone(entry);
    else entry.nextTry = kernel.now() + KILL_PAUSE;
  }

  private boolean belongs(int pid, String supervisor) {
    String service = Mark.service(kernel.read("/proc/" + pid + "/environ", ENVIRON_LIMIT).bytes());
    return !service.isEmpty() && events.belongs(service, supervisor);
  }

  private void gone(Entry entry) {
    entries.remove(entry.name);
    events.lost(entry.name);
    tellGone();
  }

  /** Asks all of them to end; runs the task when they have. */
  void dismiss(Runnable done) {
    whenGone = done;
    for (Entry entry : List.copyOf(entries.values())) {
      entry.dismissed = true;
      if (entry.conversation == null) kernelStop(entry);
      else entry.conversation.ask(Method.SHUTDOWN, body -> {}, reply -> answeredShutdown(entry));
    }
    tellGone();
  }

  private void kernelStop(Entry entry) {
    if (entry.pid != 0) kernel.kill(entry.pid, Signal.TERM);
    else if (entry.leftovers.isEmpty()) entries.remove(entry.name);
  }

  /** One in a process of its own is waited for until that has ended. */
  private void answeredShutdown(Entry entry) {
    if (entry.pid != 0) return;
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
      kernel.execute(() -> deliver(entry, message));
    }

    @Override
    public void closed(Peer peer) {
      kernel.execute(() -> Supervisors.this.closed(entry, this));
    }
  }

  private void deliver(Entry entry, NvList message) {
    if (entry.conversation != null) entry.conversation.received(message);
  }

  /** Both ends of a conversation within this process: the same messages, without a socket. */
  private final class LocalPeer implements Peer {
    private final Entry entry;
    private final Responder responder;
    private final Peer answers = new Answers();

    LocalPeer(Entry entry, Responder responder) {
      this.entry = entry;
      this.responder = responder;
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

    private final class Answers implements Peer {
      @Override
      public boolean send(NvList message) {
        kernel.execute(() -> deliver(entry, message));
        return true;
      }

      @Override
      public void close() {}
    }
  }
}
