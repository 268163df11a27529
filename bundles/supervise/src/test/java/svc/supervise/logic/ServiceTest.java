package svc.supervise.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import svc.supervise.logic.Action.ClearPidFile;
import svc.supervise.logic.Action.EndGroup;
import svc.supervise.logic.Action.KillCgroup;
import svc.supervise.logic.Action.ReadPidFile;
import svc.supervise.logic.Action.SignalEach;
import svc.supervise.logic.Action.SignalGroup;
import svc.supervise.logic.Action.SignalMain;
import svc.supervise.logic.Action.Spawn;
import svc.supervise.logic.Action.Sweep;
import svc.supervise.logic.Action.Watch;
import svc.type.ServiceType;
import svc.type.Task;

/** Events in, actions out: each test one decision. Times in milliseconds. */
class ServiceTest {

  private static final long MS = 1_000_000L;
  private static final Spawned.Failure NO_PROGRAM =
      new Spawned.Failure(Spawned.Stage.EXEC, "run", Errno.ENOENT);

  private final List<Action> out = new ArrayList<>();
  private Service service = service(TestType.DAEMON);

  /** Stopped within 100 ms, started within 500 ms; two restarts within 1 s, each 50 ms later. */
  private static Service service(ServiceType type, Entry... more) {
    List<Entry> entries =
        new ArrayList<>(
            List.of(
                new Entry("service", "type", "test", 1),
                new Entry("service", "stop-timeout", "100ms", 2),
                new Entry("service", "start-timeout", "500ms", 3),
                new Entry("restart", "delay", "50ms", 4),
                new Entry("restart", "limit", "2", 5),
                new Entry("restart", "period", "1s", 6)));
    entries.addAll(List.of(more));
    return new Service(new Declaration("web", "/etc/svc/web.ini", entries), type, 0);
  }

  private static Entry policy(String policy) {
    return new Entry("restart", "policy", policy, 9);
  }

  /** The actions since the last look. */
  private List<Action> actions() {
    out.removeIf(Action.Remember.class::isInstance);
    List<Action> actions = List.copyOf(out);
    out.clear();
    return actions;
  }

  private Spawn spawned(Task task, List<String> words, String directory) {
    return new Spawn(task, service.number(), words, directory);
  }

  private void is(ServiceState state, String reason) {
    assertEquals(state, service.state());
    assertEquals(reason, service.status().reason());
  }

  private Service up(ServiceType type, int pid, Entry... more) {
    service = service(type, more);
    service.start(0, out);
    service.spawned(Task.START, pid, 0, out);
    out.clear();
    return service;
  }

  private void exits(int pid, ExitStatus status, long ms) {
    service.exited(pid, status, ms * MS, out);
  }

  // Start

  @Test
  void thatItsLogCannotBeWrittenIsPublishedUntilItCan() {
    Service service = new Service(new Declaration("web", "web.ini", List.of()), null, 0);
    for (String problem : List.of("", "disk full", "")) {
      service.logged(problem);
      List<Action> out = new ArrayList<>();
      service.publish(0, out);
      assertTrue(out.stream().anyMatch(each -> isPublished(each, problem)), out::toString);
    }
  }

  private static boolean isPublished(Action action, String problem) {
    return action instanceof Action.Publish publish
        && publish.status().logProblem().equals(problem);
  }

  @Test
  void aDaemonIsUpWhenItRuns() {
    service.start(0, out);
    assertEquals(List.of(spawned(Task.START, List.of("run"), "")), actions());
    is(ServiceState.STARTING, "");
    service.spawned(Task.START, 7, 0, out);
    is(ServiceState.UP, "");
    assertEquals(7, service.status().pid());
    assertEquals(Kernel.NEVER, service.deadline());
  }

  @Test
  void itsDirectoryIsMadeWithTheStart() {
    service = service(new TestType(TestType.DAEMON.procedure().in("/run/svc/managers/web")));
    service.start(0, out);
    assertEquals(List.of(spawned(Task.START, List.of("run"), "/run/svc/managers/web")), actions());
  }

