package svc.supervise.logic;

import java.util.List;
import svc.service.Durations;
import svc.type.Listener;
import svc.type.Procedure;
import svc.type.Task;

/**
 * How a service was started last. Fixed then, so that it is watched and stopped as it was started,
 * whatever has become of its type and its declaration.
 *
 * @param procedure null before its first start: nothing is true of it then
 */
public record Launch(Procedure procedure, Readiness readiness) {

  Launch by(Procedure procedure) {
    return new Launch(procedure, readiness);
  }

  private boolean hasMain(Procedure.Main main) {
    return procedure != null && procedure.main() == main;
  }

  /** Whether its main process is named by a pid file. */
  public boolean followsPidFile() {
    return hasMain(Procedure.Main.PID_FILE);
  }

  /** Whether the process that starts it is the service. */
  public boolean isItsChild() {
    return isChild() || onDemand();
  }

  /** Whether a process that runs for as long as it is up is started, and is the service. */
  boolean isChild() {
    return hasMain(Procedure.Main.CHILD);
  }

  boolean onDemand() {
    return hasMain(Procedure.Main.ON_DEMAND);
  }

  /** Whether it is a command that ends, and nothing that stays. */
  boolean isCommand() {
    return hasMain(Procedure.Main.NONE) && startsAnything();
  }

  boolean startsAnything() {
    return !procedure.start().isEmpty();
  }

  /** The sockets that are opened for it. */
  public List<Listener> listeners() {
    return procedure == null ? List.of() : procedure.listeners();
  }

  boolean listens() {
    return !listeners().isEmpty();
  }

  boolean hasStopCommand() {
    return !procedure.stop().isEmpty();
  }

  // Being ready

  /** Whether its process is not ready as soon as it runs. */
  boolean takesTime() {
    return isChild() && readiness.by() != Readiness.By.START;
  }

  /** Whether it is given a descriptor that it says on that it is ready. */
  public boolean writesALine() {
    return takesTime() && readiness.by() == Readiness.By.DESCRIPTOR;
  }

  /**
   * Whether it is given a socket to speak to us.
   *
   * @param watchdog nanoseconds, or {@link Durations#FOREVER}
   */
  boolean speaks(long watchdog) {
    return isChild() && (readiness.by() == Readiness.By.NOTIFY || watchdog != Durations.FOREVER);
  }

  // Its commands

  /**
   * @param reload the command by which it reads its configuration anew; that of today
   */
  Action.Spawn spawn(Task task, long number, List<String> reload) {
    return switch (task) {
      case START, MAIN -> new Action.Spawn(task, number, procedure.start(), procedure.directory());
      case STOP -> new Action.Spawn(task, number, procedure.stop(), "");
      case CHECK -> new Action.Spawn(task, number, readiness.check(), "");
      case RELOAD -> new Action.Spawn(task, number, reload, "");
    };
  }
}
