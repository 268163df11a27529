package svc.supervise;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import svc.os.Errno;
import svc.os.ExitKeeper;
import svc.os.ExitNote;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.ProcessInfo;
import svc.supervise.logic.Service;

/**
 * The processes that services wait for, and how their ends become known. Of a child the kernel
 * tells (waitid(2)); of one that another supervisor began, and that fell to somebody above us, only
 * that it is over (pidfd_open(2)): how it ended is in the note that its reaper leaves, see {@link
 * ExitKeeper}. Each end is told once. Loop thread.
 */
final class Children {

  /** Hears of ends. */
  interface Ends {
    /** A process ended just now; its number is nobody else's yet. */
    void ended(Service service, int pid, ExitStatus status);

    /** A process ended some time ago; its number may be somebody else's. */
    void endedUnheard(Service service, int pid, ExitStatus status);

    /** {@link Children#deadline} is another. */
    void deadlineChanged();
  }

  /** Between two looks for the exit status of a process that somebody else reaps. */
  static final long ASK_PAUSE = 1_000_000L;

  private static final long ASK_PAUSE_MAX = 100_000_000L;

  /**
   * Subreapers of ours reap at once; who has not by then is none, and its children stay zombies.
   */
  static final long ASK_PATIENCE = 1_000_000_000L;

  private static final class Child {
    final int pid;
    final Service service;

    /** As {@link ProcessInfo#started}. */
    final long started;

    /** When to ask again how it ended, or NEVER. */
    long nextAsk = Kernel.NEVER;

    long pause = ASK_PAUSE;

    /** When it has ended for so long that nobody will say how. */
    long giveUp = Kernel.NEVER;

    /** Whether there is a note that its end is to be added to. */
    boolean noted;

    Child(int pid, Service service, long started) {
      this.pid = pid;
      this.service = service;
      this.started = started;
    }
  }

  private final Kernel kernel;
  private final String exits;
  private final Ends ends;
  private final Map<Integer, Child> byPid = new HashMap<>();

  /** Those that have ended, nobody knows how; their numbers may be others' by now. */
  private final Set<Child> asking = new LinkedHashSet<>();

  /**
   * @param exits where the ends of processes are kept, see {@link ExitNote}
   */
  Children(Kernel kernel, String exits, Ends ends) {
    this.kernel = kernel;
    this.exits = exits;
    this.ends = ends;
  }

  /** Whose a process is, or null when nobody waits for it. */
  Service owner(int pid) {
    Child child = byPid.get(pid);
    return child == null ? null : child.service;
  }

  boolean isKnown(int pid) {
    return byPid.containsKey(pid);
  }

  /**
   * When a process of a service began, as {@link ProcessInfo#started}; or null when it is not one.
   */
  Long started(Service service, int pid) {
    Child child = byPid.get(pid);
    return child == null || child.service != service ? null : child.started;
  }

  /** The kernel tells of the end of this one: it is our child, or will be watched. */
  void add(Service service, int pid, long started) {
    byPid.put(pid, new Child(pid, service, started));
  }

  /**
   * Hears of the end of a process that may be anybody's child.
   *
   * @return false when it is over already
   */
  boolean follow(Service service, int pid, long started) {
    Errno watched = kernel.watch(pid);
    if (watched.equals(Errno.ESRCH)) return false;
    Child child = new Child(pid, service, started);
    if (!watched.ok()) askAgain(child); // nobody tells its end, so it is looked for
    ExitNote note = ExitNote.read(kernel, ExitNote.path(exits, pid));
    child.noted = note != null && note.started() == started;
    byPid.put(pid, child);
    return true;
  }

  /** One that was added is watched from now on. */
  void watch(int pid) {
    Errno errno = kernel.watch(pid);
    if (errno.equals(Errno.ESRCH)) exited(pid, ExitStatus.UNKNOWN);
    else if (!errno.ok()) askAgain(byPid.get(pid));
  }

