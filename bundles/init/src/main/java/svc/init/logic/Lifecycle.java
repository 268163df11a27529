package svc.init.logic;

import java.util.List;
import java.util.Locale;
import svc.os.Errno;
import svc.os.ExitStatus;
import svc.os.Signal;
import svc.os.Spawned;

/**
 * From the first moment of a machine or a container to its last.
 *
 * <pre>
 *   booting --> running ----------------> stopping ----> terminating --> killing --> gone
 *      |          ^    a wish to end, the   workload, then   TERM to what    KILL
 *      |          |    workload's end, an   the manager in   is left
 *      v          |    orderly end of the   its order
 *    shell -------+    manager
 * </pre>
 *
 * <p>While it runs, a manager that dies is started again, later each time while it keeps dying, and
 * adopts what its predecessor left. While it stops, one that dies is replaced by one that only
 * takes down. A manager's end is orderly when it has said so before ({@link svc.os.Notifier}); only
 * then it is an end of everything.
 *
 * <p>A workload starts when the target is reached, and its end is the end of everything: a
 * container ends with its status, unless something else has failed before. A container without one
 * ends, too, when its managers keep dying; on a machine nothing else leads out of {@code running}
 * but a wish, and an operator is given a shell.
 *
 * <p>Its program may be executed anew, or its bundle replaced, at any time: the next one goes on
 * from a {@link Memory}, and neither boots nor starts anything for it.
 *
 * <p>Every method takes one event, with the time where it matters, changes the state and appends
 * the actions to perform. Only the loop thread calls.
 */
public final class Lifecycle {

  /** No deadline. */
  public static final long NEVER = Long.MAX_VALUE;

  private static final long FIRST_DELAY = 100_000_000L;
  private static final long LONGEST_DELAY = 10_000_000_000L;

  /** A manager that lived that long had an accident; one that did not has a fault. */
  private static final long HEALTHY = 60_000_000_000L;

  /** So many managers that never reached their target are no accident. */
  private static final int FAILURES = 5;

  /** So many managers may die while they take everything down. */
  private static final int ENDINGS = 3;

  /** What SIGKILL does not end within that time hangs in the kernel. */
  private static final long KILL_PATIENCE = 2_000_000_000L;

  private static final int SIGNALLED = 128;
  private static final int LAST_STATUS = 255;

  enum State {
    BOOTING,
    SHELL,
    RUNNING,
    STOPPING,
    TERMINATING,
    KILLING,
    GONE
  }

  /**
   * What is to be run here.
   *
   * @param target what is asked for at the start, or empty for the configuration's
   * @param manager whether there is anything to manage
   * @param within the manager runs in this process, and has been started with it
   */
  public record Plan(
      BootLine.Mode mode, String target, boolean manager, boolean within, Workload workload) {}

  private final Surroundings surroundings;
  private final Plan plan;
  private Settings settings;
  private State state = State.BOOTING;
  private BootLine.Mode mode;
  private String target;
  private long deadline = NEVER;

  private boolean managerRuns;
  private long managerSince;
  private long delay = FIRST_DELAY;
  private int failures;
  private int endings;

  /** What the manager said that it ends with, or -1 while it has said nothing. */
  private int orderly = -1;

  private int workload;
  private boolean workloadOver;
  private boolean reached;
  private boolean shellRuns;

  /** What is left at the end has been told to go. */
  private boolean asked;

  private Leave leave = Leave.EXIT;
  private int status;

  /** What telinit has set, of what is of any use: HALT or POWEROFF. */
  private String initHalt = "";

  public Lifecycle(Surroundings surroundings, Plan plan, Settings settings) {
    this.surroundings = surroundings;
    this.plan = plan;
    this.settings = settings;
    this.mode = plan.mode();
    this.managerRuns = plan.within();
    this.target = mode == BootLine.Mode.SINGLE ? settings.targets().get('1') : wanted();
  }

  private String wanted() {
    return plan.target().isEmpty() ? settings.target() : plan.target();
  }

  // The beginning

