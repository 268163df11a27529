package svc.supervise.logic;

import java.util.List;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.Signal;
import svc.os.Spawned;
import svc.service.Declaration;
import svc.service.Durations;
import svc.service.Keys;
import svc.service.ServiceState;
import svc.service.Status;
import svc.supervise.logic.Deadlines.Due;
import svc.type.Procedure;
import svc.type.ServiceType;
import svc.type.Task;
import svc.type.Verdict;

/**
 * One supervised service.
 *
 * <pre>
 *                 start                    up                         ended, restart
 *   down, failed ------> starting -----------------------> up ----------------------> backing-off
 *        ^                  |  failed start, restart        |                             |  delay over
 *        |                  +-----------> backing-off       | stop                        +-----> starting
 *        |                  | stop, timeout                 v
 *        +------------------+-------------------------> stopping ---> down, or starting when it is wanted up again
 *
 *   no-type: its type is not installed when it has to be started or when the end of its process has to be judged
 * </pre>
 *
 * <p>A service on demand is up without a process: it waits until somebody comes to its sockets, or
 * for the time that its type names, runs its program, judges its end and waits again. A run that
 * failed is told in the status. Where somebody still waits at a socket the next run follows at
 * once, so there the restart limit counts what fails, and {@link Demand#RUNS_MOST} what does not.
 *
 * <p>A service that says when it is ready ({@link Readiness}) is starting until it has said so;
 * ending before that is a failure, whatever its status. Its checks and its reload command are
 * helpers: one at a time, and none outlives what it asks about.
 *
 * <p>What is wanted ({@link #wantedUp}) is apart from the state: a service that stops while it is
 * wanted up is being restarted. A service that ended by itself and is not to be started again is
 * wanted down from then on.
 *
 * <p>Stopping: the stop command, or the stop signal to the process group of what runs; then, when
 * the main process is gone, the same signal to whatever else of the service is left; after the
 * timeout SIGKILL to all of it, at once to its cgroup, until a sweep finds nothing. Only then is it
 * down, so a next instance never meets a process of the last.
 *
 * <p>What follows what is said here. Its parts have what belongs together, and none of them knows
 * the service: {@link Standing}, its state and the {@link Deadlines} of that; {@link Processes},
 * what runs and who is signalled; {@link Startup}, {@link MainSearch}, {@link Watchdog}, {@link
 * Reload} and {@link Stop}, what it does in one state; {@link Restarts} and {@link Demand}, when it
 * is started again; {@link Outlets}, what is open for others.
 *
 * <p>Every method takes one event, with the time where it matters, changes the state and appends
 * the actions to perform. Only the loop thread calls.
 */
public final class Service {

  private static final long NANOS_PER_MICRO = 1_000L;

  private final String name;
  private Declaration declaration;
  private Settings settings;
  private ServiceType type;

  private final Standing standing;
  private final Deadlines deadlines;
  private final Processes processes;
  private final Stop stop;
  private final Restarts restarts;
  private final Demand demand;
  private final Watchdog watchdog;
  private final Reload reload;
  private final MainSearch search;
  private final Startup startup;
  private final Outlets outlets = new Outlets();
  private boolean wantedUp;

  /** What it says of itself, for people. */
  private String said = "";

  /** Why its log cannot be written; whoever keeps it says so to each supervisor anew. */
  private String logProblem = "";

  private ExitStatus lastExit;

  /** An end that nobody could judge, since the type was away. */
  private ExitStatus unjudged;

  private Status published;
  private Snapshot remembered;

  public Service(Declaration declaration, ServiceType type, long wallClock) {
    this(declaration, type, wallClock, 0);
  }

  /**
   * @param lastRun when a process on demand was last started, in milliseconds since 1970, or 0
   */
  public Service(Declaration declaration, ServiceType type, long wallClock, long lastRun) {
    this(Snapshot.first(declaration, wallClock, lastRun), type);
    remembered = null;
  }

