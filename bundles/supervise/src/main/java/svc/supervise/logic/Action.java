package svc.supervise.logic;

import java.util.List;
import svc.os.Signal;
import svc.service.Status;
import svc.type.Task;

/**
 * Something that a service wants done. Performed in the order given, before the next event is
 * looked at.
 */
public interface Action {

  /**
   * Hands the action to the one method that performs it, so that a new action without one does not
   * compile.
   */
  void perform(Service service, Effects effects);

  /** The world, as far as a service may touch it. */
  interface Effects {
    void spawn(Service service, Spawn action);

    void signalGroup(Service service, SignalGroup action);

    void signalMain(Service service, SignalMain action);

    void endGroup(Service service, EndGroup action);

    void signal(Service service, SignalEach action);

    void killCgroup(Service service, KillCgroup action);

    void readPidFile(Service service, ReadPidFile action);

    void clearPidFile(Service service, ClearPidFile action);

    void watch(Service service, Watch action);

    void sweep(Service service, Sweep action);

    void awaitDemand(Service service, AwaitDemand action);

    void readClock(Service service, ReadClock action);

    void takeListeners(Service service, TakeListeners action);

    void closeListeners(Service service, CloseListeners action);

    void openNotices(Service service, OpenNotices action);

    void closeNotices(Service service, CloseNotices action);

    void remember(Service service, Remember action);

    void publish(Service service, Publish action);
  }

  /**
   * Start a process; answered by {@link Service#spawned} or {@link Service#spawnFailed}.
   *
   * @param number of the start, which its processes carry
   * @param directory made before, for the service's user; or empty
   */
  record Spawn(Task task, long number, List<String> words, String directory) implements Action {

    @Override
    public void perform(Service service, Effects effects) {
      effects.spawn(service, this);
    }
  }

  /** Signal a process group; that nothing is left of it is no error. */
  record SignalGroup(int group, Signal signal) implements Action {
    @Override
    public void perform(Service service, Effects effects) {
      effects.signalGroup(service, this);
    }
  }

  /**
   * Signal a main process that a pid file named, and the group that it is in by then: a daemon may
   * have written its file before it left the group of whoever started it.
   */
  record SignalMain(int pid, Signal signal) implements Action {
    @Override
    public void perform(Service service, Effects effects) {
      effects.signalMain(service, this);
    }
  }

  /**
   * Kill what such a main process, which has just been reaped, left of its group.
   *
   * @param pid its number, while that cannot be anybody else's; or 0
   * @param group the one that it was in when its pid file was read; it may be a stranger's by now
   */
  record EndGroup(int pid, int group) implements Action {
    @Override
    public void perform(Service service, Effects effects) {
      effects.endGroup(service, this);
    }
  }

  /** Signal processes one by one. */
  record SignalEach(List<Integer> pids, Signal signal) implements Action {
    public SignalEach {
      pids = List.copyOf(pids);
    }

    @Override
    public void perform(Service service, Effects effects) {
      effects.signal(service, this);
    }
  }

  /**
   * Kill all that is in its cgroup, where it has one. What others see of it is killed as well, so
   * that nothing is left where it has none.
   */
  record KillCgroup() implements Action {
    @Override
    public void perform(Service service, Effects effects) {
      effects.killCgroup(service, this);
    }
  }

  /** Find the main process; answered by {@link Service#pidFileRead}. */
  record ReadPidFile(String path) implements Action {
    @Override
    public void perform(Service service, Effects effects) {
      effects.readPidFile(service, this);
    }
  }

  /**
   * Remove a pid file that a daemon has left behind, if it still names that one.
   *
   * @param pid of the daemon that has ended
   */
  record ClearPidFile(String path, int pid) implements Action {
    @Override
    public void perform(Service service, Effects effects) {
      effects.clearPidFile(service, this);
    }
  }

  /** Have the end of a process told that may not be our child. */
  record Watch(int pid) implements Action {
    @Override
    public void perform(Service service, Effects effects) {
      effects.watch(service, this);
    }
  }

  /** Look what is left of the service's processes; answered by {@link Service#swept}. */
  record Sweep() implements Action {
    @Override
    public void perform(Service service, Effects effects) {
      effects.sweep(service, this);
    }
  }

  /**
   * Open its sockets, those that are not, and hear of whoever comes; answered by {@link
   * Service#waiting} or {@link Service#listenFailed}, then by {@link Service#demanded}.
   */
  record AwaitDemand() implements Action {
    @Override
    public void perform(Service service, Effects effects) {
      effects.awaitDemand(service, this);
    }
  }

  /** Look what time it is; answered by {@link Service#waiting}. */
  record ReadClock() implements Action {
    @Override
    public void perform(Service service, Effects effects) {
      effects.readClock(service, this);
    }
  }

  /** Have its sockets again, which a supervisor before us handed to this process. */
  record TakeListeners(int pid) implements Action {
    @Override
    public void perform(Service service, Effects effects) {
      effects.takeListeners(service, this);
    }
  }

  /** Nobody is to connect any more. */
  record CloseListeners() implements Action {
    @Override
    public void perform(Service service, Effects effects) {
      effects.closeListeners(service, this);
    }
  }

  /** Hear again what it says; answered by {@link Service#listening}. */
  record OpenNotices() implements Action {
    @Override
    public void perform(Service service, Effects effects) {
      effects.openNotices(service, this);
    }
  }

  /** Nothing of it is there to say anything any more. */
  record CloseNotices() implements Action {
    @Override
    public void perform(Service service, Effects effects) {
      effects.closeNotices(service, this);
    }
  }

  /** Write down all that is known of it. */
  record Remember(Snapshot snapshot) implements Action {
    @Override
    public void perform(Service service, Effects effects) {
      effects.remember(service, this);
    }
  }

  /** Tell whoever listens. */
  record Publish(Status status) implements Action {
    @Override
    public void perform(Service service, Effects effects) {
      effects.publish(service, this);
    }
  }
}
