package svc.init.logic;

import svc.os.Machine.Reboot;

/** How it all ends. */
public enum Leave {
  /** With an exit status; in a container. */
  EXIT("end", null),
  RESTART("restart", Reboot.RESTART),
  HALT("halt", Reboot.HALT),
  POWER_OFF("power off", Reboot.POWER_OFF),
  KEXEC("start the loaded kernel", Reboot.KEXEC);

  private final String text;
  private final Reboot reboot;

  Leave(String text, Reboot reboot) {
    this.text = text;
    this.reboot = reboot;
  }

  /** What the kernel is asked for, or null for {@link #EXIT}. */
  public Reboot reboot() {
    return reboot;
  }

  @Override
  public String toString() {
    return text;
  }
}