  /** One that another supervisor had until now; {@link #resume} goes on with it. */
  public Service(Snapshot last, ServiceType type) {
    name = last.declaration().name();
    this.type = type;
    declare(last.declaration());
    standing = new Standing(last);
    deadlines = standing.deadlines();
    processes = new Processes(last);
    stop = new Stop(last, standing, processes);
    restarts = new Restarts(last);
    demand = new Demand(last, standing, processes);
    watchdog = new Watchdog(standing, processes);
    startup = new Startup(standing, processes, stop, restarts, watchdog);
    reload = new Reload(name, standing, processes);
    search = new MainSearch(standing, processes);
    outlets.open(processes.launch(), settings.watchdog());
    wantedUp = last.status().wantedUp();
    lastExit = last.status().lastExit();
    unjudged = last.unjudged();
    said = last.said();
    remembered = last;
  }

  /**
   * Its record is lost, and a process of it runs. What that is its type says: the service, or the
   * command that starts it. Where nobody knows its type it is taken for the service.
   *
   * @param pid the process that leads it
   * @param last number of the start that it carries
   */
  public void found(int pid, long last, long now) {
    processes.launchBy(launch().by(asDeclared()));
    wantedUp = true;
    processes.found(pid, last);
    standing.become(ServiceState.STARTING, "found running, its record is lost");
    deadlines.set(Due.STATE, Durations.after(now, settings.startTimeout()));
    if (processes.main() == 0) return;
    String found = standing.reason();
    startup.cameUp(now, settings);
    standing.explain(found);
  }

  private Procedure asDeclared() {
    return type == null || declaration.entries().isEmpty()
        ? Procedure.commands(List.of(), List.of())
        : type.procedure(Keys.complete(declaration, type.keys()));
  }

  /** Whether what it consists of leads a session, as all that a supervisor spawns does. */
  public boolean leadsASession() {
    return asDeclared().main() != Procedure.Main.PID_FILE;
  }

  /** Another declaration, which counts from the next start on. */
  public void declare(Declaration next) {
    declaration = next;
    settings = Settings.of(next);
  }

  public boolean isOfType(Declaration other) {
    return declaration.type().equals(other.type());
  }

  /** A service of another type from now on; nothing of it runs. */
  public void become(ServiceType other) {
    type = other;
    processes.launchBy(launch().by(null));
    unjudged = null;
  }

  // Wishes

  public void start(long now, List<Action> out) {
    wantedUp = true;
    switch (standing.state()) {
      case DOWN, SKIPPED, FAILED, BACKING_OFF, NO_TYPE -> startAfresh(now, out);
      case STARTING, UP, STOPPING -> {}
    }
  }

  public void stop(long now, List<Action> out) {
    wantedUp = false;
    switch (standing.state()) {
      case STARTING, UP -> beginStop(now, out);
      case BACKING_OFF, FAILED -> stop.clearAway(settings, now, out);
      case NO_TYPE -> standing.become(ServiceState.DOWN, "");
      case DOWN, SKIPPED, STOPPING -> {}
    }
  }

  public void restart(long now, List<Action> out) {
    wantedUp = true;
    switch (standing.state()) {
      case STARTING, UP -> beginStop(now, out);
      case DOWN, SKIPPED, FAILED, BACKING_OFF, NO_TYPE -> startAfresh(now, out);
      case STOPPING -> {}
    }
  }

  /** Why it cannot read its configuration anew, or empty. */
  public String reloadRefusal() {
    return reload.refusal(settings);
  }

  /** Has it read its configuration anew; whatever comes of it, it stays up. */
  public void reload(long now, List<Action> out) {
    if (!reloadRefusal().isEmpty() || reloading()) return;
    if (settings.reloadCommand().isEmpty()) {
      reload.signal(settings, out);
    } else {
      reload.begin(now, settings);
      beginSpawn(Task.RELOAD, out);
    }
  }

  /** A reload is under way. */
  public boolean reloading() {
    return reload.isUnderWay();
  }

  /** What went wrong in the last one, or empty. */
  public String reloadProblem() {
    return reload.problem();
  }

  /**
   * @param problem why its log cannot be written, or empty when it can
   */
  public void logged(String problem) {
    logProblem = problem;
  }