  public void begin(List<Action> out) {
    if (state != State.BOOTING) return; // somebody wanted the end before there was a beginning
    say(out, "runs in " + surroundings);
    settings.problems().forEach(problem -> complain(out, problem.toString()));
    if (surroundings.machine()) out.add(new Action.Prepare());
    if (surroundings.pid() == 1) out.add(new Action.Listen(true));
    if (mode == BootLine.Mode.EMERGENCY) {
      state = State.SHELL;
      openShell(out);
    } else {
      run(out);
    }
  }

  /** What the next one has to know. */
  public Memory memory(long now) {
    return new Memory(
        state,
        mode,
        target,
        deadline == NEVER ? NEVER : Math.max(0, deadline - now),
        managerRuns,
        now - managerSince,
        delay,
        failures,
        endings,
        orderly,
        workload,
        workloadOver,
        reached,
        shellRuns,
        asked,
        leave,
        status,
        initHalt.equals("HALT"));
  }

  /**
   * Goes on where the one before us was, in place of {@link #begin}. What has become of its
   * processes is told as if it had happened now.
   */
  public void resume(Memory memory, long now, List<Action> out) {
    state = memory.state();
    mode = memory.mode();
    target = memory.target();
    deadline = memory.remaining() == NEVER ? NEVER : after(now, memory.remaining());
    managerRuns = memory.managerRuns();
    managerSince = now - memory.managerAge();
    delay = memory.delay();
    failures = memory.failures();
    endings = memory.endings();
    orderly = memory.orderly();
    workload = memory.workload();
    workloadOver = memory.workloadOver();
    reached = memory.reached();
    shellRuns = memory.shellRuns();
    asked = memory.asked();
    leave = memory.leave();
    status = memory.status();
    initHalt = memory.halt() ? "HALT" : "";
    say(out, "goes on; nothing was stopped");
    if (surroundings.pid() == 1) out.add(new Action.Listen(true));
    if (state == State.TERMINATING || state == State.KILLING) out.add(new Action.LookForOthers());
  }

  private void run(List<Action> out) {
    state = State.RUNNING;
    if (plan.manager() && !plan.within()) out.add(new Action.StartManager(target, false));
    if (reached || !plan.manager()) goOn(out);
  }

  /** One at a time. */
  private void openShell(List<Action> out) {
    if (shellRuns) return;
    shellRuns = true;
    out.add(new Action.StartShell());
  }

  // What became of actions

  public void managerStarted(long now) {
    managerRuns = true;
    managerSince = now;
    orderly = -1;
  }

  public void managerFailed(Spawned.Failure why, long now, List<Action> out) {
    complain(out, "svc-manager: cannot " + why);
    if (state == State.STOPPING) endAgain(out);
    else crashed(0, now, out);
  }

  public void workloadStarted(int pid) {
    workload = pid;
  }

  public void workloadFailed(Spawned.Failure why, long now, List<Action> out) {
    complain(out, "cannot " + why);
    boolean found = !why.errno().equals(Errno.ENOENT);
    workloadOver = true;
    because(found ? Workload.NOT_EXECUTABLE : Workload.NOT_FOUND);
    shutdown(Leave.EXIT, now, out);
  }

  /** The shell could not be started, or has ended. */
  public void shellEnded(List<Action> out) {
    shellRuns = false;
    boolean single = mode == BootLine.Mode.SINGLE;
    mode = BootLine.Mode.NORMAL;
    if (state == State.SHELL) run(out);
    else if (state == State.RUNNING && single) changeTarget(wanted(), out);
  }

  public void configured(Settings next, List<Action> out) {
    settings = next;
    next.problems().forEach(problem -> complain(out, problem.toString()));
    say(out, "configuration read");
  }

  /**
   * What is left of the processes beside our own.
   *
   * @param any whether there is one
   */
  public void others(boolean any, long now, List<Action> out) {
    if (state != State.TERMINATING && state != State.KILLING) return;
    if (!any) {
      go(true, out);
    } else if (!asked) {
      asked = true;
      out.add(new Action.SignalOthers(Signal.TERM));
      deadline = after(now, settings.killTimeout());
    }
  }

  // The manager

