package svc.supervise.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongBinaryOperator;
import org.junit.jupiter.api.Test;
import svc.os.Errno;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.Signal;
import svc.os.Spawned;
import svc.service.Declaration;
import svc.service.Declaration.Entry;
import svc.service.Key;
import svc.service.Problem;
import svc.service.ServiceState;
import svc.supervise.logic.Action.AwaitDemand;
import svc.supervise.logic.Action.CloseListeners;
import svc.supervise.logic.Action.Publish;
import svc.supervise.logic.Action.ReadClock;
import svc.supervise.logic.Action.Remember;
import svc.supervise.logic.Action.SignalGroup;
import svc.supervise.logic.Action.Spawn;
import svc.supervise.logic.Action.Sweep;
import svc.supervise.logic.Action.TakeListeners;
import svc.type.Listener;
import svc.type.Procedure;
import svc.type.ServiceType;
import svc.type.Task;

/** Services that are up and run nothing until they are asked to. Times in milliseconds. */
class ServiceOnDemandTest {

  private static final long MS = 1_000_000L;
  private static final long NOON = 1_000_000_000L;

  private static final List<Listener> SOCKETS =
      List.of(new Listener("tcp:127.0.0.1:80", 0666, 16), new Listener("unix:/run/x", 0666, 16));

  /** A type whose services run at times of its own. */
  private record Timed(LongBinaryOperator when) implements ServiceType {
    @Override
    public String name() {
      return "test";
    }

    @Override
    public List<Key> keys() {
      return List.of();
    }

    @Override
    public List<Problem> check(Declaration declaration) {
      return List.of();
    }

    @Override
    public Procedure procedure(Declaration declaration) {
      return Procedure.onDemand(List.of("run"));
    }

    @Override
    public long next(Declaration declaration, long lastRun, long since) {
      return when.applyAsLong(lastRun, since);
    }
  }

  private static final ServiceType EVERY_SECOND =
      new Timed((lastRun, since) -> (lastRun == 0 ? since : lastRun) + 1_000);
  private static final ServiceType SOCKET =
      new TestType(Procedure.onDemand(List.of("run")).listening(SOCKETS));

  private final List<Action> out = new ArrayList<>();
  private Service service;
  private int lastPid = 100;

  /** Two failures within 1 s are allowed, the next run is 50 ms later. */
  private Service service(ServiceType type) {
    List<Entry> entries =
        List.of(
            new Entry("service", "type", "test", 1),
            new Entry("service", "stop-timeout", "100ms", 2),
            new Entry("restart", "delay", "50ms", 4),
            new Entry("restart", "limit", "2", 5),
            new Entry("restart", "period", "1s", 6));
    service = new Service(new Declaration("web", "/etc/svc/web.ini", entries), type, 0);
    return service;
  }

  /** Everything but what is only told and written down. */
  private List<Action> actions() {
    List<Action> actions = new ArrayList<>(out);
    actions.removeIf(each -> each instanceof Remember || each instanceof Publish);
    out.clear();
    return actions;
  }

  private void is(ServiceState state, String reason) {
    assertEquals(state, service.state());
    assertEquals(reason, service.status().reason());
  }

  /** Started and waiting since a time. */
  private void up(ServiceType type, long ms) {
    service(type).start(ms * MS, out);
    assertEquals(List.of(new AwaitDemand()), actions());
    waiting(ms);
    is(ServiceState.UP, "");
    assertEquals(0, service.main());
    assertEquals(List.of(), actions());
  }

  private void waiting(long ms) {
    service.waiting(ms * MS, NOON + ms, out);
  }

  /** It is run. */
  private int runs() {
    assertEquals(List.of(Spawn.class), actions().stream().map(Object::getClass).toList());
    service.spawned(Task.MAIN, ++lastPid, 0, out);
    assertEquals(lastPid, service.main());
    return lastPid;
  }

  private void ends(int pid, ExitStatus status, long ms) {
    service.exited(pid, status, ms * MS, out);
    assertTrue(actions().contains(new SignalGroup(pid, Signal.KILL)));
  }

  private void wakes(long ms) {
    assertEquals(ms * MS, service.deadline());
    service.woken(ms * MS, out);
  }