  // What it says of itself

  /** It said something. */
  public void notified(Notice notice, long now, List<Action> out) {
    if (notice.status() != null) said = notice.status();
    if (notice.extend() > 0) extend(now + notice.extend() * NANOS_PER_MICRO);
    watchdog.heard(notice);
    switch (standing.state()) {
      case STARTING -> {
        if (notice.ready() && launch().readiness().by() == Readiness.By.NOTIFY)
          startup.ready(now, settings);
      }
      case UP -> {
        if (notice.reloading()) standing.explain("reloading");
        else if (notice.stopping()) standing.explain("ends by itself");
        else if (notice.ready()) standing.explain("");
        if (notice.watchdog() || notice.watchdogPeriod() > 0) watchdog.watch(now, settings);
        if (notice.trigger()) bark("asked for its watchdog", now, out);
      }
      case STOPPING, BACKING_OFF, DOWN, FAILED, NO_TYPE -> {}
    }
  }

  /** What it is doing takes longer. */
  private void extend(long until) {
    switch (standing.state()) {
      case STARTING -> deadlines.extend(Due.STATE, until);
      case STOPPING -> stop.extend(until);
      case UP -> deadlines.extend(Due.RELOAD, until);
      case BACKING_OFF, DOWN, SKIPPED, FAILED, NO_TYPE -> {}
    }
  }

  /** Another of its processes is the main one from now on. */
  public void mainIs(int pid, List<Action> out) {
    boolean known = standing.is(ServiceState.STARTING) || standing.is(ServiceState.UP);
    if (!known || processes.main() == 0 || pid == processes.main()) return;
    processes.moved(pid);
    out.add(new Action.Watch(pid));
  }

  /** It can do its work, which it was asked or told us. */
  public void ready(long now) {
    startup.ready(now, settings);
  }

  /** It closed the descriptor that it was to write a line to. */
  public void closedWithoutALine(long now, List<Action> out) {
    startup.closedWithoutALine(now, settings, out);
  }

  /**
   * Its words are heard again.
   *
   * @param gap nobody listened for a while
   */
  public void listening(boolean gap) {
    startup.listening(gap);
  }

  /** Whether it is given a way to speak to us. */
  public boolean speaks() {
    return launch().speaks(settings.watchdog());
  }

  /** In nanoseconds, or {@link Durations#FOREVER}. */
  public long watchdog() {
    return settings.watchdog();
  }

  private void bark(String why, long now, List<Action> out) {
    stop.abort("watchdog: " + why, settings, now, out);
  }

  /**
   * Sends a signal to what it consists of, or is started or stopped by; what comes of that is
   * judged as if somebody else had.
   *
   * @param mainOnly to the one process that counts, not to its group
   * @return false when there is none
   */
  public boolean kill(Signal signal, boolean mainOnly, List<Action> out) {
    return processes.signalAny(signal, mainOnly, out);
  }

  // Its type comes and goes

  public void typeArrived(ServiceType arrived, long now, List<Action> out) {
    type = arrived;
    ExitStatus ended = unjudged;
    unjudged = null;
    if (standing.is(ServiceState.STARTING) && ended != null) starterEnded(0, ended, now, out);
    else if (standing.is(ServiceState.NO_TYPE) && ended != null) judgeMain(ended, now, out);
    else if (standing.is(ServiceState.NO_TYPE) && wantedUp) begin(now, out);
    else if (demand.waits()) out.add(new Action.ReadClock());
  }

  public void typeLeft() {
    type = null;
  }

  // Taking over

  /** A process ended while nobody was here to hear of it. */
  public void endedUnheard(int pid, ExitStatus status, long now, List<Action> out) {
    processes.late(true);
    exited(pid, status, now, out);
    processes.late(false);
  }

  /** Its start command has left a daemon and ended: the pid file says more. */
  public void leftBehind() {
    processes.retract();
    if (standing.is(ServiceState.STARTING))
      standing.explain("its start command ended, status unknown");
  }

