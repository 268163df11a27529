package svc.simulation;

/**
 * A lie of the simulated world that makes the roles break a rule. A rule that no sabotage breaks
 * proves nothing.
 */
enum Sabotage {
  NONE,
  /** A start order is on the wire before what the service requires is up. */
  START_FORGED,
  /** A stop order is on the wire while what requires the service is up. */
  STOP_FORGED,
  /** One wish to spawn makes two processes. */
  STARTED_TWICE,
  /** The end of a process is told again when its number belongs to the next one. */
  EXIT_COUNTED_TWICE,
  /** The end of a process is never told. */
  EXIT_DROPPED,
  /** A restart is counted that never was. */
  RESTART_FORGED,
  /** Another exit status is reported than the one that was told. */
  EXIT_FORGED,
  /** Up is said of a service that is on its way. */
  UP_FORGED,
  /** Down is said of a service that runs. */
  DOWN_FORGED,
  /** A process that a service left behind is hidden from those who look for it. */
  PROCESS_LEFT,
  /** What is in a cgroup is hidden from those who look there. */
  CGROUP_HIDDEN,
  /** A manager that begins does not see what the one before left. */
  SURVIVORS_HIDDEN,
  /** A manager that begins stops a service that it found up. */
  ADOPTED_STOPPED,
  /** That what others follow has begun anew is hidden from the manager. */
  RESTART_HIDDEN,
  /** An order is lost on its way while the connection stays. */
  ORDER_LOST,
  /** The answer to an order is lost on its way while the connection stays. */
  ANSWER_LOST,
  /** What is in a pipe is gone when neither its service nor a reader lives. */
  LINES_LOST,
  /** A log does not get shorter when a part of what was written to it is taken back. */
  LINE_TWICE,
  /** That somebody came to a socket is told to nobody. */
  DEMAND_UNHEARD,
  /** A wish to run a program on demand makes two processes. */
  RUN_TWICE,
  /** The sockets of a service stay open when they are to be closed. */
  SOCKETS_LEFT,
  /** The sockets of a service are closed that are to stay. */
  SOCKETS_CLOSED,
  /** Another socket is given out for the one that a program has. */
  TAKEN_ANEW,
  /** A socket that a program has cannot be taken out of it. */
  NEVER_TAKEN,
  /** Until when to wait after a run that failed is not what was written down. */
  DELAY_FORGOTTEN,
  /** The clock that runtimes look at is ahead of the machine's. */
  CLOCK_AHEAD,
  /** It stands still. */
  CLOCK_STOPPED,
  /** When a program ran last is not what was written down. */
  RUN_FORGOTTEN
}
