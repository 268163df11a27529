package svc.supervise.logic;

import java.util.List;
import svc.service.Durations;
import svc.service.ServiceState;
import svc.supervise.logic.Deadlines.Due;

/**
 * How a service comes up: from a main process that runs to one that can do its work, or to a start
 * that failed and is done away with. Loop thread.
 */
final class Startup {

  private final Standing standing;
  private final Processes processes;
  private final Stop stop;
  private final Restarts restarts;
  private final Watchdog watchdog;

  /** Nobody listened when it may have said that it is ready. */
  private boolean gap;

  Startup(Standing standing, Processes processes, Stop stop, Restarts restarts, Watchdog watchdog) {
    this.standing = standing;
    this.processes = processes;
    this.stop = stop;
    this.restarts = restarts;
    this.watchdog = watchdog;
  }

  /** It is started anew, and has said nothing yet. */
  void begin() {
    gap = false;
  }

  void cameUp(long now, Settings settings) {
    standing.become(ServiceState.UP, "");
    restarts.cameUp(now);
    watchdog.watch(now, settings);
  }

  // Being ready

  /** Its main process runs, and has not said yet that it is ready. */
  boolean awaitsReadiness() {
    return processes.main() != 0 && processes.launch().takesTime();
  }

  /**
   * @return whether its check is to be run now, and not once more when a pause is over
   */
  boolean awaitReadiness() {
    standing.deadlines().clear(Due.CHECK);
    Readiness readiness = processes.launch().readiness();
    standing.explain(readiness.waitsFor());
    return readiness.by() == Readiness.By.CHECK && processes.helper() == 0;
  }

  void checkAgain(String problem, long now) {
    if (!standing.is(ServiceState.STARTING)) return;
    standing.explain("check: " + problem);
    long interval = processes.launch().readiness().interval();
    standing.deadlines().set(Due.CHECK, Durations.after(now, interval));
  }

  /**
   * Whether anybody listens.
   *
   * @param gap nobody did for a while
   */
  void listening(boolean gap) {
    this.gap = gap;
  }

  void ready(long now, Settings settings) {
    if (standing.is(ServiceState.STARTING) && awaitsReadiness()) cameUp(now, settings);
  }

  void closedWithoutALine(long now, Settings settings, List<Action> out) {
    if (!standing.is(ServiceState.STARTING) || !awaitsReadiness()) return;
    int descriptor = processes.launch().readiness().descriptor();
    if (gap) ready(now, settings);
    else stop.killFailed("closed descriptor " + descriptor + " before it was ready", now, out);
  }

  /** Who may have said that it is ready while nobody listened is believed. */
  void tooLate(long now, Settings settings, List<Action> out) {
    if (!gap || !awaitsReadiness()) {
      stop.killFailed(timeout(settings), now, out);
    } else {
      cameUp(now, settings);
      standing.explain("taken for ready: nobody listened for a while");
    }
  }

  private String timeout(Settings settings) {
    String tooLate = "not up within " + Durations.format(settings.startTimeout());
    return standing.reason().isEmpty() ? tooLate : tooLate + ": " + standing.reason();
  }
}
