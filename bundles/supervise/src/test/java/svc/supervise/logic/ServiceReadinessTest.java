package svc.supervise.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import svc.os.Errno;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.Signal;
import svc.os.Spawned;
import svc.service.Declaration;
import svc.service.Declaration.Entry;
import svc.service.ServiceState;
import svc.supervise.logic.Action.CloseNotices;
import svc.supervise.logic.Action.KillCgroup;
import svc.supervise.logic.Action.OpenNotices;
import svc.supervise.logic.Action.SignalEach;
import svc.supervise.logic.Action.SignalGroup;
import svc.supervise.logic.Action.SignalMain;
import svc.supervise.logic.Action.Spawn;
import svc.supervise.logic.Action.Sweep;
import svc.supervise.logic.Action.Watch;
import svc.type.Task;

/**
 * Being ready, being well, and being told to read the configuration anew. Times in milliseconds.
 */
class ServiceReadinessTest {

  private static final long MS = 1_000_000L;

  private final List<Action> out = new ArrayList<>();
  private Service service;

  /** Started within 500 ms, stopped within 100 ms, restarted after 50 ms. */
  private void started(Entry... more) {
    service = new Service(declaration(more), TestType.DAEMON, 0);
    service.start(0, out);
    service.spawned(Task.START, 7, 0, out);
  }

  private static Declaration declaration(Entry... more) {
    List<Entry> entries =
        new ArrayList<>(
            List.of(
                new Entry("service", "type", "test", 1),
                new Entry("service", "stop-timeout", "100ms", 2),
                new Entry("service", "start-timeout", "500ms", 3),
                new Entry("restart", "delay", "50ms", 4)));
    entries.addAll(List.of(more));
    return new Declaration("web", "/etc/svc/web.ini", entries);
  }

  private static Entry ready(String key, String value) {
    return new Entry("ready", key, value, 9);
  }

  private static Entry reload(String key, String value) {
    return new Entry("reload", key, value, 9);
  }

  private static Entry service(String key, String value) {
    return new Entry("service", key, value, 9);
  }

  private void says(String words, long ms) {
    service.notified(Notice.of(words.getBytes(StandardCharsets.UTF_8)), ms * MS, out);
  }

  private void exits(int pid, ExitStatus status, long ms) {
    service.exited(pid, status, ms * MS, out);
  }

  private List<Action> actions() {
    service.publish(0, out);
    out.removeIf(each -> each instanceof Action.Remember || each instanceof Action.Publish);
    List<Action> actions = List.copyOf(out);
    out.clear();
    return actions;
  }

  private void is(ServiceState state, String reason) {
    assertEquals(state, service.state());
    assertEquals(reason, service.status().reason());
  }

  private Service successor() {
    service = new Service(service.snapshot(), TestType.DAEMON);
    out.clear();
    service.resume(0, out);
    return service;
  }

  // By its own word

  @Test
  void itIsStartingUntilItSaysThatItIsReady() {
    started(ready("by", "notify"));
    is(ServiceState.STARTING, "waits for its READY=1");
    assertEquals(7, service.status().pid());
    says("STATUS=loading", 10);
    is(ServiceState.STARTING, "waits for its READY=1");
    says("READY=1", 20);
    is(ServiceState.UP, "loading");
  }

  @Test
  void whatItSaysOfItselfIsItsReasonWhileItIsUp() {
    started(ready("by", "notify"));
    says("READY=1\nSTATUS=3 clients", 20);
    is(ServiceState.UP, "3 clients");
    says("STATUS=", 30);
    is(ServiceState.UP, "");
    says("STOPPING=1", 40);
    is(ServiceState.UP, "ends by itself");
  }

  @Test
  void whoNeverSaysSoHasFailed() {
    started(ready("by", "notify"));
    actions();
    service.woken(500 * MS, out);
    is(ServiceState.STOPPING, "not up within 500ms: waits for its READY=1");
    assertEquals(List.of(new KillCgroup(), new SignalGroup(7, Signal.KILL)), actions());
    exits(7, ExitStatus.killed(9), 501);
    service.swept(List.of(), out, 501 * MS);
    is(ServiceState.BACKING_OFF, "not up within 500ms: waits for its READY=1");
  }

  @Test
  void itMayAskForMoreTime() {
    started(ready("by", "notify"));
    says("EXTEND_TIMEOUT_USEC=900000", 400);
    assertEquals(1_300 * MS, service.deadline());
    service.woken(1_300 * MS, out);
    assertEquals(ServiceState.STOPPING, service.state());
  }

  @Test
  void whoEndsBeforeItIsReadyHasFailedWhateverItsStatus() {
    started(ready("by", "notify"));
    exits(7, ExitStatus.exited(0), 10);
    is(ServiceState.STOPPING, "ended before it was ready: exit status 0");
    service.swept(List.of(), out, 10 * MS);
    is(ServiceState.BACKING_OFF, "ended before it was ready: exit status 0");
  }

