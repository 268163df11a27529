package svc.service;

import svc.os.ExitStatus;

/**
 * A service at one moment, as its supervisor knows it.
 *
 * @param service its name
 * @param type its type's name
 * @param state what it is doing
 * @param wantedUp whether it is to be up
 * @param pid its main process, or 0
 * @param since when it came into this state, milliseconds since 1970
 * @param restarts how often it was started again by itself since it was first started; of a service
 *     on demand how often its program was
 * @param lastExit how its main process (or its start command) last ended, or null
 * @param reason why it is in this state, for people; empty when the state says it all
 * @param unmanaged it runs, and its type is not installed
 * @param logProblem why its log cannot be written, for people; empty while it can
 */
public record Status(
    String service,
    String type,
    ServiceState state,
    boolean wantedUp,
    int pid,
    long since,
    int restarts,
    ExitStatus lastExit,
    String reason,
    boolean unmanaged,
    String logProblem) {

  /**
   * One whose log can be written.
   *
   * @param service its name
   * @param type its type's name
   * @param state what it is doing
   * @param wantedUp whether it is to be up
   * @param pid its main process, or 0
   * @param since when it came into this state, milliseconds since 1970
   * @param restarts how often it was started again by itself since it was first started
   * @param lastExit how its main process last ended, or null
   * @param reason why it is in this state, for people
   * @param unmanaged it runs, and its type is not installed
   */
  public Status(
      String service,
      String type,
      ServiceState state,
      boolean wantedUp,
      int pid,
      long since,
      int restarts,
      ExitStatus lastExit,
      String reason,
      boolean unmanaged) {
    this(service, type, state, wantedUp, pid, since, restarts, lastExit, reason, unmanaged, "");
  }

  /**
   * A service of which nothing is known yet.
   *
   * @param service its name
   * @param type its type's name
   * @return down, and not wanted up
   */
  public static Status unknown(String service, String type) {
    return new Status(service, type, ServiceState.DOWN, false, 0, 0, 0, null, "", false);
  }
}