  @Test
  void aSecondWishToStartChangesNothing() {
    up(TestType.DAEMON, 7).start(1, out);
    assertEquals(List.of(), actions());
  }

  @Test
  void aTargetIsUpAtOnceAndDownAtOnce() {
    service = service(TestType.TARGET);
    service.start(0, out);
    assertEquals(List.of(), actions());
    is(ServiceState.UP, "");
    service.stop(1, out);
    assertEquals(List.of(new Sweep()), actions());
    service.swept(List.of(), out, 1);
    is(ServiceState.DOWN, "");
  }

  @Test
  void aOneshotIsUpWhenItsCommandEndedWell() {
    up(TestType.ONESHOT, 7);
    is(ServiceState.STARTING, "");
    exits(7, ExitStatus.exited(0), 1);
    is(ServiceState.UP, "");
    assertEquals(0, service.status().pid());
  }

  @Test
  void aFailedStartNamesStageAndErrno() {
    service = service(TestType.DAEMON, policy("never"));
    service.start(0, out);
    service.spawnFailed(Task.START, NO_PROGRAM, 0, out);
    is(ServiceState.FAILED, "cannot execute run: No such file or directory (ENOENT)");
    assertFalse(service.wantedUp());
  }

  @Test
  void aFailedStartIsTriedAgain() {
    service.start(0, out);
    service.spawnFailed(Task.START, NO_PROGRAM, 0, out);
    is(ServiceState.BACKING_OFF, "cannot execute run: No such file or directory (ENOENT)");
    assertEquals(50 * MS, service.deadline());
  }

  @Test
  void whatAFailedStartCommandLeftIsGoneBeforeTheNextTry() {
    up(TestType.ONESHOT, 7);
    exits(7, ExitStatus.exited(3), 1);
    assertEquals(
        List.of(new SignalGroup(7, Signal.KILL), new KillCgroup(), new Sweep()), actions());
    service.swept(List.of(9), out, 1 * MS);
    assertEquals(List.of(new SignalEach(List.of(9), Signal.KILL)), actions());
    is(ServiceState.STOPPING, "waits for processes [9]");
    service.orphanExited(out);
    service.swept(List.of(), out, 2 * MS);
    is(ServiceState.BACKING_OFF, "start command: exit status 3");
  }

  @Test
  void aStartThatTakesTooLongIsKilled() {
    up(TestType.ONESHOT, 7, policy("never"));
    assertEquals(500 * MS, service.deadline());
    service.woken(500 * MS, out);
    assertEquals(List.of(new KillCgroup(), new SignalGroup(7, Signal.KILL)), actions());
    is(ServiceState.STOPPING, "not up within 500ms");
    exits(7, ExitStatus.killed(9), 501);
    service.swept(List.of(), out, 501 * MS);
    is(ServiceState.FAILED, "not up within 500ms");
  }

  // Pid file

  @Test
  void aPidFileNamesTheMainProcess() {
    up(TestType.PIDFILE, 7);
    exits(7, ExitStatus.exited(0), 1);
    assertEquals(List.of(new ReadPidFile("/run/x.pid")), actions());
    service.pidFileRead(new PidFile(9, 8, ""), 1 * MS, out);
    assertEquals(List.of(new Watch(9)), actions());
    is(ServiceState.UP, "");
    assertEquals(9, service.main());
    service.stop(2 * MS, out);
    assertEquals(List.of(new SignalMain(9, Signal.TERM)), actions());
  }

  @Test
  void aMainProcessOfAPidFileIsSignalledInTheGroupThatItIsInByThen() {
    up(TestType.PIDFILE, 7);
    exits(7, ExitStatus.exited(0), 1);
    service.pidFileRead(new PidFile(9, 7, ""), 1 * MS, out);
    out.clear();
    service.stop(2 * MS, out);
    service.woken(102 * MS, out);
    assertEquals(
        List.of(new SignalMain(9, Signal.TERM), new KillCgroup(), new SignalMain(9, Signal.KILL)),
        actions());
  }

