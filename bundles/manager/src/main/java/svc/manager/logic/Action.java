package svc.manager.logic;

import svc.service.Declaration;
import svc.service.Status;

/**
 * Something that the conductor wants done. Performed in the order given, before the next event is
 * looked at.
 */
public interface Action {

  /**
   * Hands the action to the one method that performs it, so that a new action without one does not
   * compile.
   */
  void perform(Effects effects);

  /** The world, as far as the conductor may touch it. */
  interface Effects {
    void order(Order action);

    void needSupervisor(NeedSupervisor action);

    void changed(Changed action);

    void answer(Answer action);

    void settled(Settled action);

    void ending(Ending action);

    void dismiss(Dismiss action);

    void move(Move action);

    void gone(Gone action);

    void examine(Examine action);
  }

  /** What a supervisor is asked to do with one service. */
  enum Wish {
    START,
    STOP,
    RESTART,
    /** It runs; its next start is by this declaration. */
    DECLARE,
    /** It is down; drop it. */
    FORGET
  }

  /** Ask a service's supervisor; answered by {@link Conductor#ordered}. */
  record Order(String supervisor, Declaration declaration, Wish wish) implements Action {
    @Override
    public void perform(Effects effects) {
      effects.order(this);
    }
  }

  /** Have a supervisor; answered by {@link Conductor#supervisorReady}. */
  record NeedSupervisor(String supervisor) implements Action {
    @Override
    public void perform(Effects effects) {
      effects.needSupervisor(this);
    }
  }

  /**
   * A service looks different from outside.
   *
   * @param waits only in whom it waits for
   */
  record Changed(View view, boolean waits) implements Action {
    @Override
    public void perform(Effects effects) {
      effects.changed(this);
    }
  }

  /**
   * A request is through.
   *
   * @param problem why it did not succeed, or empty
   */
  record Answer(long request, String problem) implements Action {
    @Override
    public void perform(Effects effects) {
      effects.answer(this);
    }
  }

  /** Nothing more happens by itself. */
  record Settled() implements Action {
    @Override
    public void perform(Effects effects) {
      effects.settled(this);
    }
  }

  /**
   * Everything is to go down from now on.
   *
   * @param why for people; empty when somebody asked for it
   */
  record Ending(String why) implements Action {
    @Override
    public void perform(Effects effects) {
      effects.ending(this);
    }
  }

  /**
   * Everything is down and was wanted so: the supervisors may go.
   *
   * @param status that the manager ends with
   */
  record Dismiss(int status) implements Action {
    @Override
    public void perform(Effects effects) {
      effects.dismiss(this);
    }
  }

  /**
   * A service has another supervisor now. What the old one has of it ends; it is {@linkplain
   * Conductor#released released} then.
   *
   * @param status as that one said last
   */
  record Move(String supervisor, Status status) implements Action {
    @Override
    public void perform(Effects effects) {
      effects.move(this);
    }
  }

  /** Nothing is left of a service that nobody declares any more. */
  record Gone(String service) implements Action {
    @Override
    public void perform(Effects effects) {
      effects.gone(this);
    }
  }

  /** Find out whether a service's conditions are met; answered by {@link Conductor#examined}. */
  record Examine(Declaration declaration) implements Action {
    @Override
    public void perform(Effects effects) {
      effects.examine(this);
    }
  }
}