  @Test
  void aTimerRunsWhenItsTimeHasComeAndWaitsAgain() {
    up(EVERY_SECOND, 0);
    wakes(1_000);
    assertEquals(List.of(new ReadClock()), actions());
    waiting(1_000);
    int pid = runs();
    is(ServiceState.UP, "");
    assertEquals(Kernel.NEVER, service.deadline());
    assertEquals(1, service.status().restarts());

    service.exited(pid, ExitStatus.exited(0), 1_200 * MS, out);
    assertEquals(List.of(new SignalGroup(pid, Signal.KILL), new AwaitDemand()), actions());
    waiting(1_200);
    assertEquals(2_000 * MS, service.deadline());
    assertEquals(ExitStatus.exited(0), service.status().lastExit());
  }

  @Test
  void aRunThatFailedIsToldUntilOneGoesWell() {
    up(EVERY_SECOND, 0);
    waiting(1_000);
    ends(runs(), ExitStatus.exited(3), 1_100);
    is(ServiceState.UP, "last run: exit status 3");
    waiting(1_100);
    for (int second = 2; second < 10; second++) {
      waiting(1_000 * second);
      int pid = runs();
      is(ServiceState.UP, "last run: exit status 3");
      ends(pid, ExitStatus.exited(3), 1_000 * second + 1);
      waiting(1_000 * second + 1);
    }
    waiting(10_000);
    ends(runs(), ExitStatus.exited(0), 10_001);
    is(ServiceState.UP, "");
    assertEquals(10, service.status().restarts());
  }

  @Test
  void aProgramThatCannotBeStartedIsARunThatFailed() {
    up(EVERY_SECOND, 0);
    waiting(1_000);
    actions();
    Spawned.Failure failure = new Spawned.Failure(Spawned.Stage.EXEC, "run", Errno.ENOENT);
    service.spawnFailed(Task.MAIN, failure, 1_000 * MS, out);
    is(ServiceState.UP, "last run: cannot execute run: No such file or directory (ENOENT)");
    assertEquals(List.of(new AwaitDemand()), actions());
  }

  @Test
  void theClockIsLookedAtEveryMinute() {
    up(new Timed((lastRun, since) -> NOON + 3_600_000), 0);
    wakes(60_000);
    assertEquals(List.of(new ReadClock()), actions());
    service.waiting(60_000 * MS, NOON + 60_000, out);
    wakes(120_000);
    actions();
    service.waiting(120_000 * MS, NOON + 3_599_990, out); // somebody set it forward
    wakes(120_010);
    actions();
    service.waiting(120_010 * MS, NOON + 3_600_000, out);
    runs();
  }

  @Test
  void aClockThatIsSetBackIsWaitedForFromThereOn() {
    long[] asked = new long[2];
    up(
        new Timed(
            (lastRun, since) -> {
              asked[0] = lastRun;
              asked[1] = since;
              return since + 1_000;
            }),
        0);
    service.waiting(1_000 * MS, NOON + 1_000, out);
    ends(runs(), ExitStatus.exited(0), 1_001);
    service.waiting(1_001 * MS, NOON + 1_001, out);
    assertEquals(NOON + 1_000, asked[0]);
    assertEquals(NOON + 1_001, asked[1]);
    service.waiting(1_500 * MS, 500, out);
    assertEquals(500, asked[0]);
    assertEquals(500, asked[1]);
    assertEquals(2_500 * MS, service.deadline());
  }

  @Test
  void nothingRunsWhileTheTypeIsAwayAndItIsMadeUpAfterwards() {
    up(EVERY_SECOND, 0);
    service.typeLeft();
    waiting(1_000);
    assertEquals(List.of(), actions());
    assertEquals(Kernel.NEVER, service.deadline());
    service.typeArrived(EVERY_SECOND, 5_000 * MS, out);
    assertEquals(List.of(new ReadClock()), actions());
    waiting(5_000);
    runs();
  }