  @Test
  void whatAMainProcessOfAPidFileLeavesIsLookedForInBothOfItsGroups() {
    up(TestType.PIDFILE, 7, policy("never"));
    exits(7, ExitStatus.exited(0), 1);
    service.pidFileRead(new PidFile(9, 7, ""), 1 * MS, out);
    out.clear();
    exits(9, ExitStatus.exited(1), 2);
    assertEquals(List.of(new ReadPidFile("/run/x.pid")), actions());
    service.pidFileRead(new PidFile(0, 0, "stale"), 2 * MS, out);
    assertEquals(List.of(new ClearPidFile("/run/x.pid", 9), new EndGroup(9, 7)), actions());
    is(ServiceState.FAILED, "exit status 1");
  }

  @Test
  void thePidFileOfADaemonThatWasStoppedDoesNotOutliveIt() {
    up(TestType.PIDFILE, 7, policy("never"));
    exits(7, ExitStatus.exited(0), 1);
    service.pidFileRead(new PidFile(9, 9, ""), 1 * MS, out);
    service.stop(2 * MS, out);
    out.clear();
    exits(9, ExitStatus.exited(0), 3);
    assertEquals(List.of(new ClearPidFile("/run/x.pid", 9), new Sweep()), actions());
  }

  @Test
  void aDaemonThatPutsAnotherOneInItsPlaceStaysUp() {
    up(TestType.PIDFILE, 7, policy("never"));
    exits(7, ExitStatus.exited(0), 1);
    service.pidFileRead(new PidFile(9, 9, ""), 1 * MS, out);
    out.clear();
    exits(9, ExitStatus.exited(0), 2);
    service.pidFileRead(new PidFile(11, 11, ""), 2 * MS, out);
    assertEquals(List.of(new ReadPidFile("/run/x.pid"), new Watch(11)), actions());
    is(ServiceState.UP, "");
    assertEquals(11, service.status().pid());
  }

  @Test
  void whatThePidFileSaysOfADaemonThatEndedIsNotWhatItSaysOfTheNext() {
    List<Entry> atOnce =
        List.of(
            new Entry("service", "type", "test", 1),
            new Entry("service", "start-timeout", "500ms", 2),
            new Entry("restart", "policy", "always", 3),
            new Entry("restart", "delay", "0s", 4));
    service = new Service(new Declaration("web", "/etc/svc/web.ini", atOnce), TestType.PIDFILE, 0);
    service.start(0, out);
    service.spawned(Task.START, 7, 0, out);
    exits(7, ExitStatus.exited(0), 1);
    service.pidFileRead(new PidFile(9, 9, ""), 1 * MS, out);
    exits(9, ExitStatus.exited(0), 2);
    service.pidFileRead(new PidFile(0, 0, "stale"), 2 * MS, out);
    is(ServiceState.STARTING, "");
    assertEquals(502 * MS, service.deadline());
  }

  @Test
  void aWrongPidFileIsLookedAtAgainEverLaterUntilTheStartTimeout() {
    up(TestType.PIDFILE, 7, policy("never"));
    exits(7, ExitStatus.exited(0), 1);
    service.pidFileRead(new PidFile(0, 0, "stale"), 1 * MS, out);
    is(ServiceState.STARTING, "stale");
    assertEquals(11 * MS, service.deadline());
    out.clear();
    service.woken(11 * MS, out);
    assertEquals(List.of(new ReadPidFile("/run/x.pid")), actions());
    service.pidFileRead(new PidFile(0, 0, "stale"), 11 * MS, out);
    assertEquals(31 * MS, service.deadline());
    service.woken(500 * MS, out);
    service.swept(List.of(), out, 500 * MS);
    is(ServiceState.FAILED, "not up within 500ms: stale");
  }

  // Stop

