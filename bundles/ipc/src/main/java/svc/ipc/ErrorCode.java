package svc.ipc;

/**
 * What {@code ipc:error_code} says. The first four are those of the C program that svc began as.
 */
public enum ErrorCode {
  OK,
  /** The envelope is not complete, or the body lacks something. */
  INVALID,
  /** A reply came where a request was expected. */
  IS_REPLY,
  NO_METHOD,
  /** The peer is neither root nor the user that we run as. */
  DENIED,
  NO_SERVICE,
  /** The service is not in a state in which this can be done. */
  WRONG_STATE,
  /** It was tried and did not succeed. */
  FAILED;

  public int number() {
    return ordinal();
  }

  /** The code with this number; {@link #FAILED} for one that we do not know. */
  public static ErrorCode of(long number) {
    return number >= 0 && number < values().length ? values()[(int) number] : FAILED;
  }
}