  /** Does what is still to be done, when all that happened meanwhile has been told. */
  public void resume(long now, List<Action> out) {
    if (outlets.hears()) out.add(new Action.OpenNotices());
    if (processes.spawning() == Task.RELOAD && settings.reloadCommand().isEmpty()) {
      processes.retract();
      reload.ended("its command is not declared any more");
    }
    if (standing.is(ServiceState.UP)) watchdog.watch(now, settings);
    if (processes.spawning() != null) out.add(spawn());
    else goOn(now, out);
  }

  private void goOn(long now, List<Action> out) {
    if (standing.is(ServiceState.STARTING) && startup.awaitsReadiness()) {
      awaitReadiness(out);
    } else if (standing.is(ServiceState.STOPPING)) {
      stop.goOn(out);
    } else if (type != null && (unjudged != null || standing.is(ServiceState.NO_TYPE))) {
      typeArrived(type, now, out);
    } else if (standing.is(ServiceState.STARTING)
        && !processes.any()
        && launch().followsPidFile()) {
      search.begin(out);
    } else if (demand.waits()) {
      await(out);
    } else if (processes.main() != 0 && launch().listens()) {
      out.add(new Action.TakeListeners(processes.main()));
    }
  }

  // What became of actions

  public void spawned(Task task, int pid, long now, List<Action> out) {
    processes.spawned(task, pid);
    if (task != Task.START || !launch().isChild()) return;
    if (startup.awaitsReadiness()) awaitReadiness(out);
    else startup.cameUp(now, settings);
  }

  public void spawnFailed(Task task, Spawned.Failure problem, long now, List<Action> out) {
    processes.retract();
    switch (task) {
      case START -> ended(Verdict.FAILURE, "cannot " + problem, now, out);
      case MAIN -> runEnded(Verdict.FAILURE, "cannot " + problem, now, out);
      case CHECK -> startup.checkAgain("cannot " + problem, now);
      case RELOAD -> reload.ended("cannot " + problem);
      case STOP -> stop.commandFailed("cannot " + problem, settings, out);
    }
  }

  /**
   * A look at the pid file: the main process is known, or it is looked for again until the start
   * timeout.
   */
  public void pidFileRead(PidFile file, long now, List<Action> out) {
    if (search.isForSuccessor()) successorLookedFor(file, now, out);
    else if (standing.is(ServiceState.STARTING)) mainLookedFor(file, now, out);
  }

  private void mainLookedFor(PidFile file, long now, List<Action> out) {
    if (file.pid() == 0) {
      search.pause(file, now);
    } else {
      search.found(file, out);
      startup.cameUp(now, settings);
    }
  }

  /** A socket cannot be opened; a process that was to be handed it was not made. */
  public void listenFailed(String problem, long now, List<Action> out) {
    processes.retract();
    ended(Verdict.FAILURE, problem, now, out);
  }

  /**
   * It hears of demand, or looked at the clock.
   *
   * @param wall in milliseconds since 1970
   */
  public void waiting(long now, long wall, List<Action> out) {
    if (standing.is(ServiceState.STARTING)) startup.cameUp(now, settings);
    if (demand.isTime(type, declaration, now, wall)) run(wall, out);
  }

  /** Somebody came to one of its sockets. */
  public void demanded(long now, long wall, List<Action> out) {
    if (!demand.listens()) return;
    if (demand.answers(now)) run(wall, out);
    else fail(demand.tooOften());
  }

  /** What a sweep found: the processes of this service that still run. */
  public void swept(List<Integer> found, List<Action> out, long now) {
    if (!standing.is(ServiceState.STOPPING) || processes.any()) return;
    if (stop.swept(found, settings, out)) stopped(now, out);
  }

  // Events

  public void exited(int pid, ExitStatus status, long now, List<Action> out) {
    if (pid == processes.stopper()) stopperExited(status, out);
    else if (pid == processes.helper()) helperExited(status, now, out);
    else if (pid == processes.main()) mainExited(pid, status, now, out);
    else if (pid == processes.starter()) starterExited(pid, status, now, out);
  }