  @Test
  void anEndThatNobodyCanJudgeWaitsForTheType() {
    up(SOCKET, 0);
    service.demanded(0, NOON, out);
    int pid = runs();
    service.typeLeft();
    ends(pid, ExitStatus.exited(0), 100);
    assertEquals(ServiceState.NO_TYPE, service.state());
    service.publish(NOON, out);
    assertEquals(List.of(), actions(), "its sockets stay open");
    service.typeArrived(SOCKET, 200 * MS, out);
    is(ServiceState.UP, "");
    assertEquals(List.of(new AwaitDemand()), actions());
  }

  @Test
  void aConnectionStartsTheProgramOnce() {
    up(SOCKET, 0);
    service.demanded(5 * MS, NOON + 5, out);
    int pid = runs();
    service.demanded(6 * MS, NOON + 6, out);
    assertEquals(List.of(), actions(), "the other socket");
    ends(pid, ExitStatus.exited(0), 50);
    waiting(50);
    service.demanded(60 * MS, NOON + 60, out);
    runs();
    assertEquals(2, service.status().restarts());
  }

  @Test
  void aSocketsProgramThatFailsIsLeftAloneForTheDelay() {
    up(SOCKET, 0);
    service.demanded(0, NOON, out);
    ends(runs(), ExitStatus.exited(1), 10);
    is(ServiceState.UP, "last run: exit status 1");
    service.demanded(20 * MS, NOON + 20, out);
    assertEquals(List.of(), actions());
    wakes(60);
    assertEquals(List.of(new AwaitDemand()), actions());
  }

  /** They may have gone with the supervisor before, and who comes is to wait and not be refused. */
  @Test
  void itsSocketsAreOpenedAtOnceThough() {
    up(SOCKET, 0);
    service.demanded(0, NOON, out);
    int pid = runs();
    service = new Service(service.snapshot(), SOCKET);
    service.endedUnheard(pid, ExitStatus.exited(1), 10 * MS, out);
    assertTrue(actions().contains(new AwaitDemand()));
    waiting(10);
    service.demanded(20 * MS, NOON + 20, out);
    assertEquals(List.of(), actions());
    wakes(60);
    assertEquals(List.of(new AwaitDemand()), actions());
    service.demanded(60 * MS, NOON + 60, out);
    runs();
  }

  @Test
  void andFailsTheServiceWhenItFailsTooOften() {
    up(SOCKET, 0);
    for (int i = 0; i < 3; i++) {
      service.demanded(100 * i * MS, NOON, out);
      ends(runs(), ExitStatus.exited(1), 100 * i + 10);
      if (i == 2) break;
      wakes(100 * i + 60);
      actions();
      waiting(100 * i + 60);
    }
    is(ServiceState.FAILED, "restarted 2 times within 1s; last: exit status 1");
    service.publish(NOON, out);
    assertEquals(List.of(new CloseListeners()), actions());
    assertEquals(Kernel.NEVER, service.deadline());
    service.publish(NOON, out);
    assertEquals(List.of(), actions(), "closed once");
  }

  /** Somebody always waits, and no run serves anybody. */
  private int runsUntilItFails(Runnable before) {
    int runs = 0;
    for (long ms = 0; service.state() == ServiceState.UP && ms < 1_000; ms += 2) {
      before.run();
      service.demanded(ms * MS, NOON + ms, out);
      if (service.state() != ServiceState.UP) break;
      ends(runs(), ExitStatus.exited(0), ms + 1);
      waiting(ms + 1);
      runs++;
    }
    return runs;
  }

  @Test
  void aProgramThatEndsWellAndServesNobodyIsNotStartedForEver() {
    up(SOCKET, 0);
    assertEquals(Demand.RUNS_MOST, runsUntilItFails(() -> {}));
    is(ServiceState.FAILED, "started 20 times within 2s, and somebody still waits");
  }

  @Test
  void neitherTheDelayNorTheLimitBeginsAnewWithASupervisor() {
    up(SOCKET, 0);
    int runs = runsUntilItFails(() -> service = new Service(service.snapshot(), SOCKET));
    assertEquals(Demand.RUNS_MOST, runs);

    up(SOCKET, 0);
    service.demanded(0, NOON, out);
    ends(runs(), ExitStatus.exited(1), 10);
    service = new Service(service.snapshot(), SOCKET);
    service.resume(15 * MS, out);
    assertEquals(List.of(new AwaitDemand()), actions());
    waiting(15);
    service.demanded(20 * MS, NOON + 20, out);
    assertEquals(List.of(), actions());
    wakes(60);
  }

