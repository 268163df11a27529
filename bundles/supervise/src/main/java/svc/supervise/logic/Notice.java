package svc.supervise.logic;

import java.nio.charset.StandardCharsets;

/**
 * What a service says of itself in one datagram (sd_notify(3)); what svc has no use for is left
 * out.
 *
 * @param status a line for people, or null when it says nothing of that
 * @param mainPid another main process, or 0
 * @param extend how much longer what it is doing may take from now on, microseconds, or 0
 * @param watchdog it is well
 * @param trigger it is not
 * @param watchdogPeriod another period, microseconds, or 0
 */
public record Notice(
    boolean ready,
    boolean reloading,
    boolean stopping,
    String status,
    int mainPid,
    long extend,
    boolean watchdog,
    boolean trigger,
    long watchdogPeriod) {

  /** What is longer is nobody's status line. */
  private static final int STATUS_MOST = 200;

  /** Lines {@code NAME=VALUE}; the last one of a name counts. */
  public static Notice of(byte[] datagram) {
    boolean ready = false;
    boolean reloading = false;
    boolean stopping = false;
    String status = null;
    int mainPid = 0;
    long extend = 0;
    boolean watchdog = false;
    boolean trigger = false;
    long period = 0;
    for (String line : new String(datagram, StandardCharsets.UTF_8).split("\n")) {
      int equals = line.indexOf('=');
      String value = line.substring(equals + 1);
      switch (equals < 0 ? "" : line.substring(0, equals)) {
        case "READY" -> ready = value.equals("1");
        case "RELOADING" -> reloading = value.equals("1");
        case "STOPPING" -> stopping = value.equals("1");
        case "STATUS" -> status = printable(value);
        case "MAINPID" -> mainPid = (int) number(value, 9);
        case "EXTEND_TIMEOUT_USEC" -> extend = number(value, 15);
        case "WATCHDOG" -> {
          watchdog = value.equals("1");
          trigger = value.equals("trigger");
        }
        case "WATCHDOG_USEC" -> period = number(value, 15);
        default -> {} // what is more is for other listeners
      }
    }
    return new Notice(
        ready, reloading, stopping, status, mainPid, extend, watchdog, trigger, period);
  }

  /** It goes to people's terminals. */
  private static String printable(String text) {
    String line = text.replaceAll("\\p{Cntrl}", " ").strip();
    return line.length() > STATUS_MOST ? line.substring(0, STATUS_MOST) : line;
  }

  private static long number(String digits, int most) {
    return digits.matches("[0-9]{1," + most + "}") ? Long.parseLong(digits) : 0;
  }
}