  private void mainExited(int pid, ExitStatus status, long now, List<Action> out) {
    processes.mainEnded();
    lastExit = status;
    if (standing.is(ServiceState.STOPPING)) {
      clearPidFile(pid, out);
      stop.goOn(out);
    } else {
      mainEnded(pid, status, now, out);
    }
  }

  private void starterExited(int pid, ExitStatus status, long now, List<Action> out) {
    processes.starterEnded();
    lastExit = status;
    if (standing.is(ServiceState.STOPPING)) stop.goOn(out);
    else starterEnded(pid, status, now, out);
  }

  /** Some orphan was reaped: it may have been the last that is waited for. */
  public void orphanExited(List<Action> out) {
    out.add(new Action.Sweep());
  }

  /** The earliest time at which something is due, or {@link Kernel#NEVER}. */
  public long deadline() {
    return deadlines.earliest();
  }

  public void woken(long now, List<Action> out) {
    Due due = deadlines.take(now);
    if (due != null) happens(due, now, out);
  }

  private void happens(Due due, long now, List<Action> out) {
    switch (due) {
      case STATE -> stateOver(now, out);
      case LOOK -> search.look(out);
      case CHECK -> beginSpawn(Task.CHECK, out);
      case STEP -> stop.nextStep(settings, now, out);
      case WATCHDOG -> bark(watchdog.silence(settings), now, out);
      case RELOAD -> reload.tooLate(settings, out);
      case DEMAND -> await(out);
      case CLOCK -> out.add(new Action.ReadClock());
    }
  }

  /**
   * Tells the status when it is another than the last one told. Called when an event is through.
   */
  public void publish(long wallClock, List<Action> out) {
    standing.date(wallClock);
    if (standing.rests()) outlets.close(out);
    remember(out);
    Status status = status();
    if (status.equals(published)) return;
    published = status;
    out.add(new Action.Publish(status));
  }

  /** Has it written down what is not yet. */
  private void remember(List<Action> out) {
    Snapshot snapshot = snapshot();
    if (snapshot.equals(remembered)) return;
    remembered = snapshot;
    out.add(new Action.Remember(snapshot));
  }

  // Starting

  private void startAfresh(long now, List<Action> out) {
    restarts.forget();
    demand.forget();
    begin(now, out);
  }

  private void begin(long now, List<Action> out) {
    deadlines.clear(Due.STATE);
    unjudged = null;
    if (type == null) {
      standing.become(ServiceState.NO_TYPE, "type " + declaration.type() + " is not installed");
      return;
    }
    prepare();
    standing.become(ServiceState.STARTING, "");
    if (launch().onDemand()) {
      await(out);
    } else if (!launch().startsAnything()) {
      startup.cameUp(now, settings);
    } else {
      deadlines.set(Due.STATE, Durations.after(now, settings.startTimeout()));
      beginSpawn(Task.START, out);
    }
  }

  /** As its type and its declaration are now. */
  private void prepare() {
    declare(Keys.complete(declaration, type.keys()));
    processes.launchBy(new Launch(type.procedure(declaration), Readiness.of(declaration)));
    outlets.open(launch(), settings.watchdog());
    startup.begin();
    watchdog.begin();
    demand.begin();
    said = "";
  }

  private static void await(List<Action> out) {
    out.add(new Action.AwaitDemand());
  }

  private void run(long wall, List<Action> out) {
    demand.ran(wall);
    restarts.begin();
    beginSpawn(Task.MAIN, out);
  }

  /**
   * Before a process is made it is written down that it will be: whoever finds one with this number
   * knows what it is.
   */
  private void beginSpawn(Task task, List<Action> out) {
    processes.announce(task);
    remember(out);
    out.add(spawn());
  }

  private Action.Spawn spawn() {
    return launch().spawn(processes.spawning(), processes.number(), settings.reloadCommand());
  }

  private void awaitReadiness(List<Action> out) {
    if (startup.awaitReadiness()) beginSpawn(Task.CHECK, out);
  }