  @Test
  void aSocketThatCannotBeOpenedIsAFailedStart() {
    service(SOCKET).start(0, out);
    actions();
    service.listenFailed("cannot listen on x: Address already in use (EADDRINUSE)", 0, out);
    is(ServiceState.BACKING_OFF, "cannot listen on x: Address already in use (EADDRINUSE)");
    wakes(50);
    assertEquals(List.of(new AwaitDemand()), actions());
  }

  @Test
  void stoppedWhileNothingRuns() {
    up(SOCKET, 0);
    service.stop(10 * MS, out);
    service.publish(NOON, out);
    assertEquals(List.of(new Sweep()), actions());
    service.demanded(11 * MS, NOON + 11, out);
    service.swept(List.of(), out, 12 * MS);
    is(ServiceState.DOWN, "");
    service.publish(NOON, out);
    assertEquals(List.of(new CloseListeners()), actions());
    assertEquals(Kernel.NEVER, service.deadline());
  }

  @Test
  void stoppedWhileTheProgramRuns() {
    up(EVERY_SECOND, 0);
    waiting(1_000);
    int pid = runs();
    service.stop(1_010 * MS, out);
    assertEquals(List.of(new SignalGroup(pid, Signal.TERM)), actions());
    service.exited(pid, ExitStatus.killed(15), 1_020 * MS, out);
    assertEquals(List.of(new Sweep()), actions());
    service.swept(List.of(), out, 1_020 * MS);
    is(ServiceState.DOWN, "");
  }

  @Test
  void aRestartKeepsTheSocketsOpen() {
    up(SOCKET, 0);
    service.restart(10 * MS, out);
    service.publish(NOON, out);
    assertEquals(List.of(new Sweep()), actions());
    service.swept(List.of(), out, 12 * MS);
    service.publish(NOON, out);
    assertEquals(List.of(new AwaitDemand()), actions());
  }

  @Test
  void theTimeOfTheLastRunOutlivesAStopAndASupervisor() {
    up(EVERY_SECOND, 0);
    waiting(1_000);
    int pid = runs();
    Service successor = new Service(service.snapshot(), EVERY_SECOND);
    assertEquals(NOON + 1_000, successor.snapshot().lastRun());
    service = successor;
    service.exited(pid, ExitStatus.exited(0), 1_100 * MS, out);
    actions();
    waiting(1_100);
    service.stop(1_200 * MS, out);
    service.swept(List.of(), out, 1_200 * MS);
    service.start(1_300 * MS, out);
    actions();
    waiting(1_300);
    assertEquals(2_000 * MS, service.deadline());
  }

  @Test
  void aSuccessorWaitsOn() {
    up(SOCKET, 0);
    service = new Service(service.snapshot(), SOCKET);
    service.resume(100 * MS, out);
    assertEquals(List.of(new AwaitDemand()), actions());
    waiting(100);
    service.demanded(110 * MS, NOON + 110, out);
    int pid = runs();
    service = new Service(service.snapshot(), SOCKET);
    service.resume(200 * MS, out);
    assertEquals(List.of(new TakeListeners(pid)), actions());
    service.stop(300 * MS, out);
    service.exited(pid, ExitStatus.killed(15), 310 * MS, out);
    service.swept(List.of(), out, 320 * MS);
    actions();
    service.publish(NOON, out);
    assertEquals(List.of(new CloseListeners()), actions());
  }

  @Test
  void aDaemonThatIsHandedSocketsKeepsThemWhileItIsStartedAgain() {
    service(new TestType(Procedure.child(List.of("run")).listening(SOCKETS))).start(0, out);
    assertEquals(SOCKETS, service.launch().listeners());
    actions();
    service.spawned(Task.START, 7, 0, out);
    is(ServiceState.UP, "");
    service.exited(7, ExitStatus.exited(1), 10 * MS, out);
    is(ServiceState.BACKING_OFF, "exit status 1");
    actions();
    service.publish(NOON, out);
    assertEquals(List.of(), actions(), "its sockets stay open");
  }
}