  @Test
  void aReadyThatComesLaterIsNothingNew() {
    started();
    is(ServiceState.UP, "");
    says("READY=1", 10);
    is(ServiceState.UP, "");
  }

  @Test
  void anotherProcessBecomesTheMainOne() {
    started(ready("by", "notify"));
    says("READY=1", 5);
    actions();
    service.mainIs(9, out);
    assertEquals(List.of(new Watch(9)), actions());
    assertEquals(9, service.status().pid());
    exits(7, ExitStatus.exited(0), 10);
    assertEquals(ServiceState.UP, service.state());
    service.stop(20 * MS, out);
    assertEquals(List.of(new SignalMain(9, Signal.TERM)), actions());
  }

  @Test
  void itsSocketIsClosedWhenItIsDown() {
    started(ready("by", "notify"));
    says("READY=1", 5);
    service.stop(10 * MS, out);
    exits(7, ExitStatus.killed(15), 20);
    actions();
    service.swept(List.of(), out, 20 * MS);
    assertEquals(List.of(new CloseNotices()), actions());
  }

  @Test
  void aSuccessorHearsItAgainAndBelievesWhoMayHaveSpokenMeanwhile() {
    started(ready("by", "notify"));
    successor();
    assertTrue(actions().contains(new OpenNotices()));
    service.listening(true);
    service.woken(500 * MS, out);
    is(ServiceState.UP, "taken for ready: nobody listened for a while");
  }

  @Test
  void aSuccessorInTheSameProcessHasMissedNothing() {
    started(ready("by", "notify"));
    successor().listening(false);
    service.woken(500 * MS, out);
    assertEquals(ServiceState.STOPPING, service.state());
  }

  // By its descriptor

  @Test
  void aLineOnItsDescriptorSaysThatItIsReady() {
    started(ready("by", "descriptor"));
    is(ServiceState.STARTING, "waits for its line on descriptor 3");
    service.ready(10 * MS);
    is(ServiceState.UP, "");
  }

  @Test
  void whoClosesItsDescriptorWithoutALineHasFailed() {
    started(ready("by", "descriptor"), ready("descriptor", "5"));
    service.closedWithoutALine(10 * MS, out);
    is(ServiceState.STOPPING, "closed descriptor 5 before it was ready");
  }

  // By a check

  private void checked() {
    started(ready("by", "check"), ready("check", "ping"), ready("interval", "20ms"));
  }

  @Test
  void aCheckIsRunUntilItSucceeds() {
    checked();
    assertTrue(actions().contains(new Spawn(Task.CHECK, 2, List.of("ping"), "")));
    service.spawned(Task.CHECK, 8, 0, out);
    exits(8, ExitStatus.exited(1), 5);
    is(ServiceState.STARTING, "check: exit status 1");
    assertEquals(25 * MS, service.deadline());
    service.woken(25 * MS, out);
    service.spawned(Task.CHECK, 9, 25 * MS, out);
    exits(9, ExitStatus.exited(0), 30);
    is(ServiceState.UP, "");
    assertEquals(Kernel.NEVER, service.deadline());
  }

  @Test
  void aCheckThatCannotBeRunIsOneThatFailed() {
    checked();
    service.spawnFailed(
        Task.CHECK, new Spawned.Failure(Spawned.Stage.EXEC, "ping", Errno.ENOENT), 0, out);
    assertTrue(service.status().reason().startsWith("check: cannot execute ping: "));
    assertEquals(20 * MS, service.deadline());
  }

  @Test
  void anotherDeclarationInTheMiddleChangesNothingOfIt() {
    checked();
    service.spawned(Task.CHECK, 8, 0, out);
    service.declare(declaration());
    exits(8, ExitStatus.exited(1), 5);
    actions();
    service.woken(25 * MS, out);
    assertEquals(List.of(new Spawn(Task.CHECK, 3, List.of("ping"), "")), actions());
    successor();
    assertEquals(List.of("ping"), service.launch().readiness().check());
  }

  @Test
  void aCheckEndsWithWhatItAsksAbout() {
    checked();
    service.spawned(Task.CHECK, 8, 0, out);
    actions();
    service.stop(1, out);
    assertEquals(
        List.of(new SignalGroup(8, Signal.KILL), new SignalGroup(7, Signal.TERM)), actions());
    exits(8, ExitStatus.killed(9), 2);
    assertFalse(actions().contains(new Sweep()));
    exits(7, ExitStatus.killed(15), 3);
    assertEquals(List.of(new Sweep()), actions());
  }

  @Test
  void aSuccessorAsksAgain() {
    checked();
    service.spawned(Task.CHECK, 8, 0, out);
    exits(8, ExitStatus.exited(1), 5);
    successor();
    assertTrue(
        out.stream().anyMatch(each -> each instanceof Spawn check && check.task() == Task.CHECK));
  }

  // Its watchdog

  private void watched() {
    started(ready("by", "notify"), service("watchdog", "30ms"));
    says("READY=1", 100);
    actions();
  }

