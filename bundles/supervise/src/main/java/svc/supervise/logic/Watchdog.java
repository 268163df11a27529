package svc.supervise.logic;

import svc.os.Kernel;
import svc.service.Durations;
import svc.supervise.logic.Deadlines.Due;

/** Whether a service that is to say regularly that it is well does so. Loop thread. */
final class Watchdog {

  private static final long NANOS_PER_MICRO = 1_000L;

  private final Deadlines deadlines;
  private final Processes processes;

  /** What it asked for itself since it was started, nanoseconds; 0 when it did not. */
  private long period;

  Watchdog(Standing standing, Processes processes) {
    this.deadlines = standing.deadlines();
    this.processes = processes;
  }

  /** It is started anew. */
  void begin() {
    period = 0;
  }

  void heard(Notice notice) {
    if (notice.watchdogPeriod() > 0) period = notice.watchdogPeriod() * NANOS_PER_MICRO;
  }

  /** It is well, and has to say so again within its period. */
  void watch(long now, Settings settings) {
    boolean watched = settings.watchdog() != Durations.FOREVER && processes.main() != 0;
    deadlines.set(Due.WATCHDOG, watched ? Durations.after(now, period(settings)) : Kernel.NEVER);
  }

  /** What is wrong when it did not, for people. */
  String silence(Settings settings) {
    return "silent for " + Durations.format(period(settings));
  }

  private long period(Settings settings) {
    return period == 0 ? settings.watchdog() : period;
  }
}
