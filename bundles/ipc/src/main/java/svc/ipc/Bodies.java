package svc.ipc;

import java.util.ArrayList;
import java.util.List;
import svc.nv.NvList;
import svc.os.ExitStatus;
import svc.service.Declaration;
import svc.service.ServiceState;
import svc.service.Status;

/**
 * The values of {@link svc.service} as lists.
 *
 * <p>A service: {@code service type state wanted} STRING ({@code up} or {@code down}), {@code pid
 * since_ms restarts} NUMBER, then {@code exit_code} or {@code exit_signal} NUMBER or {@code
 * exit_unknown} BOOL when it ever ended, {@code reason} STRING, {@code unmanaged} BOOL, {@code
 * log_problem} STRING while its log cannot be written. From the manager also {@code description
 * supervisor} STRING, {@code socket} STRING when the service is itself a manager, that one's,
 * {@code requires follows wants after conflicts waiting_for} STRING ARRAY (absent when empty;
 * {@code requires} with what it follows, {@code after} without what it requires), {@code limit_ms}
 * NUMBER: how long the state may last before something else happens (absent when for ever), {@code
 * pinned} STRING ({@code up} or {@code down}) when it is, {@code unstamped} BOOL when the lines of
 * its log have no stamps.
 */
public final class Bodies {

  private Bodies() {}

  /**
   * A service as a list, to which may be added.
   *
   * @param status any status
   * @return a builder with its pairs
   */
  public static NvList.Builder status(Status status) {
    NvList.Builder list =
        NvList.builder()
            .string("service", status.service())
            .string("type", status.type())
            .string("state", status.state().text())
            .string("wanted", status.wantedUp() ? "up" : "down")
            .number("pid", status.pid())
            .number("since_ms", status.since())
            .number("restarts", status.restarts());
    if (status.lastExit() != null) exit(list, status.lastExit());
    if (!status.logProblem().isEmpty()) list.string("log_problem", status.logProblem());
    return list.string("reason", status.reason()).bool("unmanaged", status.unmanaged());
  }

  /**
   * Adds {@code exit_code}, {@code exit_signal} or {@code exit_unknown} to a list.
   *
   * @param list the body, or what it holds
   * @param status any status
   */
  public static void exit(NvList.Builder list, ExitStatus status) {
    switch (status.kind()) {
      case EXITED -> list.number("exit_code", status.value());
      case KILLED -> list.number("exit_signal", status.value());
      case UNKNOWN -> list.bool("exit_unknown", true);
    }
  }

  /**
   * The status in a list, or null when its state is none that we know.
   *
   * @param list the body, or what it holds
   * @return the status, or null
   */
  public static Status status(NvList list) {
    ServiceState state = ServiceState.of(list.string("state", ""));
    if (state == null) return null;
    return new Status(
        list.string("service", ""),
        list.string("type", ""),
        state,
        list.string("wanted", "down").equals("up"),
        (int) list.number("pid", 0),
        list.number("since_ms", 0),
        (int) list.number("restarts", 0),
        exit(list),
        list.string("reason", ""),
        list.bool("unmanaged", false),
        list.string("log_problem", ""));
  }

  /**
   * The exit status in a list, or null when there is none.
   *
   * @param list the body, or what it holds
   * @return the status, or null
   */
  public static ExitStatus exit(NvList list) {
    if (list.exists("exit_code")) return ExitStatus.exited((int) list.number("exit_code", 0));
    if (list.exists("exit_signal")) return ExitStatus.killed((int) list.number("exit_signal", 0));
    return list.exists("exit_unknown") ? ExitStatus.UNKNOWN : null;
  }

  /**
   * {@code service file} STRING, {@code entries} NVLIST ARRAY of {@code section key value} STRING
   * and {@code line} NUMBER, and {@code file} STRING for a line of a drop-in.
   *
   * @param declaration any declaration
   * @return its pairs
   */
  public static NvList declaration(Declaration declaration) {
    NvList.Builder list =
        NvList.builder().string("service", declaration.name()).string("file", declaration.file());
    List<NvList> entries = new ArrayList<>();
    for (Declaration.Entry entry : declaration.entries()) entries.add(entry(entry));
    return (entries.isEmpty() ? list : list.lists("entries", entries)).build();
  }

  private static NvList entry(Declaration.Entry entry) {
    NvList.Builder list =
        NvList.builder()
            .string("section", entry.section())
            .string("key", entry.key())
            .string("value", entry.value())
            .number("line", entry.line());
    return (entry.file().isEmpty() ? list : list.string("file", entry.file())).build();
  }

  /**
   * The declaration in a list; what is missing there is empty.
   *
   * @param list the body, or what it holds
   * @return the declaration
   */
  public static Declaration declaration(NvList list) {
    List<Declaration.Entry> entries = new ArrayList<>();
    for (NvList entry : list.lists("entries")) {
      entries.add(
          new Declaration.Entry(
              entry.string("section", ""),
              entry.string("key", ""),
              entry.string("value", ""),
              (int) entry.number("line", 0),
              entry.string("file", "")));
    }
    return new Declaration(list.string("service", ""), list.string("file", ""), entries);
  }
}
