package svc.ipc;

/**
 * What {@code ipc:error_code} says. The first four are those of the C program that svc began as.
 */
public enum ErrorCode {
  /** No error. */
  OK,
  /** The envelope is not complete, or the body lacks something. */
  INVALID,
  /** A reply came where a request was expected. */
  IS_REPLY,
  /** There is no method of that name. */
  NO_METHOD,
  /** The peer is neither root nor the user that we run as. */
  DENIED,
  /** There is no service of that name. */
  NO_SERVICE,
  /** The service is not in a state in which this can be done. */
  WRONG_STATE,
  /** It was tried and did not succeed. */
  FAILED;

  /** {@return the number on the wire, from 0} */
  public int number() {
    return ordinal();
  }

  /**
   * The code with this number; {@link #FAILED} for one that we do not know.
   *
   * @param number as it came
   * @return the code
   */
  public static ErrorCode of(long number) {
    return number >= 0 && number < values().length ? values()[(int) number] : FAILED;
  }
}
