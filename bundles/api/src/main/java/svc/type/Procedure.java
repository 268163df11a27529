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

  public Procedure(List<String> start, List<String> stop, Main main, String pidFile) {
    this(start, stop, main, pidFile, "", List.of());
  }

  public Procedure(
      List<String> start, List<String> stop, Main main, String pidFile, String directory) {
    this(start, stop, main, pidFile, directory, List.of());
  }

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

  /** The process that is started is the service. */
  public static Procedure child(List<String> start) {
    return new Procedure(start, List.of(), Main.CHILD, "");
  }

  /** The same, with a directory to be made first. */
  public Procedure in(String directory) {
    return new Procedure(start, stop, main, pidFile, directory, listeners);
  }

  /** The same, with sockets to be opened first. */
  public Procedure listening(List<Listener> listeners) {
    return new Procedure(start, stop, main, pidFile, directory, listeners);
  }

  /** The process is started whenever it is asked for, and is expected to end. */
  public static Procedure onDemand(List<String> start) {
    return new Procedure(start, List.of(), Main.ON_DEMAND, "");
  }

  /** The start command leaves a process behind, whose pid it writes to a file. */
  public static Procedure pidFile(List<String> start, List<String> stop, String pidFile) {
    return new Procedure(start, stop, Main.PID_FILE, pidFile);
  }

  /** Commands only. */
  public static Procedure commands(List<String> start, List<String> stop) {
    return new Procedure(start, stop, Main.NONE, "");
  }
}
