package svc.init;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import svc.init.logic.Action;
import svc.init.logic.ControlRequest;
import svc.init.logic.ControlStream;
import svc.init.logic.Lifecycle;
import svc.init.logic.MachineId;
import svc.init.logic.Memory;
import svc.init.logic.Settings;
import svc.init.logic.Surroundings;
import svc.init.logic.Workload;
import svc.os.Content;
import svc.os.Datagram;
import svc.os.Errno;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.Machine;
import svc.os.ProcessInfo;
import svc.os.Signal;
import svc.os.Spawn;
import svc.os.Spawn.Stream;
import svc.os.Spawned;
import svc.os.Stack;
import svc.os.Successor;
import svc.service.LogFiles;
import svc.service.Pipelines;
import svc.service.Source;

/**
 * Turns what the kernel and others say into events of the {@link Lifecycle} and performs the
 * actions that come of it. It decides nothing itself.
 *
 * <p>Runs on the kernel's loop thread.
 */
public final class Init implements Kernel.Events, Action.Effects, ControlStream.Found {

  /** The FIFO of sysvinit, and where it was before (initctl of sysvinit 2.89 and later). */
  private static final String FIFO = "/run/initctl";

  private static final String OLD_FIFO = "/dev/initctl";

  private static final String MACHINE_ID = "/etc/machine-id";

  private static final String MANAGER = "manager";
  private static final String WORKLOAD = "workload-process";
  private static final String SHELL = "shell";

  private static final int FIFO_MODE = 0600;
  private static final int CONFIGURATION_LIMIT = 256 << 10;
  private static final int POWER_STATUS_LIMIT = 64;
  private static final int PROC_LIMIT = 4 << 20;

  /** Each costs a descriptor; more services than that have nothing kept for them here. */
  private static final int MOST_PIPES = 4096;

  /** The parent of all of the kernel's own threads. */
  private static final int KTHREADD = 2;

  private static final List<List<String>> SHELLS =
      List.of(
          List.of("sulogin", "--force"), List.of("setsid", "--wait", "--ctty", "/bin/sh", "-l"));

  /**
   * Where and how the other programs are run.
   *
   * @param home the installed tree
   * @param run the run directory
   * @param version of svc, and what tells this life of the process from the next, for whoever asks
   * @param manager the words of svc-manager, all but target and --ending
   * @param client the program svc
   * @param socket the manager's
   * @param environment ours, {@code NAME=value}
   * @param notifySocket where a manager of another process says how it is
   * @param host where whoever runs the container wants to hear it, or empty
   * @param configuration the file init.conf
   * @param grace the time for everything to go down, in nanoseconds, or -1 for the configuration's
   */
  public record Place(
      String home,
      String run,
      String version,
      List<String> manager,
      String client,
      String socket,
      List<String> environment,
      String notifySocket,
      String host,
      String configuration,
      long grace,
      Workload workload) {

    /** What the configuration says now; one that is not there is as good as one that is empty. */
    Settings settings(Kernel kernel) {
      Content content = kernel.read(configuration, CONFIGURATION_LIMIT);
      String text = new String(content.bytes(), StandardCharsets.UTF_8);
      Settings settings = Settings.of(new Source("init", configuration, text));
      return grace < 0 ? settings : settings.within(grace);
    }
  }

  private final Kernel kernel;
  private final Machine machine;
  private final Surroundings surroundings;
  private final Place place;
  private final Console console;
  private final boolean quiet;
  private final IntConsumer exit;
  private final Consumer<Callable<String>> replace;
  private final Record record;
  private boolean replacing;
  private boolean toldOfPipes;

  /** The manager is in this process; before it offers its stack it has nothing to take down. */
  private final boolean within;

  private final boolean managed;

  private final Lifecycle lifecycle;
  private final ControlStream requests = new ControlStream();
  private final Deque<Action> pending = new ArrayDeque<>();
  private final Map<Integer, String> clients = new HashMap<>();
  private boolean performing;
  private String log;
  private Stack stack;
  private int manager;
  private int workload;
  private int shell;

