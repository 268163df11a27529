package svc.init.logic;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import svc.os.Signal;

/**
 * What somebody wants who sends a signal to process 1.
 *
 * <p>On a machine the usual meanings are sysvinit's, whose clients and scripts are used with svc:
 * INT is the kernel's ctrl-alt-del, PWR a power monitor's, USR1 a script's that has made /dev anew;
 * what is asked of a machine by busybox ({@code USR1 = halt}, {@code USR2 = poweroff}, {@code TERM
 * = reboot}) or of s6-linux-init ({@code USR1 = poweroff}, {@code USR2 = halt}) is a line of the
 * configuration. RTMIN+3 and later are systemd's (systemd(1), SIGNALS), which nspawn sends.
 */
public enum Meaning {
  IGNORE("ignore"),
  HALT("halt"),
  POWER_OFF("poweroff"),
  RESTART("reboot"),
  KEXEC("kexec"),
  /** The same without stopping anything first. */
  HALT_NOW("halt-now"),
  POWER_OFF_NOW("poweroff-now"),
  RESTART_NOW("reboot-now"),
  KEXEC_NOW("kexec-now"),
  /** /run/powerstatus says more (powerd(8)). */
  POWER("power"),
  /** The FIFO is made and opened anew. */
  REOPEN("reopen"),
  /** The FIFO is closed until it is reopened. */
  CLOSE("close"),
  /** The configuration is read again. */
  RELOAD("reload");

  private final String text;

  Meaning(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }

  private static final int RTMIN = 34;

  private static final Map<Integer, Meaning> SYSTEMD =
      Map.of(
          RTMIN + 3, HALT,
          RTMIN + 4, POWER_OFF,
          RTMIN + 5, RESTART,
          RTMIN + 6, KEXEC,
          RTMIN + 13, HALT_NOW,
          RTMIN + 14, POWER_OFF_NOW,
          RTMIN + 15, RESTART_NOW,
          RTMIN + 16, KEXEC_NOW);

  private static final Map<String, Meaning> SYSVINIT =
      Map.of(
          "INT", RESTART,
          "PWR", POWER,
          "USR1", REOPEN,
          "USR2", CLOSE,
          "HUP", RELOAD);

  /** On a machine whose configuration says nothing. */
  static Meaning usual(Signal signal) {
    Meaning systemd = SYSTEMD.get(signal.number());
    return systemd != null ? systemd : SYSVINIT.getOrDefault(signal.name(), IGNORE);
  }

  /**
   * In a container nobody but its manager sends signals to process 1: TERM is Docker's, Podman's
   * and Kubernetes', PWR and INT are LXC's, INT and QUIT are a terminal's.
   */
  static Meaning inContainer(Signal signal) {
    return switch (signal.name()) {
      case "TERM", "INT", "QUIT", "PWR" -> POWER_OFF;
      case "USR1" -> REOPEN;
      case "HUP" -> RELOAD;
      default -> SYSTEMD.getOrDefault(signal.number(), IGNORE);
    };
  }

  /** The meaning of a word of the configuration, or null. */
  static Meaning of(String text) {
    for (Meaning meaning : values()) if (meaning.text.equals(text)) return meaning;
    return null;
  }

  static List<String> texts() {
    return Arrays.stream(values()).map(Meaning::text).toList();
  }

  /** How it all is to end, or null when this asks for something else. */
  Leave leave() {
    return switch (this) {
      case HALT, HALT_NOW -> Leave.HALT;
      case POWER_OFF, POWER_OFF_NOW -> Leave.POWER_OFF;
      case RESTART, RESTART_NOW -> Leave.RESTART;
      case KEXEC, KEXEC_NOW -> Leave.KEXEC;
      case IGNORE, POWER, REOPEN, CLOSE, RELOAD -> null;
    };
  }

  boolean atOnce() {
    return switch (this) {
      case HALT_NOW, POWER_OFF_NOW, RESTART_NOW, KEXEC_NOW -> true;
      case HALT, POWER_OFF, RESTART, KEXEC, IGNORE, POWER, REOPEN, CLOSE, RELOAD -> false;
    };
  }
}
