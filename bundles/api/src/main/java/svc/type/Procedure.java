package svc.type;

import java.util.List;

/**
 * How one service is run.
 *
 * @param start program and arguments; empty when there is nothing to run
 * @param stop program and arguments that end it; empty when its stop signal does
 * @param main where its main process is
 * @param pidFile where its pid is written when the main process is found there, otherwise empty
 * @param directory made before it starts (mode 0700) and given to the service's user; or empty
 * @param listeners sockets that are opened before the program starts, stay open while it is started
 *     again, and are its descriptors from 3 on, in this order (sd_listen_fds(3))
 */
public record Procedure(
    List<String> start,
    List<String> stop,
    Main main,
    String pidFile,
    String directory,
    List<Listener> listeners) {

  /**
   * A procedure without a directory and sockets.
   *
   * @param start program and arguments
   * @param stop program and arguments that end it, or empty
   * @param main where its main process is
   * @param pidFile an absolute path
   */
  public Procedure(List<String> start, List<String> stop, Main main, String pidFile) {
    this(start, stop, main, pidFile, "", List.of());
  }

  /**
   * A procedure without sockets.
   *
   * @param start program and arguments
   * @param stop program and arguments that end it, or empty
   * @param main where its main process is
   * @param pidFile an absolute path
   * @param directory an absolute path
   */
  public Procedure(
      List<String> start, List<String> stop, Main main, String pidFile, String directory) {
    this(start, stop, main, pidFile, directory, List.of());
  }

  /**
   * Copies the lists.
   *
   * @param start program and arguments
   * @param stop program and arguments that end it, or empty
   * @param main where its main process is
   * @param pidFile an absolute path
   * @param directory an absolute path
   * @param listeners in the order of their descriptors
   * @throws IllegalArgumentException when the parts do not go together: no command to start a main
   *     process by, a pid file without need or none where it is needed, sockets that nobody takes
   */
  public Procedure {
    start = List.copyOf(start);
    stop = List.copyOf(stop);
    listeners = List.copyOf(listeners);
    if (start.isEmpty() && main != Main.NONE)
      throw new IllegalArgumentException("a main process without a start command");
    if (pidFile.isEmpty() == (main == Main.PID_FILE))
      throw new IllegalArgumentException("pid file: " + pidFile);
    if (!listeners.isEmpty() && main != Main.CHILD && main != Main.ON_DEMAND)
      throw new IllegalArgumentException("sockets for " + main);
  }

  /** Where the main process is, and with it when the service counts as up. */
  public enum Main {
    /** The process that was started; up as soon as it runs. */
    CHILD,
    /** A descendant of the start command, named by a pid file; up when that is there and valid. */
    PID_FILE,
    /**
     * There is none; up when the start command succeeded, at once when there is no start command.
     */
    NONE,
    /**
     * The process that was started, but only when something asks for it: somebody connects or sends
     * to one of {@link #listeners}, or the time comes that {@link ServiceType#next} names. Up
     * before and after, and while it runs.
     */
    ON_DEMAND
  }

  /**
   * The process that is started is the service.
   *
   * @param start program and arguments
   * @return up as soon as it runs
   */
  public static Procedure child(List<String> start) {
    return new Procedure(start, List.of(), Main.CHILD, "");
  }

  /**
   * The same, with a directory to be made first.
   *
   * @param directory an absolute path
   * @return a copy
   */
  public Procedure in(String directory) {
    return new Procedure(start, stop, main, pidFile, directory, listeners);
  }

  /**
   * The same, with sockets to be opened first.
   *
   * @param listeners in the order of their descriptors
   * @return a copy
   */
  public Procedure listening(List<Listener> listeners) {
    return new Procedure(start, stop, main, pidFile, directory, listeners);
  }

  /**
   * The process is started whenever it is asked for, and is expected to end.
   *
   * @param start program and arguments
   * @return up without a process
   */
  public static Procedure onDemand(List<String> start) {
    return new Procedure(start, List.of(), Main.ON_DEMAND, "");
  }

  /**
   * The start command leaves a process behind, whose pid it writes to a file.
   *
   * @param start program and arguments
   * @param stop program and arguments that end it, or empty
   * @param pidFile an absolute path
   * @return up when the file is there and valid
   */
  public static Procedure pidFile(List<String> start, List<String> stop, String pidFile) {
    return new Procedure(start, stop, Main.PID_FILE, pidFile);
  }

  /**
   * Commands only.
   *
   * @param start program and arguments, or empty
   * @param stop program and arguments that undo it, or empty
   * @return up when the start command succeeded
   */
  public static Procedure commands(List<String> start, List<String> stop) {
    return new Procedure(start, stop, Main.NONE, "");
  }
}
