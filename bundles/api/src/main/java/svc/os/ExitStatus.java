package svc.os;

import java.util.Optional;

/**
 * How a process ended (waitid(2)).
 *
 * @param kind whether it ended by itself
 * @param value the exit code, the signal's number, or 0 when it is not known
 */
public record ExitStatus(Kind kind, int value) {

  /** In which way it ended. */
  public enum Kind {
    /** By exit(3). */
    EXITED,
    /** By a signal. */
    KILLED,
    /** It ended, but whoever was its parent took the status. */
    UNKNOWN
  }

  /** It ended, and nobody knows how. */
  public static final ExitStatus UNKNOWN = new ExitStatus(Kind.UNKNOWN, 0);

  /**
   * It ended by itself.
   *
   * @param code from 0 to 255
   * @return the status
   */
  public static ExitStatus exited(int code) {
    return new ExitStatus(Kind.EXITED, code);
  }

  /**
   * It was ended.
   *
   * @param signal the signal's number
   * @return the status
   */
  public static ExitStatus killed(int signal) {
    return new ExitStatus(Kind.KILLED, signal);
  }

  /**
   * Reads an end.
   *
   * @param text an exit code from 0 to 255, or a signal's name as {@code SIGABRT} or {@code ABRT}
   * @return the status, or nothing when it is none
   */
  public static Optional<ExitStatus> parse(String text) {
    if (text.matches("[0-9]{1,3}")) {
      int code = Integer.parseInt(text);
      return code > 255 ? Optional.empty() : Optional.of(exited(code));
    }
    return Signal.parse(text).map(signal -> killed(signal.number()));
  }

  /** {@return whether it exited by itself with 0} */
  public boolean clean() {
    return kind == Kind.EXITED && value == 0;
  }

  /**
   * Whether a signal ended it.
   *
   * @param signal which one
   * @return whether it did
   */
  public boolean killedBy(Signal signal) {
    return kind == Kind.KILLED && value == signal.number();
  }

  @Override
  public String toString() {
    return switch (kind) {
      case EXITED -> "exit status " + value;
      case KILLED -> "killed by SIG" + new Signal(value).name();
      case UNKNOWN -> "ended, status unknown";
    };
  }
}
