package svc.cli;

import svc.nv.NvList;

/** A service's state in words, from the list that the manager sends. */
final class StateLine {

  private StateLine() {}

  /** As {@code up pid 123} or {@code failed: exec: no such file}. */
  static String text(NvList service) {
    StringBuilder text = new StringBuilder(service.string("state", "?"));
    long pid = service.number("pid", 0);
    if (pid != 0) text.append("  pid ").append(Long.toUnsignedString(pid));
    String why = why(service);
    if (!why.isEmpty()) text.append(": ").append(why);
    return Text.line(text.toString());
  }

  /** Why it is in its state, or empty when there is nothing to say. */
  static String why(NvList service) {
    String reason = service.string("reason", "");
    if (!reason.isEmpty()) return reason;
    if (service.bool("unmanaged", false)) return "unmanaged: its type is not installed";
    String waiting = String.join(", ", service.strings("waiting_for"));
    return waiting.isEmpty() ? "" : "waiting for " + waiting;
  }
}