  /**
   * The kernel tells of an end.
   *
   * @return false when nobody waits for that process
   */
  boolean exited(int pid, ExitStatus status) {
    Child child = byPid.get(pid);
    if (child == null) return false;
    if (status.kind() != ExitStatus.Kind.UNKNOWN) {
      ended(child, status);
    } else {
      child.giveUp = kernel.now() + ASK_PATIENCE;
      ask(child);
    }
    return true;
  }

  /** The note goes when the end is written down: it is counted once, whenever we die. */
  private void ended(Child child, ExitStatus status) {
    byPid.remove(child.pid);
    asking.remove(child);
    ends.ended(child.service, child.pid, status);
    if (!isKnown(child.pid)) forgetExit(child.pid);
  }

  /** One that ended while nobody was here to hear of it. */
  void endedUnheard(Service service, int pid, ExitStatus status) {
    ends.endedUnheard(service, pid, status);
    if (!isKnown(pid)) forgetExit(pid);
  }

  /**
   * Looks how a process ended that was not our child: whoever reaps it makes a note before it is
   * gone, so when it is gone there is a note, or nobody will ever know.
   */
  private void ask(Child child) {
    int pid = child.pid;
    ProcessInfo process = kernel.process(pid);
    boolean gone = process == null || process.started() != child.started;
    ExitStatus status = keptExit(pid, child.started);
    boolean known = status.kind() != ExitStatus.Kind.UNKNOWN;
    boolean ended = gone || process.zombie();
    if (ended && child.giveUp == Kernel.NEVER) child.giveUp = kernel.now() + ASK_PATIENCE;
    if (known || gone || kernel.now() >= child.giveUp) {
      byPid.remove(pid, child);
      asking.remove(child);
      endedUnheard(child.service, pid, status);
    } else if (process.zombie() || !kernel.watch(pid).ok()) {
      askAgain(child);
    } else {
      asking.remove(child);
      ends.deadlineChanged();
    }
  }

  private void askAgain(Child child) {
    asking.add(child);
    child.nextAsk = kernel.now() + child.pause;
    child.pause = Math.min(2 * child.pause, ASK_PAUSE_MAX);
    ends.deadlineChanged();
  }

  void woken(long now) {
    for (Child each : List.copyOf(asking)) if (each.nextAsk <= now) ask(each);
  }

  /** When to be {@link #woken}, or {@link Kernel#NEVER}. */
  long deadline() {
    long earliest = Kernel.NEVER;
    for (Child child : asking) earliest = Math.min(earliest, child.nextAsk);
    return earliest;
  }

  // Notes

  /** What a process says of its end who has reaped it, or that nobody knows. */
  ExitStatus keptExit(int pid, long started) {
    for (String path : List.of(ExitNote.path(exits, pid), ExitKeeper.orphan(exits, pid))) {
      ExitNote note = ExitNote.read(kernel, path);
      if (note != null && note.started() == started && note.status() != null) return note.status();
    }
    return ExitStatus.UNKNOWN;
  }

  /**
   * Has the end of a process kept, should nobody be here then. Not before it is in the record: a
   * note that nobody knows of would hide an orphan.
   */
  void keepExit(int pid) {
    Child child = byPid.get(pid);
    if (child.noted) return;
    child.noted = true;
    String path = ExitNote.path(exits, pid);
    ExitNote last = ExitNote.read(kernel, path);
    // the number was somebody else's, who has not asked yet
    boolean wanted = last != null && last.status() != null && last.started() != child.started;
    if (wanted) kernel.replace(ExitKeeper.orphan(exits, pid), last.bytes());
    Errno errno = kernel.replace(path, new ExitNote(child.started, null).bytes());
    if (!errno.ok()) System.err.println("svc-supervise: " + exits + "/" + pid + ": " + errno);
  }

  private void forgetExit(int pid) {
    kernel.delete(ExitNote.path(exits, pid));
  }
}