  private void helperExited(ExitStatus status, long now, List<Action> out) {
    Task task = processes.helperEnded(out);
    if (standing.is(ServiceState.STOPPING)) stop.goOn(out);
    else if (task == Task.RELOAD) reload.ended(status.clean() ? "" : status.toString());
    else if (task == Task.CHECK && status.clean()) startup.ready(now, settings);
    else if (task == Task.CHECK) startup.checkAgain(status.toString(), now);
    else if (standing.is(ServiceState.STARTING) && startup.awaitsReadiness()) awaitReadiness(out);
  }

  // Ending

  /** While the type is away nobody knows what to do next; the start timeout runs on. */
  private void starterEnded(int pid, ExitStatus status, long now, List<Action> out) {
    if (type == null) {
      unjudged = status;
      processes.gone();
      standing.explain(
          "start command ended while type " + declaration.type() + " is not installed");
    } else if (type.verdict(declaration, Task.START, status) == Verdict.FAILURE) {
      processes.endGroup(pid, out);
      stop.killFailed("start command: " + status, now, out);
    } else if (launch().followsPidFile()) {
      standing.explain("");
      search.begin(out);
    } else {
      startup.cameUp(now, settings);
    }
  }

  private void mainEnded(int pid, ExitStatus status, long now, List<Action> out) {
    if (standing.is(ServiceState.UP) && launch().followsPidFile() && !processes.hasMoved()) {
      search.beginForSuccessor(pid, status, out);
    } else {
      mainGone(pid, status, now, out);
    }
  }

  /** A daemon may have put another one in its place, which its pid file names then. */
  private void successorLookedFor(PidFile file, long now, List<Action> out) {
    MainSearch.Predecessor last = search.takePredecessor();
    if (file.pid() != 0) {
      search.found(file, out);
    } else {
      processes.late(last.late());
      mainGone(last.pid(), last.status(), now, out);
      processes.late(false);
    }
  }

  /** A file that names nobody would name a stranger one day; systemd removes it too. */
  private void clearPidFile(int pid, List<Action> out) {
    if (launch().followsPidFile())
      out.add(new Action.ClearPidFile(launch().procedure().pidFile(), pid));
  }

  private void mainGone(int pid, ExitStatus status, long now, List<Action> out) {
    clearPidFile(pid, out);
    processes.endGroup(pid, out);
    processes.endHelper(out);
    if (standing.is(ServiceState.STARTING))
      stop.killFailed("ended before it was ready: " + status, now, out);
    else judgeMain(status, now, out);
  }

  private void judgeMain(ExitStatus status, long now, List<Action> out) {
    if (type == null) {
      park(status);
      return;
    }
    Verdict verdict = type.verdict(declaration, Task.MAIN, status);
    if (launch().onDemand()) runEnded(verdict, status.toString(), now, out);
    else ended(verdict, status.toString(), now, out);
  }

  /**
   * Up as before; what went wrong is told until a run goes well. Its sockets are opened at once,
   * should they have gone with a supervisor: who comes meanwhile waits.
   */
  private void runEnded(Verdict verdict, String why, long now, List<Action> out) {
    boolean failed = verdict == Verdict.FAILURE;
    String told = failed ? "last run: " + why : "";
    if (standing.is(ServiceState.UP)) standing.explain(told);
    else standing.become(ServiceState.UP, told);
    if (!failed || !launch().listens()) {
      await(out);
    } else if (restarts.mayBe(now, settings)) {
      await(out);
      deadlines.set(Due.DEMAND, Durations.after(now, settings.delay()));
    } else {
      fail(restarts.tooMany(settings, why));
    }
  }

  private void fail(String why) {
    wantedUp = false;
    standing.become(ServiceState.FAILED, why);
  }

  /** Nobody can say what this end means until the type is back. */
  private void park(ExitStatus status) {
    unjudged = status;
    standing.become(
        ServiceState.NO_TYPE,
        "ended while type " + declaration.type() + " is not installed: " + status);
  }

  private void ended(Verdict verdict, String why, long now, List<Action> out) {
    if (wantedUp && settings.restartsAfter(verdict, lastExit)) {
      backOff(why, now, out);
    } else {
      wantedUp = false;
      standing.become(verdict == Verdict.SUCCESS ? ServiceState.DOWN : ServiceState.FAILED, why);
    }
  }