  /**
   * The manager says how it is.
   *
   * @param words lines {@code NAME=value}
   */
  public void notified(String words, long now, List<Action> out) {
    List<String> lines = List.of(words.split("\n"));
    String text = "";
    StringBuilder host = new StringBuilder();
    for (String line : lines) {
      if (line.startsWith("STATUS=")) text = line.substring("STATUS=".length());
      if (line.startsWith("X_SVC_WANTED=")) target = line.substring("X_SVC_WANTED=".length());
      if (line.startsWith("EXIT_STATUS="))
        orderly = exitStatus(line.substring("EXIT_STATUS=".length()));
      else if (!line.startsWith("X_SVC_")) host.append(line).append('\n');
    }
    if (!host.isEmpty()) out.add(new Action.TellHost(host.toString()));
    if (lines.contains("READY=1")) reached(out);
    if (lines.contains("X_SVC_TARGET=failed")) notReached(text, now, out);
    if (orderly >= 0 && plan.within() && managerRuns) managerEnded(ExitStatus.exited(0), now, out);
  }

  /** What is none is a failure. */
  private static int exitStatus(String digits) {
    int status = digits.matches("[0-9]{1,3}") ? Integer.parseInt(digits) : 1;
    return status > LAST_STATUS ? 1 : status;
  }

  private void reached(List<Action> out) {
    failures = 0;
    reached = true;
    say(out, "target " + target + " reached");
    if (state == State.RUNNING) goOn(out);
  }

  private void goOn(List<Action> out) {
    if (waiting()) out.add(new Action.StartWorkload());
    if (mode == BootLine.Mode.SINGLE) openShell(out);
  }

  /** Whether there is a workload whose time has not come. */
  private boolean waiting() {
    return plan.workload().exists() && workload == 0 && !workloadOver;
  }

  private void notReached(String text, long now, List<Action> out) {
    complain(out, "target " + target + " not reached" + (text.isEmpty() ? "" : ": " + text));
    if (state != State.RUNNING) return;
    if (waiting() && !surroundings.machine()) failed(now, out);
    else if (mode == BootLine.Mode.SINGLE) openShell(out);
  }

  /** A container that is not what it is to be ends, so that whoever runs it sees it. */
  private void failed(long now, List<Action> out) {
    if (waiting()) workloadOver = true;
    because(1);
    shutdown(Leave.EXIT, now, out);
  }

  /** What failed first decides what is told at the end. */
  private void because(int failure) {
    if (status == 0) status = failure;
  }

  public void managerEnded(ExitStatus ended, long now, List<Action> out) {
    managerRuns = false;
    switch (state) {
      case STOPPING -> {
        if (orderly >= 0 || ended.clean()) managerIsDown(out);
        else endedWhileStopping(ended, out);
      }
      case BOOTING, SHELL, RUNNING -> {
        if (orderly >= 0) endedByItself(now, out);
        else died(ended, now, out);
      }
      case TERMINATING, KILLING, GONE -> {}
    }
  }

  private void died(ExitStatus ended, long now, List<Action> out) {
    complain(out, "svc-manager: " + ended + "; its services live on");
    crashed(now - managerSince, now, out);
  }

  private void managerIsDown(List<Action> out) {
    orderly = Math.max(orderly, 0);
    if (!workloadOver) because(orderly);
    if (workload == 0) terminate(out);
  }

  /** While the workload still ends, what it uses is left alone. */
  private void endedWhileStopping(ExitStatus ended, List<Action> out) {
    complain(out, "svc-manager: " + ended + " before everything was down");
    if (workload == 0) endAgain(out);
  }

  private void endAgain(List<Action> out) {
    if (++endings > ENDINGS) managerIsDown(out);
    else out.add(new Action.StartManager(target, true));
  }

  /** Somebody has asked it to, or a service that it cannot do without is gone. */
  private void endedByItself(long now, List<Action> out) {
    say(out, "svc-manager has taken everything down");
    if (!workloadOver) because(orderly);
    shutdown(Leave.EXIT, now, out);
  }

