package svc.posix;

import com.kenai.jffi.Function;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import svc.os.Address;
import svc.os.Content;
import svc.os.Datagram;
import svc.os.Errno;
import svc.os.ExitKeeper;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.Opened;
import svc.os.ProcessInfo;
import svc.os.Seats;
import svc.os.Signal;
import svc.os.Spawn;
import svc.os.Spawned;
import svc.os.User;

/**
 * Linux.
 *
 * <p>One thread waits in {@link Poll}, reaps, and tells the roles. A launcher starts the process
 * with SIGCHLD and the signals that roles ask for blocked in every thread (env(1), --block-signal),
 * since a signal is read here only when no thread takes it. Where SIGCHLD was not blocked, in a
 * process that is not ours to start, the ends of children are looked for every 20 ms.
 */
@Component(name = "svc.posix", service = Kernel.class, immediate = true)
public final class PosixKernel implements Kernel, AutoCloseable {

  /** sysexits.h: a mistake in the program itself. */
  private static final int EX_SOFTWARE = 70;

  private static final Function WAITID = Libc.function("waitid", 5);
  private static final Function WAITPID = Libc.function("waitpid", 3);
  private static final Function KILL = Libc.function("kill", 2);
  private static final Function PRCTL = Libc.function("prctl", 5);
  private static final Function GETEUID = Libc.function("geteuid", 1);

  private static final int WNOHANG = 1;
  private static final int P_ALL = 0;
  private static final int WEXITED = 4;
  private static final int WNOWAIT = 0x01000000;

  /** siginfo_t of a child that ended (sigaction(2)), on 64-bit machines: where its fields are. */
  private static final int SIGINFO_SIZE = 128;

  private static final int SI_CODE = 8;
  private static final int SI_PID = 16;
  private static final int SI_STATUS = 24;
  private static final int CLD_EXITED = 1;

  private static final int PR_SET_CHILD_SUBREAPER = 36;
  private static final int WITHOUT_SIGCHLD_MS = 20;

  /** After a mistake, in nanoseconds. */
  private static final long PAUSE = 1_000_000_000L;

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** A turn of the loop takes microseconds; one that hangs must not keep its bundle for ever. */
  private static final int LEAVE_SECONDS = 2;

  /** A role and the signals that it asked for. */
  private final class Role implements Attachment {
    final Events events;
    final List<Signal> signals;

    Role(Events events, List<Signal> signals) {
      this.events = events;
      this.signals = List.copyOf(signals);
    }

    @Override
    public void detach() {
      PosixKernel.this.detach(this);
    }
  }

  private final int pid = (int) ProcessHandle.current().pid();
  private final Poll poll = new Poll(pid);
  private final FileTree files = new FileTree();
  private final UserDatabase users = new UserDatabase();
  private final ProcessTable processes = new ProcessTable(files);
  private final Spawner spawner = new Spawner(files, users, Libc.call(GETEUID, 0));
  private final Inlets inlets = new Inlets(poll, files);
  private final HeldFifos fifos = new HeldFifos(poll, files);
  private final Streams streams = new Streams(poll);
  private final Listeners listeners = new Listeners(poll, files);
  private final long ended = Arena.MEMORY.allocateMemory(SIGINFO_SIZE, true);
  private final Seats seats = new Seats();
  private final Exec exec = new Exec();

  /** Children that were started here and did not fall to us. */
  private final Set<Integer> started = new HashSet<>();

  private volatile ExitKeeper exits;
  private volatile boolean keepsOrphans;

  /** Processes that are watched and have not been told, by pid. */
  private final Map<Integer, Integer> watched = new HashMap<>();

  private final Consumer<Throwable> fault;
  private final boolean survives;
  private final Thread loop = new Thread(this::run, "svc.loop");
  private final CountDownLatch ready = new CountDownLatch(1);
  private final Poll.Ready arrivals = new Arrivals();

  private final Object lock = new Object();
  private ArrayDeque<Runnable> given = new ArrayDeque<>();
  private ArrayDeque<Runnable> taken = new ArrayDeque<>();
  private volatile Role[] roles = {};

  /** There has been a role to tell what happens. */
  private volatile boolean heard;

  private volatile boolean closed;
  private boolean childrenSignalled;

  /**
   * In a framework, a mistake ends the runtime, whose parent starts it again; but where {@code
   * svc.faults=survive}, since the first process of a machine has no parent.
   */
  @Activate
  public PosixKernel(
      BundleContext context,
      @Reference(target = "(svc.exit=true)", cardinality = ReferenceCardinality.OPTIONAL)
          IntConsumer exit) {
    this(mistake -> report(mistake, survives(context) ? null : exit), survives(context));
  }

