package svc.supervise.logic;

import java.util.List;
import svc.service.Durations;
import svc.service.ServiceState;
import svc.supervise.logic.Deadlines.Due;
import svc.type.Task;

/**
 * Has a service that is up read its configuration anew, by a signal or by a command; whatever comes
 * of it, it stays up. Loop thread.
 */
final class Reload {

  private final String name;
  private final Standing standing;
  private final Processes processes;
  private String problem = "";

  Reload(String name, Standing standing, Processes processes) {
    this.name = name;
    this.standing = standing;
    this.processes = processes;
  }

  /** Why it cannot be, or empty. */
  String refusal(Settings settings) {
    if (!standing.is(ServiceState.UP)) return elsewhere();
    if (processes.helper() != 0 && processes.helperTask() == null)
      return name + " still ends its last helper";
    if (!settings.reloads()) return name + " declares neither reload.signal nor reload.exec";
    boolean reachable = !settings.reloadCommand().isEmpty() || processes.main() != 0;
    return reachable ? "" : name + " has no process";
  }

  private String elsewhere() {
    return name + " is " + standing.state();
  }

  void signal(Settings settings, List<Action> out) {
    out.add(new Action.SignalEach(List.of(processes.main()), settings.reloadSignal()));
    problem = "";
    standing.explain("");
  }

  /** Its command is started. */
  void begin(long now, Settings settings) {
    standing.explain("reloading");
    standing.deadlines().set(Due.RELOAD, Durations.after(now, settings.reloadTimeout()));
  }

  boolean isUnderWay() {
    return processes.helps(Task.RELOAD);
  }

  void tooLate(Settings settings, List<Action> out) {
    processes.endHelper(out);
    ended("not done within " + Durations.format(settings.reloadTimeout()));
  }

  /**
   * @param why it went wrong, or empty
   */
  void ended(String why) {
    standing.deadlines().clear(Due.RELOAD);
    problem = why.isEmpty() ? "" : "reload: " + why;
    if (standing.is(ServiceState.UP)) standing.explain(problem);
  }

  /** What went wrong in the last one, or empty. */
  String problem() {
    return standing.is(ServiceState.UP) ? problem : elsewhere();
  }
}