  @Test
  void whoIsSilentForTooLongHasFailed() {
    watched();
    says("WATCHDOG=1", 120);
    assertEquals(150 * MS, service.deadline());
    service.woken(150 * MS, out);
    is(ServiceState.STOPPING, "watchdog: silent for 30ms");
    assertEquals(List.of(new SignalGroup(7, new Signal(6))), actions());
    exits(7, ExitStatus.killed(6), 151);
    service.swept(List.of(), out, 151 * MS);
    is(ServiceState.BACKING_OFF, "watchdog: silent for 30ms");
  }

  @Test
  void itMayNotBeWellAndSaySo() {
    watched();
    says("WATCHDOG=trigger", 110);
    is(ServiceState.STOPPING, "watchdog: asked for its watchdog");
  }

  @Test
  void itMaySetAnotherPeriod() {
    watched();
    says("WATCHDOG_USEC=200000", 110);
    assertEquals(310 * MS, service.deadline());
  }

  @Test
  void aSuccessorGivesItAWholePeriod() {
    watched();
    successor();
    assertEquals(30 * MS, service.deadline());
  }

  // Reading its configuration anew

  @Test
  void aReloadByASignal() {
    started(reload("signal", "HUP"));
    actions();
    service.reload(1, out);
    assertEquals(List.of(new SignalEach(List.of(7), Signal.HUP)), actions());
    assertFalse(service.reloading());
    assertEquals("", service.reloadProblem());
  }

  private void reloading() {
    started(reload("exec", "reread"), reload("timeout", "40ms"));
    actions();
    service.reload(0, out);
    assertEquals(List.of(new Spawn(Task.RELOAD, 2, List.of("reread"), "")), actions());
    service.spawned(Task.RELOAD, 8, 0, out);
    is(ServiceState.UP, "reloading");
    assertTrue(service.reloading());
  }

  @Test
  void aReloadByACommand() {
    reloading();
    exits(8, ExitStatus.exited(0), 10);
    is(ServiceState.UP, "");
    assertFalse(service.reloading());
    assertEquals("", service.reloadProblem());
  }

  @Test
  void aReloadThatFailsLeavesItUpAndSaysWhy() {
    reloading();
    exits(8, ExitStatus.exited(3), 10);
    is(ServiceState.UP, "reload: exit status 3");
    assertEquals("reload: exit status 3", service.reloadProblem());
    assertEquals(7, service.status().pid());
  }

  @Test
  void aReloadThatTakesTooLongIsKilledAndTheServiceIsNot() {
    reloading();
    service.woken(40 * MS, out);
    is(ServiceState.UP, "reload: not done within 40ms");
    assertEquals(List.of(new SignalGroup(8, Signal.KILL)), actions());
  }

  @Test
  void aSuccessorHearsTheEndOfAReload() {
    reloading();
    successor();
    assertTrue(service.reloading());
    exits(8, ExitStatus.exited(3), 10);
    is(ServiceState.UP, "reload: exit status 3");
  }

  @Test
  void aStopDoesNotWaitForAReload() {
    reloading();
    service.stop(1, out);
    assertEquals(
        List.of(new SignalGroup(8, Signal.KILL), new SignalGroup(7, Signal.TERM)), actions());
  }

  @Test
  void whoDeclaresNoReloadHasNone() {
    started();
    assertEquals("web declares neither reload.signal nor reload.exec", service.reloadRefusal());
    service.stop(1, out);
    assertEquals("web is stopping", service.reloadRefusal());
  }

  // Stopping in steps, starting again later and later

  @Test
  void aStopThatTakesLongIsAskedForInOtherWords() {
    started(service("stop-then", "INT 10ms"), service("stop-then", "QUIT 20ms"));
    service.stop(0, out);
    actions();
    service.woken(10 * MS, out);
    assertEquals(List.of(new SignalGroup(7, Signal.INT)), actions());
    service.woken(30 * MS, out);
    assertEquals(List.of(new SignalGroup(7, new Signal(3))), actions());
    assertEquals(100 * MS, service.deadline());
    service.woken(100 * MS, out);
    assertEquals(List.of(new KillCgroup(), new SignalGroup(7, Signal.KILL)), actions());
  }

  @Test
  void theDelayGrowsAndIsShortAgainWhenItWasWell() {
    started(
        new Entry("restart", "max-delay", "150ms", 9),
        new Entry("restart", "healthy", "1s", 9),
        new Entry("restart", "limit", "100", 9));
    assertEquals(50, delayAfterCrash(10));
    assertEquals(100, delayAfterCrash(20));
    assertEquals(150, delayAfterCrash(30));
    assertEquals(50, delayAfterCrash(1_030));
  }

  private long now;

  private long delayAfterCrash(long upFor) {
    now += upFor;
    exits(service.main(), ExitStatus.exited(1), now);
    long delay = service.deadline() / MS - now;
    now += delay;
    service.woken(now * MS, out);
    service.spawned(Task.START, 7, now * MS, out);
    return delay;
  }
}
