package svc.simulation;

/**
 * How often the world says no, each as a chance out of 1,000.
 *
 * @param spawn a process cannot be made
 * @param lostStatus the exit status of a process went to somebody else
 * @param crash a daemon is one that does not last
 * @param stubborn a process takes no notice of a signal that can be ignored
 * @param slow a killed process hangs in the kernel for a while
 * @param escape a process leaves another behind, maybe in a session of its own
 * @param badPidFile a daemon's pid file is late, stale, empty or names a stranger
 * @param unready a service never says that it is ready
 * @param lateGroup a daemon leaves its starter's process group only after it wrote its pid file
 * @param signal a signal to a service is refused
 * @param kill somebody kills a process of a service, at every step
 * @param killSupervisor somebody kills a supervisor, at every step
 * @param killManager somebody kills the manager, at every step; another one begins
 * @param killedWithin a manager or supervisor dies in the middle of what it does, at every call of
 *     its kernel
 * @param disconnect a connection is closed, at every step
 * @param wish a client asks for something, at every step
 * @param type a service type leaves for a while, at every step
 * @param swap another version of a role takes over in its process, at every step
 * @param edit somebody writes other declarations, and mostly has them read, at every step
 * @param torn what a runtime writes in the moment of its death is half there
 * @param visit somebody connects to a service that listens, at every step
 * @param clock somebody sets the clock, at every step, where services go by it
 */
record Faults(
    int spawn,
    int lostStatus,
    int crash,
    int stubborn,
    int slow,
    int escape,
    int badPidFile,
    int unready,
    int lateGroup,
    int signal,
    int kill,
    int killSupervisor,
    int killManager,
    int killedWithin,
    int disconnect,
    int wish,
    int type,
    int swap,
    int edit,
    int torn,
    int visit,
    int clock) {

  static final Faults NONE =
      new Faults(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** Nothing goes wrong but that managers die, and nobody asks for anything. */
  static final Faults MANAGERS_ONLY =
      new Faults(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** Nothing goes wrong, and clients ask for this and that. */
  static final Faults WISHES_ONLY =
      new Faults(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 0, 40, 0);

  /** Nothing goes wrong and nobody asks for anything, but that the declarations change. */
  static final Faults EDITS_ONLY =
      new Faults(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 40, 0);

  /** Nothing goes wrong but that roles are replaced all the time. */
  static final Faults SWAPS_ONLY =
      new Faults(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 0, 0, 40, 0);

  static final Faults SOME =
      new Faults(20, 10, 100, 50, 50, 100, 100, 100, 200, 20, 5, 0, 2, 0, 0, 20, 0, 2, 8, 0, 40, 1);

  static final Faults MANY =
      new Faults(
          60, 30, 300, 100, 100, 200, 200, 200, 300, 50, 15, 3, 2, 1, 2, 20, 2, 4, 8, 300, 40, 1);
}