  @Test
  void aStopIsTheSignalThenASweepThenDown() {
    up(TestType.DAEMON, 7).stop(0, out);
    assertEquals(List.of(new SignalGroup(7, Signal.TERM)), actions());
    assertEquals(100 * MS, service.deadline());
    exits(7, ExitStatus.killed(15), 1);
    assertEquals(List.of(new Sweep()), actions());
    service.swept(List.of(), out, 1 * MS);
    is(ServiceState.DOWN, "");
    assertEquals(ExitStatus.killed(15), service.status().lastExit());
    assertEquals(Kernel.NEVER, service.deadline());
  }

  @Test
  void whatIgnoresTheStopSignalIsKilledAtTheTimeoutAndEverySecondAfter() {
    up(TestType.DAEMON, 7).stop(0, out);
    out.clear();
    service.woken(100 * MS, out);
    assertEquals(List.of(new KillCgroup(), new SignalGroup(7, Signal.KILL)), actions());
    assertEquals(1_100 * MS, service.deadline());
    service.woken(1_100 * MS, out);
    assertEquals(List.of(new KillCgroup(), new SignalGroup(7, Signal.KILL)), actions());
  }

  @Test
  void whatIsLeftBehindIsSignalledOnceAndKilledAtTheTimeout() {
    up(TestType.DAEMON, 7).stop(0, out);
    exits(7, ExitStatus.killed(15), 1);
    out.clear();
    service.swept(List.of(9), out, 1 * MS);
    assertEquals(List.of(new SignalEach(List.of(9), Signal.TERM)), actions());
    service.swept(List.of(9), out, 2 * MS);
    assertEquals(List.of(), actions());
    service.woken(100 * MS, out);
    assertEquals(List.of(new KillCgroup(), new Sweep()), actions());
    service.swept(List.of(9), out, 100 * MS);
    assertEquals(List.of(new SignalEach(List.of(9), Signal.KILL)), actions());
  }

  @Test
  void aStopCommandThatFailsIsFollowedByDownAndARemark() {
    up(TestType.ONESHOT, 7);
    exits(7, ExitStatus.exited(0), 1);
    service.stop(2 * MS, out);
    assertEquals(List.of(spawned(Task.STOP, List.of("undo"), "")), actions());
    service.spawned(Task.STOP, 8, 0, out);
    exits(8, ExitStatus.exited(1), 3);
    assertEquals(List.of(new SignalGroup(8, Signal.KILL), new Sweep()), actions());
    service.swept(List.of(), out, 3 * MS);
    is(ServiceState.DOWN, "stop command: exit status 1");
  }

  @Test
  void aStopWhileItWaitsToBeStartedAgainTakesAwayWhatItLeft() {
    up(TestType.DAEMON, 7);
    exits(7, ExitStatus.exited(1), 1);
    out.clear();
    service.stop(2 * MS, out);
    is(ServiceState.STOPPING, "");
    assertEquals(List.of(new Sweep()), actions());
    service.swept(List.of(20), out, 2 * MS);
    assertEquals(List.of(new SignalEach(List.of(20), Signal.TERM)), actions());
    service.orphanExited(out);
    service.swept(List.of(), out, 3 * MS);
    is(ServiceState.DOWN, "");
    assertEquals(Kernel.NEVER, service.deadline());
  }

  // Restart

  @Test
  void anEndThatIsAFailureIsFollowedByARestartAfterTheDelay() {
    up(TestType.DAEMON, 7);
    exits(7, ExitStatus.exited(1), 10);
    assertEquals(List.of(new SignalGroup(7, Signal.KILL)), actions());
    is(ServiceState.BACKING_OFF, "exit status 1");
    assertEquals(60 * MS, service.deadline());
    service.woken(60 * MS, out);
    assertEquals(List.of(spawned(Task.START, List.of("run"), "")), actions());
    assertEquals(1, service.status().restarts());
  }

  @Test
  void aCleanEndIsDownUnlessThePolicyIsAlways() {
    up(TestType.DAEMON, 7);
    exits(7, ExitStatus.exited(0), 10);
    is(ServiceState.DOWN, "exit status 0");
    assertFalse(service.wantedUp());
    up(TestType.DAEMON, 7, policy("always"));
    exits(7, ExitStatus.exited(0), 10);
    is(ServiceState.BACKING_OFF, "exit status 0");
  }

