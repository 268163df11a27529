package svc.supervise.logic;

import java.util.List;
import svc.os.ExitStatus;
import svc.supervise.logic.Deadlines.Due;

/**
 * Looks for the main process of a service that names it in a pid file: when its start command has
 * ended, until the file is right or the start has taken too long; and when the main process has
 * ended, since a daemon may have put another one in its place. Loop thread.
 */
final class MainSearch {

  /** First and longest pause between two looks at a file that is not there yet. */
  private static final long PAUSE = 10_000_000L;

  private static final long PAUSE_MAX = 500_000_000L;

  /**
   * A daemon that ended and may have a successor.
   *
   * @param late that happened before we were here
   */
  record Predecessor(int pid, ExitStatus status, boolean late) {}

  private final Standing standing;
  private final Processes processes;
  private long pause;
  private Predecessor predecessor;

  MainSearch(Standing standing, Processes processes) {
    this.standing = standing;
    this.processes = processes;
  }

  /** Its start command has ended. */
  void begin(List<Action> out) {
    pause = PAUSE;
    look(out);
  }

  void look(List<Action> out) {
    out.add(new Action.ReadPidFile(processes.launch().procedure().pidFile()));
  }

  /** The file is not right yet. */
  void pause(PidFile file, long now) {
    standing.explain(file.problem());
    standing.deadlines().set(Due.LOOK, now + pause);
    pause = Math.min(2 * pause, PAUSE_MAX);
  }

  void found(PidFile file, List<Action> out) {
    processes.named(file);
    out.add(new Action.Watch(file.pid()));
  }

  /** Its main process has ended. */
  void beginForSuccessor(int pid, ExitStatus status, List<Action> out) {
    predecessor = new Predecessor(pid, status, processes.late());
    look(out);
  }

  /** Whether it is a successor that is looked for. */
  boolean isForSuccessor() {
    return predecessor != null;
  }

  /** It is over. */
  Predecessor takePredecessor() {
    Predecessor last = predecessor;
    predecessor = null;
    return last;
  }
}
