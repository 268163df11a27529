package svc.simulation;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import svc.os.ExitStatus;

/**
 * What the processes of services do, as their words say.
 *
 * <ul>
 *   <li>{@code run}: until it is stopped; {@code run MILLIS CODE}: until then
 *   <li>{@code tell}: the same, and says after a while that it is ready
 *   <li>{@code task MILLIS CODE}, and {@code undo MILLIS CODE} where it is a stop command, {@code
 *       check MILLIS CODE} where it asks whether another is ready
 *   <li>{@code deaf}: as run, but takes no notice of a signal that can be ignored; {@code litter}:
 *       and leaves such a process behind
 *   <li>{@code flee}: as run, and leaves one behind that clears its environment, takes no notice,
 *       and has another one in its place every few milliseconds, so that whoever looks for it finds
 *       what is no more
 *   <li>{@code missing}: there is no such program
 *   <li>{@code upgrade PIDFILE}: as fork, and the daemon is succeeded by another one later
 *   <li>{@code hang}: as a task that never ends
 *   <li>{@code serve}: as run, and takes whoever comes to its sockets; {@code serve MILLIS CODE}:
 *       until then; {@code greet}: takes one and ends
 *   <li>{@code fork PIDFILE}: leaves a daemon behind; {@code mute PIDFILE}: and never says so
 * </ul>
 */
final class Programs {

  private static final Set<String> HELPERS = Set.of("undo", "check", "reload");

  /** They may be told when to end. */
  private static final Set<String> ENDING = Set.of("run", "serve");

  /** How often one flees before it stays where it is. */
  private static final int FLIGHT = 2_000;

  /** How often it is not there any more when it is killed alone. */
  private static final int DODGES = 3;

  private final Machine machine;

  Programs(Machine machine) {
    this.machine = machine;
  }

  /** Whether a process is there to start its service, and not to stop it. */
  static boolean starts(SimulatedProcess process) {
    return starts(process.service, process.words);
  }

  static boolean starts(String service, List<String> words) {
    return !service.isEmpty() && !HELPERS.contains(words.get(0));
  }

  void run(SimulatedProcess process) {
    if (process.service.isEmpty()) {
      machine.superviseProgram.accept(process);
      return;
    }
    process.stubborn = machine.chance(machine.faults.stubborn()) || isDeaf(process);
    if (machine.chance(machine.faults.escape())) leaveBehind(process);
    List<String> words = words(process);
    switch (words.get(0)) {
      case "run" -> live(process);
      case "tell" -> tell(process);
      case "deaf" -> {}
      case "litter" -> litter(process);
      case "flee" -> flee(process, FLIGHT);
      case "hang" -> {}
      case "serve" -> serve(process);
      case "greet" -> greet(process);
      case "fork", "mute", "upgrade" -> machine.after(machine.upTo(20), () -> fork(process));
      default -> endAfter(process);
    }
  }

  /** What it does, which is more than what it is told when somebody has mended it. */
  private List<String> words(SimulatedProcess process) {
    List<String> words = process.words;
    if (!machine.mended.contains(process.service)) return words;
    return switch (words.get(0)) {
      case "run" -> List.of("run");
      case "serve" -> List.of("serve");
      case "hang" -> List.of("task", "1", "0");
      case "task", "check" -> List.of(words.get(0), words.get(1), "0");
      case "mute" -> List.of("fork", words.get(1));
      default -> words;
    };
  }

  private void endAfter(SimulatedProcess process) {
    List<String> words = words(process);
    long millis = Long.parseLong(words.get(1));
    ExitStatus status = ExitStatus.exited(Integer.parseInt(words.get(2)));
    machine.after(millis * Machine.MS, () -> machine.end(process, status));
  }

  private void live(SimulatedProcess process) {
    if (machine.chance(machine.faults.crash())) {
      int code = machine.random.nextInt(3);
      machine.after(machine.upTo(3_000), () -> machine.end(process, ExitStatus.exited(code)));
    } else if (ENDING.contains(process.words.get(0)) && words(process).size() > 1) {
      endAfter(process);
    }
  }

  private void serve(SimulatedProcess process) {
    live(process);
    machine.after(machine.upTo(20), () -> accept(process, Integer.MAX_VALUE));
  }

  private void accept(SimulatedProcess process, int most) {
    process.accepts = most;
    machine.sockets.accept(process);
  }

  private void greet(SimulatedProcess process) {
    machine.after(machine.upTo(20), () -> accept(process, 1));
  }

  private static boolean isDeaf(SimulatedProcess process) {
    return process.words.get(0).equals("deaf");
  }