  @Test
  void tooManyRestartsWithinThePeriodAreAFailureThatSaysSo() {
    up(TestType.DAEMON, 7);
    crash(7, 10);
    crash(8, 80);
    exits(9, ExitStatus.killed(11), 150);
    is(ServiceState.FAILED, "restarted 2 times within 1s; last: killed by SIGSEGV");
    assertEquals(2, service.status().restarts());
    assertFalse(service.wantedUp());
  }

  /** The next instance has the next number. */
  private void crash(int pid, long ms) {
    exits(pid, ExitStatus.killed(11), ms);
    service.woken((ms + 50) * MS, out);
    service.spawned(Task.START, pid + 1, 0, out);
    is(ServiceState.UP, "");
  }

  @Test
  void restartsAPeriodApartGoOnForEver() {
    up(TestType.DAEMON, 7);
    for (int i = 0; i < 20; i++) crash(7 + i, 1_000L * i);
    assertEquals(20, service.status().restarts());
  }

  @Test
  void aWishToStartForgivesWhatWas() {
    up(TestType.DAEMON, 7);
    crash(7, 10);
    crash(8, 80);
    exits(9, ExitStatus.killed(11), 150);
    service.start(151 * MS, out);
    assertEquals(0, service.status().restarts());
    service.spawned(Task.START, 10, 0, out);
    crash(10, 160);
  }

  @Test
  void aWishedRestartStopsAndStartsAndIsNotCounted() {
    up(TestType.DAEMON, 7).restart(0, out);
    assertEquals(List.of(new SignalGroup(7, Signal.TERM)), actions());
    exits(7, ExitStatus.killed(15), 1);
    out.clear();
    service.swept(List.of(), out, 1 * MS);
    assertEquals(List.of(spawned(Task.START, List.of("run"), "")), actions());
    assertEquals(0, service.status().restarts());
  }

  // The type comes and goes

  @Test
  void withoutItsTypeItIsParkedUntilThatArrives() {
    service = service(null);
    service.start(0, out);
    is(ServiceState.NO_TYPE, "type test is not installed");
    service.typeArrived(TestType.DAEMON, 1, out);
    assertEquals(List.of(spawned(Task.START, List.of("run"), "")), actions());
  }

  @Test
  void whatRunsGoesOnWithoutItsTypeAndCanBeStopped() {
    up(TestType.DAEMON, 7).typeLeft();
    is(ServiceState.UP, "");
    assertTrue(service.status().unmanaged());
    service.stop(0, out);
    exits(7, ExitStatus.killed(15), 1);
    service.swept(List.of(), out, 1 * MS);
    is(ServiceState.DOWN, "");
  }

  @Test
  void anEndWithoutTheTypeIsJudgedWhenItIsBack() {
    up(TestType.DAEMON, 7).typeLeft();
    exits(7, ExitStatus.exited(1), 1);
    is(ServiceState.NO_TYPE, "ended while type test is not installed: exit status 1");
    service.typeArrived(TestType.DAEMON, 2 * MS, out);
    is(ServiceState.BACKING_OFF, "exit status 1");
  }

  @Test
  void aStartCommandThatEndsWithoutTheTypeIsStillAStartCommandWhenItIsBack() {
    up(TestType.PIDFILE, 7).typeLeft();
    exits(7, ExitStatus.exited(0), 1);
    assertEquals(ServiceState.STARTING, service.state());
    assertEquals(List.of(), actions());
    service.typeArrived(TestType.PIDFILE, 2 * MS, out);
    assertEquals(List.of(new ReadPidFile("/run/x.pid")), actions());
  }

  // Telling

  @Test
  void aStatusIsToldOnceAndSaysSinceWhen() {
    service.publish(1, out);
    assertEquals(1, actions().size());
    service.publish(2, out);
    assertEquals(List.of(), actions());
    assertNull(service.status().lastExit());
    up(TestType.DAEMON, 7).publish(3, out);
    assertEquals(3, service.status().since());
  }

