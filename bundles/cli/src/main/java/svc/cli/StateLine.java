package svc.cli;

import java.util.List;
import svc.nv.NvList;

/** A service's state in words, from the list that the manager sends. */
final class StateLine {

  private StateLine() {}

  /** As {@code up pid 123} or {@code failed: exec: no such file}. */
  static String text(NvList service) {
    return text(service, why(service));
  }

  /** The same, without what it waits for: that changes with other services, and not with it. */
  static String own(NvList service) {
    return text(service, ownReason(service));
  }

  private static String text(NvList service, String why) {
    StringBuilder text = new StringBuilder(service.string("state", "?"));
    long pid = service.number("pid", 0);
    if (pid != 0) text.append("  pid ").append(Long.toUnsignedString(pid));
    if (!why.isEmpty()) text.append(": ").append(why);
    return Text.line(text.toString());
  }

  private static String ownReason(NvList service) {
    String pinned = service.string("pinned", "");
    String reason = reason(service);
    if (pinned.isEmpty()) return reason;
    return "pinned " + pinned + (reason.isEmpty() ? "" : "; " + reason);
  }

  private static String reason(NvList service) {
    String reason = service.string("reason", "");
    String log = service.string("log_problem", "");
    if (log.isEmpty()) return reason.isEmpty() ? unmanaged(service) : reason;
    return (reason.isEmpty() ? "" : reason + "; ") + "its log cannot be written: " + log;
  }

  private static String unmanaged(NvList service) {
    return service.bool("unmanaged", false) ? "unmanaged: its type is not installed" : "";
  }

  /** Why it is in its state, or empty when there is nothing to say. */
  static String why(NvList service) {
    return why(service, Waits.of(List.of()));
  }

  /** The same, with for how long it has waited for those that are known. */
  static String why(NvList service, Waits waits) {
    String reason = ownReason(service);
    if (!reason.isEmpty()) return reason;
    String waiting = waits.of(service);
    return waiting.isEmpty() ? "" : "waiting for " + waiting;
  }
}