  /**
   * @param exit ends the process with a status; never called on a machine
   * @param replace stops the framework and then does what executes another program
   */
  Init(
      Kernel kernel,
      Machine machine,
      Surroundings surroundings,
      Lifecycle.Plan plan,
      Place place,
      Console console,
      boolean quiet,
      IntConsumer exit,
      Consumer<Callable<String>> replace) {
    this.kernel = kernel;
    this.machine = machine;
    this.surroundings = surroundings;
    this.place = place;
    this.console = console;
    this.quiet = quiet;
    this.exit = exit;
    this.replace = replace;
    this.record = new Record(kernel, place.run() + "/init");
    this.managed = plan.manager();
    this.within = plan.within();
    Settings settings = place.settings(kernel);
    this.log = settings.log();
    this.lifecycle = new Lifecycle(surroundings, plan, settings);
  }

  /** Begins, or goes on where the one before us in this process was. On the loop. */
  void begin() {
    if (!surroundings.machine()) kernel.becomeSubreaper();
    Map<String, String> texts = record.take();
    if (managed && !within) holdPipes();
    Memory memory = texts == null ? null : Memory.of(texts);
    if (memory == null) beginAnew();
    else goOn(memory, texts);
    kernel.replace(place.run() + "/init.began", (place.version() + "\n").getBytes(US_ASCII));
  }

  /**
   * What services have written stays in their pipes while neither they nor anybody is there who
   * would take it. In one process with the manager that one holds them.
   */
  private void holdPipes() {
    for (String directory : List.of(LogFiles.outputs(place.run()), Pipelines.inputs(place.run()))) {
      Errno errno = kernel.makeDirectory(directory, 0700);
      if (errno.ok()) errno = kernel.holdFifos(directory, MOST_PIPES, this::notHeld);
      if (!errno.ok()) complain("cannot keep pipes open in " + directory + ": " + errno);
    }
  }

  private void notHeld(String path, Errno errno) {
    if (!toldOfPipes) complain("cannot keep " + path + " open, nor maybe others: " + errno);
    toldOfPipes = true;
  }

  private void goOn(Memory memory, Map<String, String> texts) {
    event(out -> lifecycle.resume(memory, kernel.now(), out));
    if (managed && !within) hearManager();
    manager = still(texts.get(MANAGER), pid -> manager = pid);
    workload = still(texts.get(WORKLOAD), pid -> workload = pid);
    shell = still(texts.get(SHELL), pid -> shell = pid);
  }

  /**
   * A process that the one before us has started: its end is heard, also when it has ended already
   * and waits to be reaped. One that is not there any more has ended, nobody knows how.
   *
   * @return its pid, or 0
   */
  private int still(String name, IntConsumer known) {
    if (name == null || name.isEmpty()) return 0;
    int pid = Integer.parseInt(name.substring(0, name.indexOf(' ')));
    if (name.equals(Record.name(kernel, pid))) return pid;
    kernel.execute(
        () -> {
          known.accept(pid);
          exited(pid, ExitStatus.UNKNOWN);
        });
    return 0;
  }

  /** Another one takes over, in this process. */
  void leave() {
    if (!lifecycle.gone()) handOver();
    console.close();
  }

  private void handOver() {
    Map<String, String> texts = new LinkedHashMap<>(lifecycle.memory(kernel.now()).texts());
    texts.put(MANAGER, Record.name(kernel, manager));
    texts.put(WORKLOAD, Record.name(kernel, workload));
    texts.put(SHELL, Record.name(kernel, shell));
    Errno errno = record.write(texts);
    if (!errno.ok()) complain("cannot say how things are to who comes after us: " + errno);
  }

  private void beginAnew() {
    if (surroundings.kind() == Surroundings.Kind.NSPAWN) takeMachineId();
    event(lifecycle::begin);
  }