  // Taking over

  private Service takenOver() {
    service = new Service(service.snapshot(), TestType.DAEMON);
    out.clear();
    return service;
  }

  @Test
  void aProcessIsWrittenDownBeforeItIsSpawned() {
    service.start(0, out);
    assertEquals(2, out.size());
    Action.Remember first = (Action.Remember) out.get(0);
    assertEquals(Task.START, first.snapshot().spawning());
    assertEquals(((Spawn) out.get(1)).number(), first.snapshot().number());
  }

  @Test
  void whatIsKnownOfAServiceIsAllInItsSnapshot() {
    up(TestType.DAEMON, 7);
    exits(7, ExitStatus.exited(1), 5);
    Snapshot before = service.snapshot();
    assertEquals(before, takenOver().snapshot());
    is(ServiceState.BACKING_OFF, "exit status 1");
    assertEquals(service.deadline(), before.deadline());
  }

  @Test
  void aRunningServiceIsLeftAlone() {
    up(TestType.DAEMON, 7);
    takenOver().resume(9 * MS, out);
    assertEquals(List.of(), actions());
    is(ServiceState.UP, "");
    assertEquals(7, service.main());
  }

  @Test
  void anEndThatNobodyHeardCountsOnceAndKillsOnlyWhatIsOurs() {
    up(TestType.DAEMON, 7);
    takenOver().endedUnheard(7, ExitStatus.killed(9), 9 * MS, out);
    assertEquals(List.of(new EndGroup(0, 7)), actions());
    is(ServiceState.BACKING_OFF, "killed by SIGKILL");
  }

  @Test
  void aStartThatNobodyMadeIsMade() {
    service.start(0, out);
    takenOver().resume(9 * MS, out);
    assertEquals(List.of(spawned(Task.START, List.of("run"), "")), actions());
  }

  @Test
  void aStopGoesOn() {
    up(TestType.DAEMON, 7).stop(1, out);
    takenOver().endedUnheard(7, ExitStatus.killed(15), 9 * MS, out);
    out.clear();
    service.resume(9 * MS, out);
    assertEquals(List.of(new Sweep()), actions());
  }

  private void found(ServiceType type) {
    service = service(type);
    service.found(7, 3, 0);
  }

  @Test
  void whatRunsWithoutARecordIsWhatItsTypeSays() {
    found(TestType.DAEMON);
    is(ServiceState.UP, "found running, its record is lost");
    found(TestType.ONESHOT);
    is(ServiceState.STARTING, "found running, its record is lost");
    exits(7, ExitStatus.exited(0), 1);
    is(ServiceState.UP, "");
    found(TestType.PIDFILE);
    service.resume(0, out);
    assertEquals(List.of(new ReadPidFile("/run/x.pid")), actions());
  }

  @Test
  void whatRunsWithoutARecordAndATypeCanBeStopped() {
    found(null);
    is(ServiceState.UP, "found running, its record is lost");
    service.stop(1, out);
    assertEquals(List.of(new SignalGroup(7, Signal.TERM)), actions());
  }

  // Signals from people

  @Test
  void aSignalGoesToTheGroupOrToTheMainProcessAlone() {
    up(TestType.DAEMON, 7);
    assertTrue(service.kill(Signal.HUP, false, out));
    assertTrue(service.kill(Signal.HUP, true, out));
    assertEquals(
        List.of(
            new Action.SignalGroup(7, Signal.HUP), new Action.SignalEach(List.of(7), Signal.HUP)),
        actions());
    is(ServiceState.UP, "");
  }

  @Test
  void nothingIsSentToWhatDoesNotRun() {
    assertFalse(service.kill(Signal.KILL, false, out));
    assertEquals(List.of(), actions());
  }

  @Test
  void whatASignalEndsIsStartedAgainAsItsPolicySays() {
    up(TestType.DAEMON, 7);
    service.kill(Signal.KILL, false, out);
    exits(7, ExitStatus.killed(9), 1);
    is(ServiceState.BACKING_OFF, "killed by SIGKILL");
  }
}