  private void backOff(String why, long now, List<Action> out) {
    if (!restarts.mayBe(now, settings)) {
      fail(restarts.tooMany(settings, why));
      return;
    }
    long delay = restarts.delay(now, settings);
    standing.become(ServiceState.BACKING_OFF, why);
    deadlines.set(Due.STATE, Durations.after(now, delay));
    if (delay <= 0) restartNow(now, out);
  }

  private void restartNow(long now, List<Action> out) {
    restarts.begin();
    begin(now, out);
  }

  // Stopping

  private void beginStop(long now, List<Action> out) {
    boolean byCommand = standing.is(ServiceState.UP) && launch().hasStopCommand();
    stop.begin(settings, now, out);
    if (byCommand) beginSpawn(Task.STOP, out);
    else stop.ask(settings, out);
  }

  private void stopperExited(ExitStatus status, List<Action> out) {
    processes.stopperEnded(out);
    if (status.clean()) stop.goOn(out);
    else stop.commandFailed(status.toString(), settings, out);
  }

  private void stateOver(long now, List<Action> out) {
    switch (standing.state()) {
      case BACKING_OFF -> restartNow(now, out);
      case STARTING -> startup.tooLate(now, settings, out);
      case STOPPING -> stop.kill(now, out);
      case DOWN, SKIPPED, UP, FAILED, NO_TYPE ->
          throw new IllegalStateException(name + ": a deadline while " + standing.state());
    }
  }

  private void stopped(long now, List<Action> out) {
    String failure = stop.failure();
    String remark = stop.remark();
    stop.over();
    if (!wantedUp) standing.become(ServiceState.DOWN, remark);
    else if (failure.isEmpty()) begin(now, out);
    else ended(Verdict.FAILURE, failure, now, out);
  }

  // Views

  public String name() {
    return name;
  }

  public Declaration declaration() {
    return declaration;
  }

  public ServiceState state() {
    return standing.state();
  }

  public boolean wantedUp() {
    return wantedUp;
  }

  /** Whether it waits for processes that it did not start itself. */
  public boolean sweeping() {
    return stop.sweeping();
  }

  /** How it was started last. */
  public Launch launch() {
    return processes.launch();
  }

  /** Whether sockets of it may be open. */
  public boolean listens() {
    return outlets.listens();
  }

  /** In milliseconds since 1970, or 0. */
  public long lastRun() {
    return demand.lastRun();
  }

  public int main() {
    return processes.main();
  }

  /**
   * The processes that it waits for, 0 for one that there is not: main, starter, stopper, helper.
   */
  public List<Integer> processes() {
    return processes.all();
  }

  /** What the process with {@link #number} is for, when nobody knows whether there is one. */
  public Task spawning() {
    return processes.spawning();
  }

  public long number() {
    return processes.number();
  }

  public Snapshot snapshot() {
    return new Snapshot(
        declaration,
        status(),
        launch().procedure(),
        processes.number(),
        processes.spawning(),
        processes.starter(),
        processes.stopper(),
        processes.group(),
        stop.killing(),
        deadlines.get(Due.STATE),
        restarts.lately(),
        unjudged,
        stop.failure(),
        stop.remark(),
        demand.lastRun(),
        demand.waitingSince(),
        demand.answers(),
        deadlines.get(Due.DEMAND),
        launch().readiness(),
        processes.helper(),
        processes.helperTask(),
        processes.hasMoved(),
        stop.step(),
        deadlines.get(Due.STEP),
        deadlines.get(Due.RELOAD),
        restarts.upAt(),
        restarts.streak(),
        said);
  }

  public Status status() {
    boolean unmanaged = type == null && processes.any();
    return new Status(
        name,
        declaration.type(),
        standing.state(),
        wantedUp,
        processes.main(),
        standing.since(),
        restarts.count(),
        lastExit,
        standing.reason().isEmpty() && standing.is(ServiceState.UP) ? said : standing.reason(),
        unmanaged,
        logProblem);
  }
}
