package svc.os;

/**
 * How a process ended (waitid(2)).
 *
 * @param value the exit code, the signal's number, or 0 when it is not known
 */
public record ExitStatus(Kind kind, int value) {

  public enum Kind {
    EXITED,
    KILLED,
    /** It ended, but whoever was its parent took the status. */
    UNKNOWN
  }

  public static final ExitStatus UNKNOWN = new ExitStatus(Kind.UNKNOWN, 0);

  public static ExitStatus exited(int code) {
    return new ExitStatus(Kind.EXITED, code);
  }

  public static ExitStatus killed(int signal) {
    return new ExitStatus(Kind.KILLED, signal);
  }

  /** It exited by itself with 0. */
  public boolean clean() {
    return kind == Kind.EXITED && value == 0;
  }

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