  private void flee(SimulatedProcess parent, int times) {
    SimulatedProcess next = machine.createCleared(parent, "fled");
    next.stubborn = true;
    next.dodges = parent.words.get(0).equals("fled") ? parent.dodges : DODGES;
    if (parent.words.get(0).equals("fled")) machine.end(parent, ExitStatus.exited(0));
    if (times == 0) return;
    machine.after(
        machine.upTo(5),
        () -> {
          if (!next.zombie && !next.doomed) flee(next, times - 1);
        });
  }

  /** Whether it was replaced by another one between somebody's look and his kill. */
  boolean dodges(SimulatedProcess process) {
    if (process.zombie || process.doomed || process.dodges == 0) return false;
    process.dodges--;
    machine.dodged++;
    flee(process, FLIGHT);
    return true;
  }

  private void litter(SimulatedProcess process) {
    SimulatedProcess left = machine.create(process.marks, List.of("left-behind"), process.pid);
    left.stubborn = true;
    left.session = process.session;
    machine.note(process + " leaves " + left + " behind");
  }

  private void tell(SimulatedProcess process) {
    live(process);
    boolean mended = machine.mended.contains(process.service);
    if (!mended && machine.chance(machine.faults.unready())) return;
    int late = mended ? 500 : 1_200;
    machine.after(machine.upTo(late), () -> machine.say(process, "READY=1"));
    if (machine.random.nextBoolean())
      machine.after(machine.upTo(3_000), () -> machine.say(process, "STATUS=well"));
  }

  private void leaveBehind(SimulatedProcess parent) {
    boolean clears = !parent.cgroup.isEmpty() && machine.random.nextInt(4) == 0;
    SimulatedProcess child =
        clears
            ? machine.createCleared(parent, "left-behind")
            : machine.create(parent.marks, List.of("left-behind"), parent.pid);
    machine.sockets.inherit(parent, child);
    child.stubborn = machine.random.nextBoolean();
    child.session = parent.session; // daemons are what leaves it
    child.hidden = machine.sabotage == Sabotage.PROCESS_LEFT;
    if (machine.random.nextBoolean() && !child.hidden) child.group = parent.group;
    machine.note(parent + " leaves " + child + " behind, in group " + child.group);
    if (machine.random.nextInt(4) == 0) leaveBehind(child);
    if (machine.random.nextInt(4) == 0) {
      machine.after(machine.upTo(2_000), () -> machine.end(child, ExitStatus.exited(0)));
    }
  }

  /** As daemon(3): a session of its own, the pid file, then the first process ends. */
  private void fork(SimulatedProcess launcher) {
    if (launcher.zombie) return;
    SimulatedProcess daemon = machine.create(launcher.marks, launcher.words, launcher.pid);
    daemon.instance = true;
    machine.watcher.forked(daemon);
    daemon.stubborn = machine.chance(machine.faults.stubborn());
    machine.note(launcher + " forks " + daemon);
    live(daemon);
    if (machine.chance(machine.faults.lateGroup())) leaveGroupLater(launcher, daemon);
    if (!words(launcher).get(0).equals("mute")) writePidFile(launcher.words.get(1), daemon);
    if (launcher.words.get(0).equals("upgrade"))
      machine.after(500 * Machine.MS, () -> upgrade(daemon));
    machine.after(
        machine.random.nextBoolean() ? 0 : machine.upTo(50),
        () -> machine.end(launcher, ExitStatus.exited(0)));
  }

  /** As a daemon that replaces its program: a child of it is the daemon from now on. */
  private void upgrade(SimulatedProcess daemon) {
    SimulatedProcess next = machine.create(daemon.marks, daemon.words, daemon.pid);
    next.instance = true;
    daemon.instance = false;
    machine.watcher.forked(next);
    machine.note(daemon + " is succeeded by " + next);
    writePidFile(daemon.words.get(1), next);
    machine.after(20 * Machine.MS, () -> machine.end(daemon, ExitStatus.exited(0)));
  }

  /** As nginx: the file is there before the daemon has left its starter's group. */
  private void leaveGroupLater(SimulatedProcess launcher, SimulatedProcess daemon) {
    daemon.group = launcher.group;
    machine.after(machine.upTo(100), () -> daemon.group = daemon.pid);
  }

  private void writePidFile(String path, SimulatedProcess daemon) {
    String right = daemon.pid + "\n";
    if (machine.chance(machine.faults.badPidFile())) {
      List<String> lies = List.of("", "x", "99999999", Machine.STRANGER + "\n");
      write(path, lies.get(machine.random.nextInt(lies.size())));
      machine.after(
          machine.upTo(2_000),
          () -> {
            if (daemon.alive()) write(path, right);
          });
    } else {
      write(path, right);
    }
  }

  private void write(String path, String text) {
    machine.files.put(path, text.getBytes(StandardCharsets.US_ASCII));
  }
}
