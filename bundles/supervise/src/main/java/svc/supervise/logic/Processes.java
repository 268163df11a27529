package svc.supervise.logic;

import java.util.List;
import svc.os.Signal;
import svc.type.Task;

/**
 * What runs of a service: the processes that its supervisor waits for, how they were started, and
 * who is signalled when the service is. A process that there is not is 0.
 *
 * <p>What we spawn leads a group of its own, which is signalled as a whole. A main process that a
 * pid file named, or that another one named in its place, may be in a group that nobody knows
 * before it is looked at: it is signalled by itself, with the group that it is in by then.
 *
 * <p>What a process left in its group is killed when its end is told: at once, while the group's
 * number cannot belong to anybody else yet. Loop thread.
 */
final class Processes {

  private Launch launch;
  private int main;
  private int starter;
  private int stopper;

  /** A check or the reload command. */
  private int helper;

  /** Which of them it is; null when nobody cares any more how it ends. */
  private Task helperTask;

  /** The main process named another one in its place. */
  private boolean moved;

  /** That of what was spawned last to run it, or the one that a pid file's process was seen in. */
  private int group;

  /** Of the last process that was spawned, or is to be. */
  private long number;

  /** What that one is for, while nobody has said whether there is one; or null. */
  private Task spawning;

  /** What is being told happened before we were here: a number may be a stranger's by now. */
  private boolean late;

  Processes(Snapshot last) {
    main = last.status().pid();
    starter = last.starter();
    stopper = last.stopper();
    helper = last.helper();
    helperTask = last.helperTask();
    launch = new Launch(last.procedure(), last.readiness());
    moved = last.moved();
    group = last.group();
    number = last.number();
    spawning = last.spawning();
  }

  // They come

  /** They will be started in this way. */
  void launchBy(Launch launch) {
    this.launch = launch;
  }

  /** One is to be spawned, with another number. */
  void announce(Task task) {
    spawning = task;
    number++;
  }

  /** There is none that was announced. */
  void retract() {
    spawning = null;
  }

  /** The one that was announced. */
  void spawned(Task task, int pid) {
    spawning = null;
    switch (task) {
      case START, MAIN -> started(pid);
      case STOP -> stopper = pid;
      case CHECK, RELOAD -> {
        helper = pid;
        helperTask = task;
      }
    }
  }

  private void started(int pid) {
    group = pid;
    switch (launch.procedure().main()) {
      case CHILD -> {
        main = pid;
        moved = false;
      }
      case ON_DEMAND -> main = pid;
      case PID_FILE, NONE -> starter = pid;
    }
  }

  /** One that nobody remembers: what it is for, the way in which it was started says. */
  void found(int pid, long number) {
    this.number = number;
    if (launch.followsPidFile()) return; // the file says which is the main process
    group = pid;
    if (launch.isCommand()) starter = pid;
    else main = pid;
  }

  /** A pid file names the main process. */
  void named(PidFile file) {
    main = file.pid();
    group = file.group();
  }

  /** The main process names another one in its place. */
  void moved(int pid) {
    main = pid;
    moved = true;
  }

  // They go

  /** From now on, or not any more, what is told happened before we were here. */
  void late(boolean late) {
    this.late = late;
  }

  boolean late() {
    return late;
  }

  void mainEnded() {
    main = 0;
  }

  void starterEnded() {
    starter = 0;
  }

  void stopperEnded(List<Action> out) {
    endGroupOf(stopper, out);
    stopper = 0;
  }

  /**
   * @return what it was for, or null when nobody cares
   */
  Task helperEnded(List<Action> out) {
    Task task = helperTask;
    endHelper(out);
    helper = 0;
    return task;
  }

  /** What it asks about is over: nothing of it is left, and nobody cares how it ends. */
  void endHelper(List<Action> out) {
    if (helper != 0) endGroupOf(helper, out);
    helperTask = null;
  }

  private void endGroupOf(int leader, List<Action> out) {
    out.add(late ? new Action.EndGroup(0, leader) : new Action.SignalGroup(leader, Signal.KILL));
  }

  /**
   * What the main process or the start command left behind would be in the way of the next one.
   *
   * @param ended which of them it was, or 0 when its number may be anybody's
   */
  void endGroup(int ended, List<Action> out) {
    if (group != 0 && late) out.add(new Action.EndGroup(0, group));
    else if (group != 0 && group == ended) out.add(new Action.SignalGroup(group, Signal.KILL));
    else if (group != 0) out.add(new Action.EndGroup(ended, group));
    group = 0;
  }

  /** A sweep found nothing of it. */
  void gone() {
    group = 0;
  }

  // They are signalled

  /** Those that it consists of; a stop command has a group of its own. */
  void signal(Signal signal, List<Action> out) {
    if (main != 0 && (launch.followsPidFile() || moved))
      out.add(new Action.SignalMain(main, signal));
    else if (main != 0 || starter != 0) out.add(new Action.SignalGroup(group, signal));
  }

  /**
   * What it consists of, or is started or stopped by.
   *
   * @param mainOnly to the one process that counts, not to its group
   * @return false when there is none
   */
  boolean signalAny(Signal signal, boolean mainOnly, List<Action> out) {
    int pid = main != 0 ? main : starter != 0 ? starter : stopper;
    if (pid == 0) return false;
    if (mainOnly) out.add(new Action.SignalEach(List.of(pid), signal));
    else if (pid == stopper) out.add(new Action.SignalGroup(stopper, signal));
    else signal(signal, out);
    return true;
  }

  /** All that there are. */
  void kill(List<Action> out) {
    endHelper(out);
    if (stopper != 0) out.add(new Action.SignalGroup(stopper, Signal.KILL));
    signal(Signal.KILL, out);
  }

  // Views

  boolean any() {
    return main != 0 || starter != 0 || stopper != 0 || helper != 0;
  }

  /** Main, starter, stopper, helper. */
  List<Integer> all() {
    return List.of(main, starter, stopper, helper);
  }

  Launch launch() {
    return launch;
  }

  int main() {
    return main;
  }

  int starter() {
    return starter;
  }

  int stopper() {
    return stopper;
  }

  int helper() {
    return helper;
  }

  Task helperTask() {
    return helperTask;
  }

  boolean hasMoved() {
    return moved;
  }

  int group() {
    return group;
  }

  long number() {
    return number;
  }

  Task spawning() {
    return spawning;
  }

  /** Whether one for this is there, or may be. */
  boolean helps(Task task) {
    return helperTask == task || spawning == task;
  }
}