  /** nspawn gives one to a container whose own is still empty (machine-id(5)). */
  private void takeMachineId() {
    Content own = kernel.read(MACHINE_ID, CONFIGURATION_LIMIT);
    String given = MachineId.given(place.environment());
    if (own.errno().ok() && own.bytes().length == 0 && !given.isEmpty())
      kernel.append(MACHINE_ID, (given + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** The manager of this process can be told to end, or (null) cannot any more. */
  void stack(Stack next) {
    stack = next;
  }

  /** A manager says how it is, in the words of sd_notify(3). */
  void notified(String words) {
    event(out -> lifecycle.notified(words, kernel.now(), out));
  }

  // Events in, actions out

  private void event(Consumer<List<Action>> event) {
    if (lifecycle.gone()) return;
    List<Action> actions = new ArrayList<>(4);
    event.accept(actions);
    pending.addAll(actions);
    if (performing) return;
    perform();
  }

  /** An init lives on after a mistake of its own, and what was to be done beside it is done. */
  private void perform() {
    performing = true;
    try {
      while (!pending.isEmpty()) pending.remove().perform(this);
    } finally {
      performing = false;
      if (!pending.isEmpty()) kernel.execute(this::perform);
    }
  }

  @Override
  public void exited(int pid, ExitStatus status) {
    long now = kernel.now();
    if (pid == manager) {
      manager = 0;
      whenAllIsHeard(() -> event(out -> lifecycle.managerEnded(status, now, out)));
    } else if (pid == workload) {
      workload = 0;
      event(out -> lifecycle.workloadEnded(status, now, out));
    } else if (pid == shell) {
      shell = 0;
      event(lifecycle::shellEnded);
    } else if (clients.containsKey(pid)) {
      clientEnded(clients.remove(pid), status);
    }
    event(lifecycle::reaped);
  }

  /** The last that it said may have arrived and not been read: the loop looks once more before. */
  private void whenAllIsHeard(Runnable task) {
    kernel.execute(() -> kernel.execute(task));
  }

  private void clientEnded(String what, ExitStatus status) {
    if (!status.clean()) complain(what + ": " + status);
  }

  @Override
  public void signalled(Signal signal) {
    event(out -> lifecycle.signalled(signal, kernel.now(), out));
  }

  @Override
  public void woken(long now) {
    requests.woken(now, this);
    event(out -> lifecycle.woken(now, out));
  }

  @Override
  public long deadline() {
    return Math.min(requests.deadline(), lifecycle.deadline());
  }

  @Override
  public void request(ControlRequest request) {
    event(out -> lifecycle.requested(request, kernel.now(), out));
  }

  @Override
  public void refused(String why) {
    event(out -> lifecycle.refused(why, out));
  }

  // The beginning

  @Override
  public void prepare(Action.Prepare action) {
    new Boot(kernel, machine, this::complain).run();
  }

  @Override
  public void listen(Action.Listen action) {
    kernel.closeInlet(FIFO);
    if (!action.open()) return;
    Errno errno =
        kernel.openFifo(FIFO, FIFO_MODE, bytes -> requests.take(bytes, kernel.now(), this));
    if (errno.ok()) errno = machine.link(FIFO, OLD_FIFO);
    if (!errno.ok() && surroundings.machine()) complain("cannot listen on " + FIFO + ": " + errno);
  }

  // The manager

  @Override
  public void startManager(Action.StartManager action) {
    hearManager();
    List<String> words = new ArrayList<>(place.manager());
    words.addAll(List.of("--target", action.target()));
    if (action.ending()) words.add("--ending");
    List<String> environment = new ArrayList<>(place.environment());
    environment.add("NOTIFY_SOCKET=" + place.notifySocket());
    Spawned spawned = kernel.spawn(inherit(words, environment, Spawn.Place.SESSION));
    if (spawned instanceof Spawned.Child child) {
      manager = child.pid();
      lifecycle.managerStarted(kernel.now());
    } else {
      Spawned.Failure failure = (Spawned.Failure) spawned;
      event(out -> lifecycle.managerFailed(failure, kernel.now(), out));
    }
  }

  private void hearManager() {
    kernel.makeDirectory(place.run(), 0700);
    Errno errno = kernel.openDatagrams(place.notifySocket(), FIFO_MODE, this::hear);
    if (!errno.ok()) complain("cannot listen on " + place.notifySocket() + ": " + errno);
  }

  private void hear(Datagram datagram) {
    notified(new String(datagram.bytes(), StandardCharsets.UTF_8));
  }

  /** One of another process that is not there any more has ended, and that is about to be heard. */
  @Override
  public void endManager(Action.EndManager action) {
    if (manager != 0) kernel.kill(manager, action.signal());
    else if (stack != null) stack.shutdown();
    else if (within) event(out -> lifecycle.managerEnded(ExitStatus.exited(0), kernel.now(), out));
  }

  @Override
  public void changeTarget(Action.ChangeTarget action) {
    List<String> words =
        List.of(place.client(), "target", "--no-wait", "--socket", place.socket(), action.target());
    Spawned spawned = kernel.spawn(inherit(words, place.environment(), Spawn.Place.SESSION));
    if (spawned instanceof Spawned.Child child)
      clients.put(child.pid(), "svc target " + action.target());
    else complain("cannot " + spawned);
  }

  @Override
  public void tellHost(Action.TellHost action) {
    if (place.host().isEmpty()) return;
    Errno errno = kernel.notify(place.host(), action.state());
    if (!errno.ok()) complain("cannot notify " + place.host() + ": " + errno);
  }

  // Workload and shell

  private Spawn inherit(List<String> words, List<String> environment, Spawn.Place where) {
    return new Spawn(
        words,
        environment,
        ".",
        null,
        null,
        -1,
        Stream.INHERIT,
        Stream.INHERIT,
        Stream.INHERIT,
        where);
  }

  @Override
  public void startWorkload(Action.StartWorkload action) {
    Spawned spawned =
        kernel.spawn(
            inherit(place.workload().words(), place.environment(), Spawn.Place.FOREGROUND));
    if (spawned instanceof Spawned.Child child) {
      workload = child.pid();
      lifecycle.workloadStarted(child.pid());
    } else {
      Spawned.Failure failure = (Spawned.Failure) spawned;
      event(out -> lifecycle.workloadFailed(failure, kernel.now(), out));
    }
  }

  @Override
  public void signalWorkload(Action.SignalWorkload action) {
    Errno errno =
        action.wholeGroup()
            ? kernel.killGroup(action.pid(), action.signal())
            : kernel.kill(action.pid(), action.signal());
    if (!errno.ok() && !errno.equals(Errno.ESRCH))
      complain("cannot send " + action.signal() + ": " + errno);
  }

  /** The configured one, or the first of the usual ones that can be executed. */
  @Override
  public void startShell(Action.StartShell action) {
    List<String> configured = place.settings(kernel).shell();
    for (List<String> words : configured.isEmpty() ? SHELLS : List.of(configured)) {
      Spawned spawned = kernel.spawn(inherit(words, place.environment(), Spawn.Place.SESSION));
      if (spawned instanceof Spawned.Child child) {
        shell = child.pid();
        return;
      }
      complain("cannot " + spawned);
    }
    event(lifecycle::shellEnded);
  }

  // Our own program

  /** One that cannot be executed is left alone: we are still there. */
  @Override
  public void replace(Action.Replace action) {
    if (replacing) return;
    replacing = true;
    Successor.find(kernel, place.home(), place.run(), this::found);
  }

  private void found(Successor.Found found) {
    if (found.problem().isEmpty()) {
      Supplier<Errno> next = kernel.exec(found.words(), found.environment());
      replace.accept(() -> next.get().toString());
    } else {
      replacing = false;
      complain("cannot be executed anew: " + found.problem());
    }
  }

  // The configuration

  @Override
  public void reload(Action.Reload action) {
    Settings next = place.settings(kernel);
    log = next.log();
    event(out -> lifecycle.configured(next, out));
  }

  /**
   * As powerd(8) has it: F for fails, L for nearly empty, O for back; nothing for a mere signal.
   */
  @Override
  public void readPowerStatus(Action.ReadPowerStatus action) {
    Content status = kernel.read("/run/powerstatus", POWER_STATUS_LIMIT);
    int first = status.bytes().length == 0 ? 'F' : status.bytes()[0];
    kernel.delete("/run/powerstatus");
    ControlRequest.Kind kind =
        switch (first) {
          case 'L' -> ControlRequest.Kind.POWER_FAILS_NOW;
          case 'O' -> ControlRequest.Kind.POWER_IS_BACK;
          default -> ControlRequest.Kind.POWER_FAILS;
        };
    event(out -> lifecycle.power(kind, kernel.now(), out));
  }

  // The end

  @Override
  public void lookForOthers(Action.LookForOthers action) {
    boolean any = !others(true).isEmpty();
    event(out -> lifecycle.others(any, kernel.now(), out));
  }

  /** Where we are not process 1, only our own descendants are ours to end. */
  private List<Integer> others(boolean oneIsEnough) {
    List<Integer> candidates = new ArrayList<>();
    if (surroundings.pid() == 1) kernel.processes(candidates);
    else descendants(candidates);
    List<Integer> others = new ArrayList<>();
    for (int pid : candidates) {
      if (oneIsEnough && !others.isEmpty()) break;
      if (pid == kernel.pid() || pid == KTHREADD && surroundings.machine()) continue;
      ProcessInfo process = kernel.process(pid);
      if (process != null && !process.zombie() && !isThreadOfTheKernel(process)) others.add(pid);
    }
    return others;
  }

  private boolean isThreadOfTheKernel(ProcessInfo process) {
    return surroundings.machine() && process.parent() == KTHREADD;
  }

  private void descendants(List<Integer> into) {
    kernel.children(kernel.pid(), into);
    for (int next = 0; next < into.size(); next++) kernel.children(into.get(next), into);
  }

  @Override
  public void signalOthers(Action.SignalOthers action) {
    List<Integer> others = others(false);
    say(action.signal() + " to " + others.size() + " processes that are left");
    if (surroundings.pid() == 1) machine.killAll(action.signal());
    else for (int pid : others) kernel.kill(pid, action.signal());
  }

  /** On a machine this does not return; if it does, we are still there and so is the kernel. */
  @Override
  public void leave(Action.Go action) {
    kernel.closeInlet(FIFO);
    kernel.closeInlet(place.notifySocket());
    if (surroundings.machine() && action.orderly())
      new Shutdown(kernel, machine, this::complain).run();
    if (surroundings.machine()) machine.sync();
    console.flush();
    if (action.leave().reboot() != null) {
      Errno errno = machine.reboot(action.leave().reboot());
      complain("cannot " + action.leave() + ": " + errno);
    }
    if (!surroundings.machine()) exit.accept(action.status());
  }

  // Words

  @Override
  public void say(Action.Say action) {
    if (action.trouble()) complain(action.text());
    else say(action.text());
  }

  private void say(String text) {
    if (!quiet) console.print("svc-init: " + text);
    log(text);
  }

  private void complain(String text) {
    console.print("svc-init: " + text);
    log(text);
  }

  /** Where a container's words go is its maker's business. */
  private void log(String text) {
    if (surroundings.machine()) console.log(log, text);
  }

  static String text(Kernel kernel, String path) {
    return new String(kernel.read(path, PROC_LIMIT).bytes(), StandardCharsets.UTF_8);
  }
}
