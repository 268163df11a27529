package svc.service;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * How a manager and its supervisors know the processes of their services again, whoever has become
 * the parent of them: every service is started with three variables that say whose it is, and what
 * it starts inherits them.
 *
 * <p>{@code SVC_SERVICE} is the service's name; in a manager that is itself a service, that
 * manager's and then the name, {@code outer/inner}. {@code SVC_RUN} is the manager's run directory
 * behind that of each manager above, {@code /run/svc:/run/svc/managers/outer/run}, since two
 * managers on a machine may have services of the same name. {@code SVC_START} is the supervisor and
 * the number of the start, {@code main/3}, behind those of the levels above. They only ever grow
 * from level to level, so what belongs to a service or to anything below it is seen from their
 * beginning.
 *
 * @param path what {@code SVC_SERVICE} says of the runtime itself, or empty
 * @param run what {@code SVC_RUN} says of its services
 * @param starts what {@code SVC_START} says of the runtime itself, or empty
 */
public record Mark(String path, String run, String starts) {

  /**
   * What a process is.
   *
   * @param service the service that it belongs to
   * @param supervisor who started that service, or empty when the process does not say
   * @param number of the start
   * @param own whether it belongs to that service itself, and not to a manager below it
   */
  public record Start(String service, String supervisor, long number, boolean own) {}

  private static final String SERVICE = "SVC_SERVICE";
  private static final String RUN = "SVC_RUN";
  private static final String START = "SVC_START";
  private static final String SUPERVISOR = "SVC_SUPERVISOR";

  /**
   * The mark that a runtime gives.
   *
   * @param environment the runtime's own
   * @param runDirectory the runtime's run directory
   * @return the mark
   */
  public static Mark of(Map<String, String> environment, String runDirectory) {
    String above = environment.getOrDefault(RUN, "");
    return new Mark(
        environment.getOrDefault(SERVICE, ""),
        above.isEmpty() ? runDirectory : above + ":" + runDirectory,
        environment.getOrDefault(START, ""));
  }

  /**
   * The variables of a service's processes by name.
   *
   * @param name of the service or supervisor
   * @param supervisor that starts it
   * @param number of the start, greater than any before it
   * @return two variables
   */
  public Map<String, String> service(String name, String supervisor, long number) {
    String start = supervisor + "/" + number;
    return Map.of(
        SERVICE, prefix() + name, RUN, run, START, starts.isEmpty() ? start : starts + ":" + start);
  }

  /**
   * The variable, {@code NAME=value}, of a svc-supervise. Its services do not inherit it.
   *
   * @param name of the service or supervisor
   * @return {@code NAME=value}
   */
  public String supervisor(String name) {
    return SUPERVISOR + "=" + run + "/" + name;
  }

  /**
   * The service of ours that a process belongs to, itself or by way of a manager that is a service.
   *
   * @param environ as /proc/PID/environ has it: entries that each end in a NUL
   * @return its name, or empty when it is not ours
   */
  public String serviceOf(byte[] environ) {
    String service = value(environ, SERVICE);
    if (!service.startsWith(prefix())) return "";
    String name = service.substring(prefix().length());
    int slash = name.indexOf('/');
    String its = value(environ, RUN);
    if (slash < 0) return its.equals(run) ? name : "";
    return its.startsWith(run + ":") ? name.substring(0, slash) : "";
  }

  /**
   * The start of a service of ours that a process comes of.
   *
   * @param environ as /proc/PID/environ has it: entries that each end in a NUL
   * @return null when it is not ours
   */
  public Start startOf(byte[] environ) {
    String service = serviceOf(environ);
    if (service.isEmpty()) return null;
    boolean own = value(environ, SERVICE).equals(prefix() + service);
    String[] levels = value(environ, START).split(":");
    int level = starts.isEmpty() ? 0 : starts.split(":").length;
    String start = level < levels.length ? levels[level] : "";
    if (!start.matches("[^/]+/[0-9]{1,18}")) return new Start(service, "", 0, own);
    int slash = start.indexOf('/');
    String supervisor = start.substring(0, slash);
    return new Start(service, supervisor, Long.parseLong(start.substring(slash + 1)), own);
  }

  /**
   * The supervisor of ours that a process is, or empty.
   *
   * @param environ as /proc/PID/environ has it: entries that each end in a NUL
   * @return its name, or empty
   */
  public String supervisorOf(byte[] environ) {
    String supervisor = value(environ, SUPERVISOR);
    String name = supervisor.startsWith(run + "/") ? supervisor.substring(run.length() + 1) : "";
    return name.contains("/") ? "" : name;
  }

  private String prefix() {
    return path.isEmpty() ? "" : path + "/";
  }

  /** A variable's value, or empty. The first entry has no NUL in front. */
  private static String value(byte[] environ, String variable) {
    byte[] wanted = (variable + "=").getBytes(StandardCharsets.US_ASCII);
    for (int at = 0; at < environ.length; at = end(environ, at) + 1) {
      if (!matches(environ, at, wanted)) continue;
      int start = at + wanted.length;
      return new String(environ, start, end(environ, at) - start, StandardCharsets.UTF_8);
    }
    return "";
  }

  private static int end(byte[] environ, int from) {
    int end = from;
    while (end < environ.length && environ[end] != 0) end++;
    return end;
  }

  private static boolean matches(byte[] environ, int at, byte[] wanted) {
    if (at + wanted.length > environ.length) return false;
    for (int i = 0; i < wanted.length; i++) if (environ[at + i] != wanted[i]) return false;
    return true;
  }
}
