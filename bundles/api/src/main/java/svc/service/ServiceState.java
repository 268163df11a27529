package svc.service;

import java.util.Locale;

/** What a service is doing. The same words in every message, file and table. */
public enum ServiceState {
  /** Nothing of it runs. */
  DOWN,
  /** Something of it runs, and it does not count as up yet. */
  STARTING,
  /** It counts as up; what that is, its procedure says ({@code svc.type.Procedure.Main}). */
  UP,
  /** It was asked to end, and something of it still runs. */
  STOPPING,
  /** It ended and will be started again when its delay is over. */
  BACKING_OFF,
  /**
   * It could not be started, or ended too often. Nothing of it runs; it stays so until somebody
   * asks.
   */
  FAILED,
  /** Its type is not installed. It goes on when the type arrives. */
  NO_TYPE,
  /**
   * It was to be started, and a condition of its declaration was not met: nothing of it runs, and
   * it counts as up for those that require it. Said by a manager only.
   */
  SKIPPED;

  private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** {@return the word for it, as {@code backing-off}} */
  public String text() {
    return text;
  }

  /**
   * The state that a word is for.
   *
   * @param text as {@link #text} gives it
   * @return the state, or null when there is none
   */
  public static ServiceState of(String text) {
    for (ServiceState state : values()) if (state.text.equals(text)) return state;
    return null;
  }

  @Override
  public String toString() {
    return text;
  }
}