  private static boolean survives(BundleContext context) {
    return "survive".equals(context.getProperty("svc.faults"));
  }

  private static void report(Throwable mistake, IntConsumer exit) {
    mistake.printStackTrace();
    if (exit != null) exit.accept(EX_SOFTWARE);
  }

  /**
   * Starts the loop.
   *
   * @param fault hears of an exception that a role threw, which is a mistake of ours; the loop is
   *     over then
   */
  public static PosixKernel start(Consumer<Throwable> fault) {
    return new PosixKernel(fault, false);
  }

  /** Starts a loop that goes on after a mistake, and loses no event by it. */
  static PosixKernel surviving(Consumer<Throwable> fault) {
    return new PosixKernel(fault, true);
  }

  private PosixKernel(Consumer<Throwable> fault, boolean survives) {
    this.fault = fault;
    this.survives = survives;
    loop.start();
    boolean interrupted = false;
    while (ready.getCount() > 0) {
      try {
        ready.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) Thread.currentThread().interrupt();
  }

  // The loop

  private void run() {
    try {
      childrenSignalled = poll.listen(Signal.CHLD.number());
      ready.countDown();
      while (!closed) turnOrSurvive();
    } catch (Throwable mistake) {
      fault.accept(mistake);
    } finally {
      ready.countDown();
    }
  }

  /** What is wrong here itself may be so for ever, and must not take all of a processor. */
  private void turnOrSurvive() {
    try {
      turn();
    } catch (RuntimeException | Error mistake) {
      if (!survives) throw mistake;
      fault.accept(mistake);
      LockSupport.parkNanos(PAUSE);
    }
  }

  private void turn() {
    runTasks();
    tellTime();
    poll.await(timeout(), arrivals);
    if (!childrenSignalled) reap();
  }

  /** Runs something whose mistake is told and is nobody else's. */
  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable mistake) {
      fault.accept(mistake);
    }
  }

  /**
   * A role whose mistakes stay its own: nothing that is to be told to others, or after, is lost by
   * one.
   */
  private final class Guarded implements Events {
    private final Events role;
    private long notBefore = Long.MIN_VALUE;

    Guarded(Events role) {
      this.role = role;
    }

    @Override
    public void exited(int pid, ExitStatus status) {
      guarded(() -> role.exited(pid, status));
    }

    @Override
    public void signalled(Signal signal) {
      guarded(() -> role.signalled(signal));
    }

    /** One that fails each time must not keep the loop from everything else. */
    @Override
    public void woken(long now) {
      notBefore = now + PAUSE;
      guarded(
          () -> {
            role.woken(now);
            notBefore = Long.MIN_VALUE;
          });
    }

    @Override
    public long deadline() {
      try {
        return Math.max(role.deadline(), notBefore);
      } catch (RuntimeException | Error mistake) {
        fault.accept(mistake);
        return NEVER;
      }
    }
  }

  private final class Arrivals implements Poll.Ready {
    @Override
    public void signal(int number) {
      if (Poll.isChild(number)) reap();
      else signalled(new Signal(number));
    }

    @Override
    public void ended(int pid, int descriptor) {
      reap(); // closes it where it was a child
      if (!watched.remove(pid, descriptor)) return;
      Libc.close(descriptor);
      exited(pid, ExitStatus.UNKNOWN);
    }

    @Override
    public void readable(int descriptor) {
      if (listeners.readable(descriptor) || streams.read(descriptor)) return;
      if (!fifos.read(descriptor)) inlets.read(descriptor);
    }
  }

  private void runTasks() {
    synchronized (lock) {
      ArrayDeque<Runnable> empty = taken;
      taken = given;
      given = empty;
    }
    while (!taken.isEmpty()) taken.remove().run();
  }

  private void tellTime() {
    long now = now();
    for (Role role : roles) if (role.events.deadline() <= now) role.events.woken(now);
  }

  /** In whole milliseconds, never early; 0 when there are tasks. */
  private int timeout() {
    synchronized (lock) {
      if (!given.isEmpty() || closed) return 0;
    }
    long deadline = NEVER;
    for (Role role : roles) deadline = Math.min(deadline, role.events.deadline());
    int most = childrenSignalled ? -1 : WITHOUT_SIGCHLD_MS;
    if (deadline == NEVER) return most;
    long wait = Math.max(0, deadline - now() + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
    int bounded = (int) Math.min(wait, Integer.MAX_VALUE);
    return most < 0 ? bounded : Math.min(most, bounded);
  }

  /**
   * Takes every child that has ended, as one SIGCHLD may stand for many. It is looked at first,
   * told, and only then taken from Linux: should we be killed between, it falls to whoever inherits
   * our children, untold.
   */
  private void reap() {
    int child;
    while (heard && (child = nextEnded()) > 0) {
      Integer descriptor = watched.remove(child);
      if (descriptor != null) Libc.close(descriptor);
      ExitStatus status = status(ended);
      exited(child, status);
      boolean known = started.remove(child) | descriptor != null;
      ExitKeeper keeper = exits;
      if (keeper != null) keeper.ended(child, known, status);
      Libc.call(WAITPID, child, 0, WNOHANG);
    }
  }

  /** A child that has ended and is not reaped (waitid(2), WNOWAIT), or 0. */
  private int nextEnded() {
    Arena.MEMORY.putInt(ended + SI_PID, 0);
    int result = Libc.call(WAITID, P_ALL, 0, ended, WEXITED | WNOHANG | WNOWAIT, 0);
    return result < 0 ? 0 : Arena.MEMORY.getInt(ended + SI_PID);
  }

  private static ExitStatus status(long siginfo) {
    int value = Arena.MEMORY.getInt(siginfo + SI_STATUS);
    boolean exited = Arena.MEMORY.getInt(siginfo + SI_CODE) == CLD_EXITED;
    return exited ? ExitStatus.exited(value & 0xff) : ExitStatus.killed(value);
  }

  private void exited(int pid, ExitStatus status) {
    for (Role role : roles) role.events.exited(pid, status);
  }

  private void signalled(Signal signal) {
    for (Role role : roles) if (role.signals.contains(signal)) role.events.signalled(signal);
  }

  // Roles

  @Override
  public Attachment attach(Events events, List<Signal> signals) {
    Role role = new Role(survives ? new Guarded(events) : events, signals);
    synchronized (lock) {
      Role[] more = Arrays.copyOf(roles, roles.length + 1);
      more[roles.length] = role;
      roles = more;
    }
    execute(() -> signals.forEach(signal -> poll.listen(signal.number())));
    if (!heard) execute(this::reap);
    heard = true;
    return role;
  }

  private void detach(Role role) {
    synchronized (lock) {
      List<Role> fewer = new ArrayList<>(List.of(roles));
      fewer.remove(role);
      roles = fewer.toArray(Role[]::new);
    }
    poll.wake();
  }

  @Override
  public void execute(Runnable task) {
    Runnable safe = survives ? () -> guarded(task) : task;
    synchronized (lock) {
      if (closed) return;
      given.add(safe);
    }
    if (Thread.currentThread() != loop) poll.wake();
  }

  @Override
  public Seat seat(String name, Runnable seated) {
    Place place = new Place();
    execute(() -> place.occupant = seats.take(name, seated));
    return place;
  }

  /** Where it is taken and left is the loop. */
  private final class Place implements Seat {
    private Seats.Occupant occupant;

    @Override
    public void leave(Runnable last) {
      if (Thread.currentThread() == loop) leaveNow(last);
      else await(() -> leaveNow(last));
    }

    /** Not taken when the loop ended before. */
    private void leaveNow(Runnable last) {
      if (occupant != null) occupant.leave(last);
    }
  }

  private void await(Runnable task) {
    CountDownLatch done = new CountDownLatch(1);
    execute(
        () -> {
          try {
            task.run();
          } finally {
            done.countDown();
          }
        });
    try {
      if (!closed && loop.isAlive()) done.await(LEAVE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  @Deactivate
  public void close() {
    synchronized (lock) {
      if (closed) return;
      closed = true;
      poll.wake();
    }
    if (Thread.currentThread() == loop) return;
    try {
      loop.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return; // the loop still uses what would be freed
    }
    spawner.close();
    inlets.close();
    fifos.close();
    streams.close();
    listeners.close();
    files.close();
    poll.close();
    Arena.MEMORY.freeMemory(ended);
  }

  // Values

  @Override
  public long now() {
    return System.nanoTime();
  }

  @Override
  public long wallClock() {
    return System.currentTimeMillis();
  }

  @Override
  public int pid() {
    return pid;
  }

  // Processes

  @Override
  public Errno becomeSubreaper() {
    return Libc.result(Libc.call(PRCTL, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
  }

  @Override
  public Spawned spawn(Spawn request) {
    Spawned spawned = spawner.spawn(request);
    if (spawned instanceof Spawned.Child child) started.add(child.pid());
    return spawned;
  }

  @Override
  public Supplier<Errno> exec(List<String> words, List<String> environment) {
    List<Integer> left = listeners.leave();
    Legacy.expect();
    return () -> exec.exec(words, environment, left);
  }

  @Override
  public void keepExits(String directory, boolean orphans) {
    keepsOrphans |= orphans;
    exits = new ExitKeeper(this, directory, keepsOrphans);
  }

  @Override
  public Errno kill(int pid, Signal signal) {
    if (pid <= 0) throw new IllegalArgumentException("no process " + pid);
    return Libc.result(Libc.call(KILL, pid, signal.number()));
  }

  @Override
  public Errno killGroup(int group, Signal signal) {
    if (group <= 1) throw new IllegalArgumentException("no process group " + group);
    return Libc.result(Libc.call(KILL, -group, signal.number()));
  }

  @Override
  public Errno watch(int pid) {
    if (watched.containsKey(pid)) return Errno.OK;
    int descriptor = poll.watch(pid);
    if (descriptor < 0) return Libc.of(-descriptor);
    watched.put(pid, descriptor);
    return Errno.OK;
  }

  @Override
  public ProcessInfo process(int pid) {
    return processes.process(pid);
  }

  @Override
  public void children(int pid, List<Integer> into) {
    processes.children(pid, into);
  }

  @Override
  public void processes(List<Integer> into) {
    processes.all(into);
  }

  @Override
  public User user(String nameOrUid) {
    return users.user(nameOrUid);
  }

  // Files

  @Override
  public Content read(String path, int limit) {
    return files.read(path, limit);
  }

  @Override
  public Errno replace(String path, byte[] bytes) {
    return files.replace(path, bytes);
  }

  @Override
  public Errno exchange(String one, String other) {
    return files.exchange(one, other);
  }

  @Override
  public Errno append(String path, byte[] bytes) {
    return files.append(path, bytes);
  }

  @Override
  public Errno list(String directory, List<String> into) {
    return files.list(directory, into);
  }

  @Override
  public Errno delete(String path) {
    return files.delete(path);
  }

  @Override
  public Errno makeDirectory(String path, int mode) {
    return files.makeDirectory(path, mode);
  }

  @Override
  public Errno removeDirectory(String path) {
    return files.removeDirectory(path);
  }

  @Override
  public Content attribute(String path, String name) {
    return files.attribute(path, name);
  }

  @Override
  public Errno give(String path, User owner) {
    return files.give(path, owner.uid(), owner.gid());
  }

  // Words

  @Override
  public Errno notify(String socket, String state) {
    return inlets.send(socket, state);
  }

  @Override
  public Errno openFifo(String path, int mode, Consumer<byte[]> reader) {
    return inlets.openFifo(path, mode, safe(reader));
  }

  @Override
  public Errno holdFifo(String path) {
    return fifos.hold(path);
  }

  @Override
  public void releaseFifo(String path) {
    fifos.release(path);
  }

  @Override
  public Errno holdFifos(String directory, int most, BiConsumer<String, Errno> refused) {
    return fifos.holdAll(directory, most, refused);
  }

  @Override
  public Errno openDatagrams(String path, int mode, Consumer<Datagram> reader) {
    return inlets.openDatagrams(path, mode, safe(reader));
  }

  @Override
  public Errno openOutlet(String path, boolean anew, Consumer<byte[]> reader) {
    return inlets.openOutlet(path, anew, safe(reader));
  }

  @Override
  public boolean isOpen(String path) {
    return inlets.isOpen(path);
  }

  private <T> Consumer<T> safe(Consumer<T> reader) {
    return survives ? said -> guarded(() -> reader.accept(said)) : reader;
  }

  @Override
  public void closeInlet(String path) {
    inlets.close(path);
  }

  // Conversations

  @Override
  public Errno openStream(int descriptor, Listener listener) {
    return streams.open(descriptor, survives ? guarded(listener) : listener);
  }

  private Listener guarded(Listener listener) {
    return new Listener() {
      @Override
      public int arrived(byte[] bytes) {
        int[] taken = {bytes.length}; // what cannot be understood is not given again
        guarded(() -> taken[0] = listener.arrived(bytes));
        return taken[0];
      }

      @Override
      public void ended() {
        guarded(listener::ended);
      }
    };
  }

  @Override
  public Errno sendStream(int descriptor, byte[] bytes) {
    return streams.send(descriptor, bytes);
  }

  @Override
  public void closeStream(int descriptor) {
    streams.close(descriptor);
  }

  // Sockets

  @Override
  public Opened listen(String holder, Address address, int mode, int backlog, User owner) {
    return listeners.listen(holder, address, mode, backlog, owner);
  }

  @Override
  public Opened takeListener(String holder, Address address, int pid, int number) {
    return listeners.take(holder, address, pid, number);
  }

  @Override
  public Errno awaitDemand(int descriptor, Runnable arrived) {
    return listeners.await(descriptor, survives ? () -> guarded(arrived) : arrived);
  }

  @Override
  public void closeListeners(String holder, List<Address> except) {
    listeners.close(holder, except);
  }
}
