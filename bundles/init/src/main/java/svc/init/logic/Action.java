package svc.init.logic;

import svc.os.Signal;

/**
 * Something that an init wants done. Performed in the order given, before the next event is looked
 * at.
 */
public interface Action {

  /**
   * Hands the action to the one method that performs it, so that a new action without one does not
   * compile.
   */
  void perform(Effects effects);

  /** The world, as far as an init may touch it. */
  interface Effects {
    void prepare(Prepare action);

    void listen(Listen action);

    void startManager(StartManager action);

    void endManager(EndManager action);

    void startWorkload(StartWorkload action);

    void signalWorkload(SignalWorkload action);

    void startShell(StartShell action);

    void changeTarget(ChangeTarget action);

    void reload(Reload action);

    void replace(Replace action);

    void readPowerStatus(ReadPowerStatus action);

    void lookForOthers(LookForOthers action);

    void signalOthers(SignalOthers action);

    void tellHost(TellHost action);

    void say(Say action);

    void leave(Go action);
  }

  /** Make the machine what a manager expects: file systems, host name, console. */
  record Prepare() implements Action {
    @Override
    public void perform(Effects effects) {
      effects.prepare(this);
    }
  }

  /** Open the FIFO anew, or close it. */
  record Listen(boolean open) implements Action {
    @Override
    public void perform(Effects effects) {
      effects.listen(this);
    }
  }

  /**
   * Run a manager; answered by {@link Lifecycle#managerStarted}.
   *
   * @param ending it is to take down what a crashed one left, and end
   */
  record StartManager(String target, boolean ending) implements Action {
    @Override
    public void perform(Effects effects) {
      effects.startManager(this);
    }
  }

  /** Have the manager take everything down and end. */
  record EndManager(Signal signal) implements Action {
    @Override
    public void perform(Effects effects) {
      effects.endManager(this);
    }
  }

  /** Answered by {@link Lifecycle#workloadStarted} or {@link Lifecycle#workloadFailed}. */
  record StartWorkload() implements Action {
    @Override
    public void perform(Effects effects) {
      effects.startWorkload(this);
    }
  }

  record SignalWorkload(int pid, Signal signal, boolean wholeGroup) implements Action {
    @Override
    public void perform(Effects effects) {
      effects.signalWorkload(this);
    }
  }

  /** Answered by {@link Lifecycle#shellStarted}. */
  record StartShell() implements Action {
    @Override
    public void perform(Effects effects) {
      effects.startShell(this);
    }
  }

  /** Ask the manager for another target. */
  record ChangeTarget(String target) implements Action {
    @Override
    public void perform(Effects effects) {
      effects.changeTarget(this);
    }
  }

  /** Read the configuration again; answered by {@link Lifecycle#configured}. */
  record Reload() implements Action {
    @Override
    public void perform(Effects effects) {
      effects.reload(this);
    }
  }

  /** Execute our own program anew, which goes on from a {@link Memory}. */
  record Replace() implements Action {
    @Override
    public void perform(Effects effects) {
      effects.replace(this);
    }
  }

  /** Answered by {@link Lifecycle#power}. */
  record ReadPowerStatus() implements Action {
    @Override
    public void perform(Effects effects) {
      effects.readPowerStatus(this);
    }
  }

  /** Answered by {@link Lifecycle#others}. */
  record LookForOthers() implements Action {
    @Override
    public void perform(Effects effects) {
      effects.lookForOthers(this);
    }
  }

  record SignalOthers(Signal signal) implements Action {
    @Override
    public void perform(Effects effects) {
      effects.signalOthers(this);
    }
  }

  /** Hand on what the manager says of itself to whoever runs the container. */
  record TellHost(String state) implements Action {
    @Override
    public void perform(Effects effects) {
      effects.tellHost(this);
    }
  }

  /**
   * Tell people, on the console and in the log.
   *
   * @param trouble also those who want to hear nothing else
   */
  record Say(String text, boolean trouble) implements Action {
    @Override
    public void perform(Effects effects) {
      effects.say(this);
    }
  }

  /**
   * The end.
   *
   * @param orderly what is mounted is detached first
   * @param status for {@link Leave#EXIT}
   */
  record Go(Leave leave, int status, boolean orderly) implements Action {
    @Override
    public void perform(Effects effects) {
      effects.leave(this);
    }
  }
}