  private void crashed(long lived, long now, List<Action> out) {
    if (lived > HEALTHY) {
      delay = FIRST_DELAY;
      failures = 0;
    }
    failures++;
    deadline = now + delay;
    delay = Math.min(2 * delay, LONGEST_DELAY);
    if (!surroundings.machine() && failures >= FAILURES) failed(now, out);
    else if (wantsShell()) openShell(out);
  }

  /** An operator who cannot log in, since nothing comes up, is given a way in. */
  private boolean wantsShell() {
    boolean hopeless = failures >= FAILURES || mode == BootLine.Mode.SINGLE;
    return surroundings.machine() && hopeless;
  }

  private void changeTarget(String next, List<Action> out) {
    say(out, "target " + next + " wanted");
    target = next;
    if (state == State.RUNNING && managerRuns) out.add(new Action.ChangeTarget(next));
  }

  // Processes

  /** Some process that we waited for ended, whichever it was. */
  public void reaped(List<Action> out) {
    if (state == State.TERMINATING || state == State.KILLING) out.add(new Action.LookForOthers());
  }

  public void workloadEnded(ExitStatus ended, long now, List<Action> out) {
    workload = 0;
    workloadOver = true;
    because(ended.kind() == ExitStatus.Kind.KILLED ? SIGNALLED + ended.value() : ended.value());
    switch (state) {
      case BOOTING, SHELL, RUNNING -> shutdown(Leave.EXIT, now, out);
      case STOPPING -> endManager(out);
      case TERMINATING, KILLING, GONE -> {}
    }
  }

  // Wishes

  /** A workload that runs is whom they are for. */
  public void signalled(Signal signal, long now, List<Action> out) {
    if (workload != 0) {
      forward(signal, out);
      return;
    }
    Meaning meaning = meaning(signal);
    if (waiting() && meaning.leave() != null) {
      workloadOver = true;
      because(SIGNALLED + signal.number());
    }
    mean(meaning, signal.toString(), now, out);
  }

  private Meaning meaning(Signal signal) {
    if (!surroundings.machine()) return Meaning.inContainer(signal);
    return settings.signals().getOrDefault(signal.number(), Meaning.usual(signal));
  }

  private void forward(Signal signal, List<Action> out) {
    Signal sent = plan.workload().rewritten(signal);
    if (sent != null) signalWorkload(sent, out);
  }

  private void signalWorkload(Signal signal, List<Action> out) {
    out.add(new Action.SignalWorkload(workload, signal, plan.workload().wholeGroup()));
  }

  /** Where TERM is not to reach it, it does all the same: nothing but time would end it. */
  private void endWorkload(List<Action> out) {
    Signal sent = plan.workload().rewritten(Signal.TERM);
    signalWorkload(sent == null ? Signal.TERM : sent, out);
  }

  private void mean(Meaning meaning, String who, long now, List<Action> out) {
    if (meaning.leave() != null) {
      say(out, who + ": going to " + possible(meaning.leave()));
      if (meaning.atOnce()) goNow(meaning.leave(), out);
      else shutdown(meaning.leave(), now, out);
      return;
    }
    switch (meaning) {
      case POWER -> out.add(new Action.ReadPowerStatus());
      case REOPEN -> out.add(new Action.Listen(true));
      case CLOSE -> out.add(new Action.Listen(false));
      case RELOAD -> out.add(new Action.Reload());
      case IGNORE -> {}
      case HALT, POWER_OFF, RESTART, KEXEC, HALT_NOW, POWER_OFF_NOW, RESTART_NOW, KEXEC_NOW ->
          throw new AssertionError(meaning);
    }
  }

  /** A power monitor says how the power is. */
  public void power(ControlRequest.Kind kind, long now, List<Action> out) {
    String what = settings.power().getOrDefault(kind, "");
    Meaning meaning = Meaning.of(what);
    String who = kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    say(out, who);
    if (meaning != null) mean(meaning, who, now, out);
    else changeTarget(what, out);
  }

  public void requested(ControlRequest request, long now, List<Action> out) {
    switch (request.kind()) {
      case RUNLEVEL -> runlevel(request.level(), now, out);
      case SET -> set(request.text());
      case UNSET -> set(request.text().split("=", 2)[0]);
      case POWER_FAILS, POWER_FAILS_NOW, POWER_IS_BACK -> power(request.kind(), now, out);
      case START, BSD -> refused("a request of kind " + request.kind(), out);
    }
  }

