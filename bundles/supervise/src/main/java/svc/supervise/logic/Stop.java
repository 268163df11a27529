package svc.supervise.logic;

import java.util.List;
import svc.os.Signal;
import svc.service.Durations;
import svc.service.ServiceState;
import svc.supervise.logic.Deadlines.Due;

/**
 * The stop of a service, from whatever it begins with until nothing is left of it.
 *
 * <p>It is asked to end, and asked again in the other words that it declares. When those that its
 * supervisor waits for are gone a sweep looks for the rest, and whoever that finds is asked too.
 * When it takes too long, or when it is stopped because it failed to start, all of it is killed
 * until a sweep finds nothing. Loop thread.
 */
final class Stop {

  /**
   * Between two SIGKILLs to what does not go: it hangs in the kernel, and nothing else can be done.
   */
  private static final long KILL_PAUSE = 1_000_000_000L;

  /** What the kernel's own debuggers understand; systemd's watchdog sends it too. */
  private static final Signal ABRT = new Signal(6);

  private final Standing standing;
  private final Deadlines deadlines;
  private final Processes processes;

  /** The signal that is next. */
  private int step;

  private boolean killing;
  private boolean sweeping;
  private List<Integer> survivors = List.of();
  private String failure;
  private String remark;

  Stop(Snapshot last, Standing standing, Processes processes) {
    this.standing = standing;
    this.deadlines = standing.deadlines();
    this.processes = processes;
    step = last.step();
    killing = last.killing();
    failure = last.failure();
    remark = last.remark();
  }

  // How it begins

  /** It is wanted; the stop command or {@link #ask} comes next. */
  void begin(Settings settings, long now, List<Action> out) {
    enter("", settings, now);
    step = 0;
    planStep(settings, now);
    processes.endHelper(out);
  }

  /**
   * Nothing of it runs but what it may have left behind: a manager that is a service leaves all of
   * its own services.
   */
  void clearAway(Settings settings, long now, List<Action> out) {
    enter("", settings, now);
    goOn(out);
  }

  /** It failed to start: what it has brought about so far would be in the way of the next start. */
  void killFailed(String why, long now, List<Action> out) {
    failure = why;
    standing.become(ServiceState.STOPPING, why);
    processes.endHelper(out);
    kill(now, out);
  }

  /** It is not well, and its core may say why. */
  void abort(String why, Settings settings, long now, List<Action> out) {
    failure = why;
    enter(why, settings, now);
    processes.signal(ABRT, out);
    processes.endHelper(out);
    goOn(out);
  }

  private void enter(String why, Settings settings, long now) {
    standing.become(ServiceState.STOPPING, why);
    deadlines.set(Due.STATE, Durations.after(now, settings.stopTimeout()));
  }

  // How it goes on

  /** By its stop signal. */
  void ask(Settings settings, List<Action> out) {
    processes.signal(settings.stopSignal(), out);
    goOn(out);
  }

  /** Its stop command did not do what it is there for. */
  void commandFailed(String problem, Settings settings, List<Action> out) {
    remark = "stop command: " + problem;
    ask(settings, out);
  }

  /** Some process that was waited for is gone: that may have been the last one. */
  void goOn(List<Action> out) {
    if (processes.any()) return;
    sweeping = true;
    out.add(new Action.Sweep());
  }

  /** It takes longer than it should, and is asked in other words. */
  void nextStep(Settings settings, long now, List<Action> out) {
    if (!hasNextStep(settings)) return; // its declaration is another one by now
    Signal signal = settings.steps().get(step++).signal();
    processes.signal(signal, out);
    if (!survivors.isEmpty()) out.add(new Action.SignalEach(survivors, signal));
    planStep(settings, now);
  }

  private void planStep(Settings settings, long now) {
    if (!hasNextStep(settings)) return;
    deadlines.set(Due.STEP, Durations.after(now, settings.steps().get(step).after()));
  }

  private boolean hasNextStep(Settings settings) {
    return step < settings.steps().size();
  }

  /** It takes too long. */
  void kill(long now, List<Action> out) {
    killing = true;
    deadlines.clear(Due.STEP);
    deadlines.set(Due.STATE, now + KILL_PAUSE);
    out.add(new Action.KillCgroup());
    processes.kill(out);
    goOn(out);
  }

  /** What it is doing takes longer, it says; it is not asked when it is being killed. */
  void extend(long until) {
    if (!killing) deadlines.extend(Due.STATE, until);
  }

  // How it ends

  /**
   * What a sweep found. Who has been asked is not asked again; who is to be killed is.
   *
   * @return whether nothing is left
   */
  boolean swept(List<Integer> found, Settings settings, List<Action> out) {
    if (found.isEmpty()) return true;
    List<Integer> asked = killing ? List.of() : survivors;
    List<Integer> fresh = found.stream().filter(pid -> !asked.contains(pid)).toList();
    Signal signal = killing ? Signal.KILL : settings.stopSignal();
    if (!fresh.isEmpty()) out.add(new Action.SignalEach(fresh, signal));
    survivors = List.copyOf(found);
    standing.explain("waits for processes " + found);
    return false;
  }

  /** Nothing is left of it. */
  void over() {
    processes.gone();
    survivors = List.of();
    failure = "";
    remark = "";
    killing = false;
    sweeping = false;
    deadlines.clear(Due.STATE);
  }

  // Views

  /** Why it is stopped, when that is a failure and not a wish; else empty. */
  String failure() {
    return failure;
  }

  /** What went wrong in stopping it, or empty; it is down all the same. */
  String remark() {
    return remark;
  }

  /** Whether it waits for processes that the supervisor did not start itself. */
  boolean sweeping() {
    return sweeping;
  }

  boolean killing() {
    return killing;
  }

  int step() {
    return step;
  }
}