  /** Something that came out of the FIFO is no request. */
  public void refused(String what, List<Action> out) {
    complain(out, "initctl: dropped " + what);
  }

  private void runlevel(char level, long now, List<Action> out) {
    switch (level) {
      case '0' -> mean(ofRunlevelZero(), "runlevel 0", now, out);
      case '6' -> mean(Meaning.RESTART, "runlevel 6", now, out);
      case 'q', 'Q' -> out.add(new Action.Reload());
      case 'u', 'U' -> out.add(new Action.Replace());
      default -> {
        String next = settings.targets().get(level);
        if (next == null) refused("runlevel " + level + ", which has no target", out);
        else changeTarget(next, out);
      }
    }
  }

  /** As shutdown(8) says before: -H or -P; a machine that can be switched off is, otherwise. */
  private Meaning ofRunlevelZero() {
    return initHalt.equals("HALT") ? Meaning.HALT : Meaning.POWER_OFF;
  }

  /** A name without a value takes it back, as shutdown(8) does it. */
  private void set(String assignment) {
    String[] parts = assignment.split("=", 2);
    if (parts[0].equals("INIT_HALT")) initHalt = parts.length == 1 ? "" : parts[1];
  }

  /**
   * In a container there is one way out, but where the maker of it makes it anew when asked. A
   * machine's first process must not end.
   */
  private Leave possible(Leave how) {
    if (surroundings.machine()) return how == Leave.EXIT ? Leave.POWER_OFF : how;
    return how == Leave.RESTART && surroundings.restartsByReboot() ? how : Leave.EXIT;
  }

  // The end

  private void shutdown(Leave how, long now, List<Action> out) {
    leave = possible(how);
    switch (state) {
      case BOOTING, SHELL, RUNNING -> {
        boolean managed = managerRuns || deadline != NEVER;
        state = State.STOPPING;
        deadline = after(now, settings.stopTimeout());
        if (workload != 0) endWorkload(out);
        else if (managed) endManager(out);
        else terminate(out);
      }
      case STOPPING, TERMINATING, KILLING, GONE -> {} // it ends already, and now so
    }
  }

  private static long after(long now, long nanos) {
    return now + nanos < now ? NEVER : now + nanos;
  }

  /** One that died a moment ago has left services behind, too. */
  private void endManager(List<Action> out) {
    if (managerRuns) out.add(new Action.EndManager(Signal.TERM));
    else if (plan.manager() && !plan.within() && orderly < 0)
      out.add(new Action.StartManager(target, true));
    else terminate(out);
  }

  private void terminate(List<Action> out) {
    state = State.TERMINATING;
    deadline = NEVER;
    out.add(new Action.LookForOthers());
  }

  private void goNow(Leave how, List<Action> out) {
    leave = possible(how);
    go(false, out);
  }

  private void go(boolean inOrder, List<Action> out) {
    state = State.GONE;
    deadline = NEVER;
    out.add(new Action.Go(leave, status, inOrder));
  }

  // Time

  public long deadline() {
    return deadline;
  }

  public void woken(long now, List<Action> out) {
    if (now < deadline) return;
    deadline = NEVER;
    switch (state) {
      case RUNNING -> out.add(new Action.StartManager(target, false));
      case STOPPING -> {
        complain(out, "not down in time; what is left is ended");
        terminate(out);
      }
      case TERMINATING -> {
        state = State.KILLING;
        out.add(new Action.SignalOthers(Signal.KILL));
        deadline = now + KILL_PATIENCE;
      }
      case KILLING -> go(true, out);
      case BOOTING, SHELL, GONE -> {}
    }
  }

  private static void say(List<Action> out, String text) {
    out.add(new Action.Say(text, false));
  }

  private static void complain(List<Action> out, String text) {
    out.add(new Action.Say(text, true));
  }

  // Views

  /** Everything is over; nothing that happens means anything any more. */
  public boolean gone() {
    return state == State.GONE;
  }
}
