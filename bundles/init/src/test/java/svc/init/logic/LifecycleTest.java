package svc.init.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import svc.init.logic.Action.ChangeTarget;
import svc.init.logic.Action.EndManager;
import svc.init.logic.Action.Go;
import svc.init.logic.Action.Listen;
import svc.init.logic.Action.LookForOthers;
import svc.init.logic.Action.Prepare;
import svc.init.logic.Action.ReadPowerStatus;
import svc.init.logic.Action.Reload;
import svc.init.logic.Action.SignalOthers;
import svc.init.logic.Action.SignalWorkload;
import svc.init.logic.Action.StartManager;
import svc.init.logic.Action.StartShell;
import svc.init.logic.Action.StartWorkload;
import svc.init.logic.Action.TellHost;
import svc.init.logic.BootLine.Mode;
import svc.init.logic.Surroundings.Kind;
import svc.os.Errno;
import svc.os.ExitStatus;
import svc.os.Signal;
import svc.os.Spawned;
import svc.service.Source;

/** Events in, actions out: each test one decision. What is only said is looked at apart. */
class LifecycleTest {

  private static final long MS = 1_000_000L;
  private static final long SECOND = 1000 * MS;
  private static final long HOUR = 3600 * SECOND;

  private static final int PROGRAM = 77;
  private static final Workload WORKLOAD = new Workload(List.of("run"), false, Map.of());
  private static final Spawned.Failure NO_PROGRAM =
      new Spawned.Failure(Spawned.Stage.EXEC, "run", Errno.ENOENT);
  private static final Spawned.Failure NOT_EXECUTABLE =
      new Spawned.Failure(Spawned.Stage.EXEC, "run", Errno.EACCES);

  private final List<Action> out = new ArrayList<>();
  private final List<String> said = new ArrayList<>();
  private Lifecycle init;
  private long now;

  // The driver

  private static Settings settings(String text) {
    return Settings.of(new Source("init", "init.conf", text));
  }

  private void init(Kind kind, Lifecycle.Plan plan, String configuration) {
    int pid = kind == Kind.PROCESS ? 4711 : 1;
    init = new Lifecycle(new Surroundings(kind, pid, "a test"), plan, settings(configuration));
    init.begin(out);
  }

  private void machine(Mode mode, String configuration) {
    init(Kind.MACHINE, new Lifecycle.Plan(mode, "", true, false, Workload.NONE), configuration);
  }

  /** A machine whose manager runs and has reached its target. */
  private void machineThatRuns() {
    machine(Mode.NORMAL, "");
    init.managerStarted(now);
    says("READY=1");
    actions();
  }

  /** A container with a manager in a process of its own. */
  private void container(Kind kind, Workload workload) {
    init(kind, new Lifecycle.Plan(Mode.NORMAL, "web", true, false, workload), "");
    init.managerStarted(now);
    actions();
  }

  /** A container whose manager runs in the same process. */
  private void containerWithin(Workload workload) {
    init(Kind.DOCKER, new Lifecycle.Plan(Mode.NORMAL, "web", true, true, workload), "");
    actions();
  }

  /** A container whose workload runs beside a manager. */
  private void containerThatRuns(Kind kind, Workload workload) {
    container(kind, workload);
    says("READY=1");
    init.workloadStarted(PROGRAM);
    actions();
  }

  /** A container with nothing but a workload. */
  private void workloadAlone(Workload workload) {
    init(Kind.DOCKER, new Lifecycle.Plan(Mode.NORMAL, "", false, false, workload), "");
    assertEquals(List.of(new Listen(true), new StartWorkload()), actions());
    init.workloadStarted(PROGRAM);
  }

  /** The actions since the last look, without words. */
  private List<Action> actions() {
    List<Action> actions = new ArrayList<>();
    for (Action action : out) {
      if (action instanceof Action.Say say) said.add(say.text());
      else actions.add(action);
    }
    out.clear();
    return actions;
  }

  private void is(Action... expected) {
    assertEquals(List.of(expected), actions());
  }

  private void told(String text) {
    assertTrue(said.stream().anyMatch(line -> line.contains(text)), said::toString);
  }

  private void says(String words) {
    init.notified(words, now, out);
  }

  private void crashes(long afterNanos) {
    now += afterNanos;
    init.managerEnded(ExitStatus.killed(9), now, out);
  }

  /** Time goes on to the deadline. */
  private void waits() {
    now = init.deadline();
    init.woken(now, out);
  }

  private void signal(String name) {
    init.signalled(Signal.parse(name).orElseThrow(), now, out);
  }

  private void telinit(char level) {
    init.requested(ControlRequest.runlevel(level, 0), now, out);
  }

  private void ends(ExitStatus status) {
    init.workloadEnded(status, now, out);
  }

  /** The manager ends as it said it would. */
  private void managerIsDown(int status) {
    says("EXIT_STATUS=" + status);
    init.managerEnded(ExitStatus.exited(status), now, out);
  }

  private void nothingIsLeft() {
    init.others(false, now, out);
  }

  @BeforeEach
  void clock() {
    now = 5 * HOUR;
  }

  @Nested
  class AtTheBeginning {

    @Test
    void aMachineIsPreparedBeforeItListensAndHasAManager() {
      machine(Mode.NORMAL, "");
      is(new Prepare(), new Listen(true), new StartManager("default", false));
      told("runs in a machine (by a test)");
      assertEquals(Lifecycle.NEVER, init.deadline());
    }

    @Test
    void aContainerIsLeftAsItIs() {
      init(Kind.DOCKER, new Lifecycle.Plan(Mode.NORMAL, "web", true, false, Workload.NONE), "");
      is(new Listen(true), new StartManager("web", false));
    }

    @Test
    void whoIsNotProcessOneDoesNotListen() {
      init(Kind.PROCESS, new Lifecycle.Plan(Mode.NORMAL, "", true, true, Workload.NONE), "");
      is();
    }

    @Test
    void aTargetOfTheCommandLinePrevails() {
      String configuration = "[init]\ntarget = desktop\n";
      machine(Mode.NORMAL, configuration);
      is(new Prepare(), new Listen(true), new StartManager("desktop", false));
      init(
          Kind.MACHINE,
          new Lifecycle.Plan(Mode.NORMAL, "web", true, false, Workload.NONE),
          configuration);
      is(new Prepare(), new Listen(true), new StartManager("web", false));
    }

    @Test
    void whatIsWrongInTheConfigurationIsToldAndKeepsNothingFromComingUp() {
      machine(Mode.NORMAL, "[init]\nstop-timeout = soon\n");
      is(new Prepare(), new Listen(true), new StartManager("default", false));
      told("init.conf:2: init.stop-timeout");
    }

    @Test
    void anEmergencyIsAShellBeforeAnythingElse() {
      machine(Mode.EMERGENCY, "");
      is(new Prepare(), new Listen(true), new StartShell());
      init.shellEnded(out);
      is(new StartManager("default", false));
      init.managerStarted(now);
      says("READY=1");
      is(new TellHost("READY=1\n"));
      init.shellEnded(out);
      is();
    }

    @Test
    void aManagerWithinIsNotForgottenInAnEmergency() {
      init(Kind.MACHINE, new Lifecycle.Plan(Mode.EMERGENCY, "", true, true, WORKLOAD), "");
      is(new Prepare(), new Listen(true), new StartShell());
      says("READY=1");
      is(new TellHost("READY=1\n"));
      init.shellEnded(out);
      is(new StartWorkload());
    }

    @Test
    void singleIsATargetAndAShellThenAndTheUsualTargetAfterIt() {
      machine(Mode.SINGLE, "");
      is(new Prepare(), new Listen(true), new StartManager("single", false));
      init.managerStarted(now);
      says("READY=1");
      is(new TellHost("READY=1\n"), new StartShell());
      init.shellEnded(out);
      is(new ChangeTarget("default"));
      says("READY=1");
      is(new TellHost("READY=1\n"));
    }

    @Test
    void singleLeadsToTheTargetThatWasAskedFor() {
      init(Kind.MACHINE, new Lifecycle.Plan(Mode.SINGLE, "web", true, false, Workload.NONE), "");
      init.managerStarted(now);
      says("READY=1");
      actions();
      init.shellEnded(out);
      is(new ChangeTarget("web"));
    }

    @Test
    void aSingleTargetThatIsNotReachedIsAShellAllTheSame() {
      machine(Mode.SINGLE, "");
      init.managerStarted(now);
      actions();
      says("X_SVC_TARGET=failed\nSTATUS=single: no such service");
      is(new TellHost("STATUS=single: no such service\n"), new StartShell());
      told("target single not reached: single: no such service");
      says("READY=1");
      is(new TellHost("READY=1\n")); // one shell at a time
    }

    @Test
    void singleAndAManagerThatDiesIsAShellAllTheSame() {
      machine(Mode.SINGLE, "");
      init.managerStarted(now);
      actions();
      crashes(MS);
      is(new StartShell());
      waits();
      is(new StartManager("single", false));
    }

    @Test
    void whoeverWantsTheEndBeforeTheBeginningGetsIt() {
      init =
          new Lifecycle(
              new Surroundings(Kind.DOCKER, 1, "a test"),
              new Lifecycle.Plan(Mode.NORMAL, "", true, false, WORKLOAD),
              Settings.usual());
      signal("TERM");
      is(new LookForOthers());
      init.begin(out);
      is();
      nothingIsLeft();
      is(new Go(Leave.EXIT, 143, true));
    }
  }

  @Nested
  class AManagerThatDies {

    @Test
    void isStartedAgainLaterEachTime() {
      machineThatRuns();
      long[] delays = {100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000};
      for (long delay : delays) {
        crashes(MS);
        assertEquals(now + delay * MS, init.deadline());
        init.woken(init.deadline() - 1, out);
        assertFalse(actions().stream().anyMatch(StartManager.class::isInstance));
        waits();
        is(new StartManager("default", false));
        init.managerStarted(now);
      }
      told("svc-manager: killed by SIGKILL; its services live on");
    }

    @Test
    void isSucceededByOneThatBringsUpWhatWasWantedLast() {
      machineThatRuns();
      says("X_SVC_WANTED=repair");
      is();
      crashes(MS);
      waits();
      is(new StartManager("repair", false));
    }

    @Test
    void afterALongLifeHadAnAccident() {
      machineThatRuns();
      for (int i = 0; i < 4; i++) {
        crashes(MS);
        waits();
        init.managerStarted(now);
      }
      actions();
      crashes(61 * SECOND);
      assertEquals(now + 100 * MS, init.deadline());
      is();
    }

    @Test
    void andCannotBeStartedIsStartedLaterEachTimeToo() {
      machineThatRuns();
      crashes(HOUR);
      is();
      for (long delay : new long[] {200, 400, 800}) {
        waits();
        is(new StartManager("default", false));
        init.managerFailed(NO_PROGRAM, now, out);
        assertEquals(now + delay * MS, init.deadline());
        is();
      }
      told("svc-manager: cannot execute run: No such file or directory (ENOENT)");
      waits();
      init.managerFailed(NO_PROGRAM, now, out);
      is(new StartManager("default", false), new StartShell());
    }

    @Test
    void againAndAgainOnAMachineGivesAnOperatorAShell() {
      machine(Mode.NORMAL, "");
      actions();
      for (int i = 1; i < 5; i++) {
        init.managerStarted(now);
        crashes(MS);
        is();
        waits();
        is(new StartManager("default", false));
      }
      init.managerStarted(now);
      crashes(MS);
      is(new StartShell());
      waits();
      is(new StartManager("default", false));
      init.managerStarted(now);
      crashes(MS);
      is(); // one at a time
      init.shellEnded(out);
      waits();
      init.managerStarted(now);
      crashes(MS);
      is(new StartManager("default", false), new StartShell());
    }

    @Test
    void againAndAgainInAContainerEndsIt() {
      container(Kind.DOCKER, Workload.NONE);
      for (int i = 1; i < 5; i++) {
        crashes(MS);
        waits();
        is(new StartManager("web", false));
        init.managerStarted(now);
      }
      crashes(MS);
      is(new StartManager("web", true));
      init.managerStarted(now);
      managerIsDown(0);
      is(new LookForOthers());
      nothingIsLeft();
      is(new Go(Leave.EXIT, 1, true));
    }

    @Test
    void andReachedItsTargetEachTimeIsNeverGivenUp() {
      container(Kind.DOCKER, Workload.NONE);
      for (int i = 0; i < 50; i++) {
        says("READY=1");
        crashes(MS);
        waits();
        is(new TellHost("READY=1\n"), new StartManager("web", false));
        init.managerStarted(now);
      }
      assertFalse(init.gone());
    }

    @Test
    void andIsGivenUpEndsAWorkloadThatRunsAndItsEndIsNotTheContainersThen() {
      containerThatRuns(Kind.DOCKER, WORKLOAD);
      for (int i = 1; i < 5; i++) {
        crashes(MS);
        waits();
        init.managerStarted(now);
      }
      actions();
      crashes(MS);
      is(new SignalWorkload(PROGRAM, Signal.TERM, false));
      signal("HUP"); // it runs still
      is(new SignalWorkload(PROGRAM, Signal.HUP, false));
      ends(ExitStatus.exited(0));
      is(new StartManager("web", true));
      init.managerStarted(now);
      managerIsDown(0);
      nothingIsLeft();
      is(new LookForOthers(), new Go(Leave.EXIT, 1, true));
    }

    @Test
    void withoutASuccessorIsEndedByOneAllTheSame() {
      machineThatRuns();
      crashes(MS);
      signal("INT");
      is(new StartManager("default", true));
      init.managerStarted(now);
      managerIsDown(0);
      nothingIsLeft();
      is(new LookForOthers(), new Go(Leave.RESTART, 0, true));
    }
  }

  @Nested
  class AManagerThatEndsInOrder {

    @Test
    void endsAContainerWithItsStatus() {
      container(Kind.DOCKER, Workload.NONE);
      managerIsDown(3);
      is(new LookForOthers());
      nothingIsLeft();
      is(new Go(Leave.EXIT, 3, true));
      assertTrue(init.gone());
    }

    @Test
    void switchesAMachineOff() {
      machineThatRuns();
      managerIsDown(0);
      is(new LookForOthers());
      nothingIsLeft();
      is(new Go(Leave.POWER_OFF, 0, true));
    }

    @Test
    void endsTheWorkloadToo() {
      containerThatRuns(Kind.DOCKER, WORKLOAD);
      managerIsDown(0);
      is(new SignalWorkload(PROGRAM, Signal.TERM, false));
      ends(ExitStatus.killed(15));
      is(new LookForOthers());
      nothingIsLeft();
      is(new Go(Leave.EXIT, 143, true));
    }

    @Test
    void becauseSomethingFailedIsWhatTheContainerEndsWith() {
      containerThatRuns(Kind.DOCKER, WORKLOAD);
      managerIsDown(4);
      ends(ExitStatus.exited(0));
      nothingIsLeft();
      is(
          new SignalWorkload(PROGRAM, Signal.TERM, false),
          new LookForOthers(),
          new Go(Leave.EXIT, 4, true));
    }

    @Test
    void withinThisProcessIsNeverReaped() {
      containerWithin(Workload.NONE);
      says("STOPPING=1");
      is(new TellHost("STOPPING=1\n"));
      says("EXIT_STATUS=2");
      is(new LookForOthers());
      nothingIsLeft();
      is(new Go(Leave.EXIT, 2, true));
    }

    @Test
    void withAStatusThatIsNoneHasFailed() {
      for (String status : List.of("x", "", "-1", "256", "999", "1000")) {
        containerWithin(Workload.NONE);
        says("EXIT_STATUS=" + status);
        nothingIsLeft();
        is(new LookForOthers(), new Go(Leave.EXIT, 1, true));
      }
    }

    @Test
    void withoutAWordHasCrashed() {
      container(Kind.DOCKER, Workload.NONE);
      init.managerEnded(ExitStatus.exited(0), now, out);
      is();
      assertEquals(now + 100 * MS, init.deadline());
    }

    @Test
    void isOnlyTheOneThatSaidSo() {
      container(Kind.DOCKER, Workload.NONE);
      says("EXIT_STATUS=0");
      init.managerStarted(now);
      crashes(MS);
      is();
      assertEquals(now + 100 * MS, init.deadline());
    }

    @Test
    void inAnEmergencyEndsTheMachine() {
      init(Kind.MACHINE, new Lifecycle.Plan(Mode.EMERGENCY, "", true, true, Workload.NONE), "");
      actions();
      says("EXIT_STATUS=0");
      is(new LookForOthers());
      nothingIsLeft();
      is(new Go(Leave.POWER_OFF, 0, true));
    }
  }

  @Nested
  class WhatTheManagerSays {

    @Test
    void isHandedOnButForWhatIsOurs() {
      container(Kind.DOCKER, Workload.NONE);
      says("READY=1\nSTATUS=3 of 3 up\nX_SVC_TARGET=reached\nEXIT_STATUS=0");
      is(new TellHost("READY=1\nSTATUS=3 of 3 up\n"));
      says("X_SVC_TARGET=failed");
      is();
    }

    @Test
    void aTargetThatIsNotReachedIsToldAndAContainerWithoutWorkloadLivesOn() {
      container(Kind.DOCKER, Workload.NONE);
      says("X_SVC_TARGET=failed");
      is();
      told("target web not reached");
      assertEquals(Lifecycle.NEVER, init.deadline());
    }

    @Test
    void aTargetThatIsNotReachedEndsAContainerWhoseWorkloadWaitsForIt() {
      containerWithin(WORKLOAD);
      says("X_SVC_TARGET=failed\nSTATUS=db has failed");
      is(new TellHost("STATUS=db has failed\n"), new EndManager(Signal.TERM));
      told("target web not reached: db has failed");
      says("EXIT_STATUS=0");
      nothingIsLeft();
      is(new LookForOthers(), new Go(Leave.EXIT, 1, true));
    }

    @Test
    void aTargetThatIsNotReachedAfterTheWorkloadRunsChangesNothing() {
      containerThatRuns(Kind.DOCKER, WORKLOAD);
      says("X_SVC_TARGET=failed");
      is();
    }

    @Test
    void aTargetThatIsReachedAgainStartsNoSecondWorkload() {
      containerThatRuns(Kind.DOCKER, WORKLOAD);
      says("READY=1");
      is(new TellHost("READY=1\n"));
    }
  }

  @Nested
  class AWorkload {

    @Test
    void runsWhenTheTargetIsReached() {
      container(Kind.DOCKER, WORKLOAD);
      is();
      says("READY=1");
      is(new TellHost("READY=1\n"), new StartWorkload());
    }

    @Test
    void runsAtOnceWhereNothingIsManaged() {
      workloadAlone(WORKLOAD);
      is();
    }

    @Test
    void endsTheContainerWithItsStatus() {
      for (int code = 0; code <= 255; code++) {
        workloadAlone(WORKLOAD);
        ends(ExitStatus.exited(code));
        is(new LookForOthers());
        nothingIsLeft();
        is(new Go(Leave.EXIT, code, true));
      }
    }

    @Test
    void thatASignalEndedEndsItAsShellsTellIt() {
      for (int signal = 1; signal <= 64; signal++) {
        workloadAlone(WORKLOAD);
        ends(ExitStatus.killed(signal));
        nothingIsLeft();
        is(new LookForOthers(), new Go(Leave.EXIT, 128 + signal, true));
      }
    }

    @Test
    void thatIsNotFoundOrCannotBeExecutedIsToldAsShellsTellIt() {
      init(Kind.DOCKER, new Lifecycle.Plan(Mode.NORMAL, "", false, false, WORKLOAD), "");
      init.workloadFailed(NO_PROGRAM, now, out);
      nothingIsLeft();
      is(new Listen(true), new StartWorkload(), new LookForOthers(), new Go(Leave.EXIT, 127, true));
      init(Kind.DOCKER, new Lifecycle.Plan(Mode.NORMAL, "", false, false, WORKLOAD), "");
      init.workloadFailed(NOT_EXECUTABLE, now, out);
      nothingIsLeft();
      is(new Listen(true), new StartWorkload(), new LookForOthers(), new Go(Leave.EXIT, 126, true));
      told("cannot execute run: Permission denied (EACCES)");
    }

    @Test
    void endsBeforeWhatItUses() {
      containerThatRuns(Kind.DOCKER, WORKLOAD);
      ends(ExitStatus.exited(5));
      is(new EndManager(Signal.TERM));
      managerIsDown(1); // not why it ends
      is(new LookForOthers());
      nothingIsLeft();
      is(new Go(Leave.EXIT, 5, true));
    }

    @Test
    void thatEndedWellIsNotBlamedForWhatFailsThen() {
      containerThatRuns(Kind.DOCKER, WORKLOAD);
      ends(ExitStatus.exited(0));
      managerIsDown(1);
      nothingIsLeft();
      is(new EndManager(Signal.TERM), new LookForOthers(), new Go(Leave.EXIT, 0, true));
    }

    @Test
    void getsEverySignalWhileItRuns() {
      workloadAlone(WORKLOAD);
      for (int number = 1; number <= 64; number++) {
        init.signalled(new Signal(number), now, out);
        is(new SignalWorkload(PROGRAM, new Signal(number), false));
      }
    }

    @Test
    void getsThemRewrittenOrNotAndWithItsGroupOrAlone() {
      workloadAlone(new Workload(List.of("run"), true, Map.of(15, 3, 28, 0)));
      signal("TERM");
      signal("WINCH");
      signal("HUP");
      is(
          new SignalWorkload(PROGRAM, new Signal(3), true),
          new SignalWorkload(PROGRAM, Signal.HUP, true));
    }

    @Test
    void isEndedByWhatTermIsRewrittenTo() {
      containerThatRuns(Kind.DOCKER, new Workload(List.of("run"), false, Map.of(15, 3)));
      telinit('0');
      is(new SignalWorkload(PROGRAM, new Signal(3), false));
    }

    @Test
    void isEndedByTermAlsoWhereTermIsNotHandedOn() {
      containerThatRuns(Kind.DOCKER, new Workload(List.of("run"), false, Map.of(15, 0)));
      signal("TERM");
      is();
      telinit('0');
      is(new SignalWorkload(PROGRAM, Signal.TERM, false));
    }

    @Test
    void whoseTimeHasNotComeNeverRunsAfterTerm() {
      containerWithin(WORKLOAD);
      signal("TERM");
      is(new EndManager(Signal.TERM));
      says("READY=1"); // it was on its way
      is(new TellHost("READY=1\n"));
      says("EXIT_STATUS=0");
      nothingIsLeft();
      is(new LookForOthers(), new Go(Leave.EXIT, 143, true));
    }

    @Test
    void whoseTimeHasNotComeDoesNotKeepASignalThatMeansNoEndFromUs() {
      container(Kind.DOCKER, WORKLOAD);
      signal("HUP");
      signal("WINCH");
      is(new Reload());
      says("READY=1");
      is(new TellHost("READY=1\n"), new StartWorkload());
    }

    @Test
    void thatEndsAfterItsTimeChangesNothing() {
      containerThatRuns(Kind.NSPAWN, WORKLOAD);
      telinit('6');
      waits();
      is(new SignalWorkload(PROGRAM, Signal.TERM, false), new LookForOthers());
      init.others(true, now, out);
      ends(ExitStatus.killed(15));
      nothingIsLeft();
      is(new SignalOthers(Signal.TERM), new Go(Leave.RESTART, 143, true));
    }

    @Test
    void onAMachineSwitchesItOffWhenItEnds() {
      init(Kind.MACHINE, new Lifecycle.Plan(Mode.NORMAL, "", false, false, WORKLOAD), "");
      init.workloadStarted(PROGRAM);
      actions();
      ends(ExitStatus.exited(0));
      nothingIsLeft();
      is(new LookForOthers(), new Go(Leave.POWER_OFF, 0, true));
    }
  }

  @Nested
  class TheEnd {

    @Test
    void ofAMachineHasItsOrder() {
      machineThatRuns();
      signal("INT");
      is(new EndManager(Signal.TERM));
      assertEquals(now + 600 * SECOND, init.deadline());
      managerIsDown(0);
      is(new LookForOthers());
      assertEquals(Lifecycle.NEVER, init.deadline());
      init.others(true, now, out);
      is(new SignalOthers(Signal.TERM));
      assertEquals(now + 5 * SECOND, init.deadline());
      init.reaped(out);
      is(new LookForOthers());
      init.others(true, now, out);
      is(); // once
      waits();
      is(new SignalOthers(Signal.KILL));
      assertEquals(now + 2 * SECOND, init.deadline());
      init.reaped(out);
      nothingIsLeft();
      is(new LookForOthers(), new Go(Leave.RESTART, 0, true));
      assertTrue(init.gone());
      assertEquals(Lifecycle.NEVER, init.deadline());
    }

    @Test
    void comesAlsoWhenSomethingCannotBeKilled() {
      machineThatRuns();
      signal("RTMIN+4");
      managerIsDown(0);
      init.others(true, now, out);
      waits();
      waits();
      is(
          new EndManager(Signal.TERM),
          new LookForOthers(),
          new SignalOthers(Signal.TERM),
          new SignalOthers(Signal.KILL),
          new Go(Leave.POWER_OFF, 0, true));
    }

    @Test
    void comesAlsoWhenTheManagerDoesNotEnd() {
      machineThatRuns();
      signal("INT");
      actions();
      waits();
      is(new LookForOthers());
      told("not down in time");
      crashes(MS);
      is();
    }

    @Test
    void comesAlsoWhenTheWorkloadDoesNotEnd() {
      containerThatRuns(Kind.DOCKER, WORKLOAD);
      telinit('0');
      is(new SignalWorkload(PROGRAM, Signal.TERM, false));
      waits();
      is(new LookForOthers());
      init.others(true, now, out);
      waits();
      is(new SignalOthers(Signal.TERM), new SignalOthers(Signal.KILL));
    }

    @Test
    void isWaitedForAsLongAsTheConfigurationSays() {
      machine(Mode.NORMAL, "[init]\nstop-timeout = none\nkill-timeout = none\n");
      init.managerStarted(now);
      signal("INT");
      assertEquals(Lifecycle.NEVER, init.deadline());
      managerIsDown(0);
      actions();
      for (int i = 0; i < 3; i++) init.others(true, now, out);
      is(new SignalOthers(Signal.TERM));
      assertEquals(Lifecycle.NEVER, init.deadline());
    }

    @Test
    void isTheLastOneThatWasWished() {
      machineThatRuns();
      signal("INT");
      signal("RTMIN+3");
      managerIsDown(0);
      signal("RTMIN+6");
      nothingIsLeft();
      is(new EndManager(Signal.TERM), new LookForOthers(), new Go(Leave.KEXEC, 0, true));
    }

    @Test
    void atOnceIsAtOnceWheneverItIsWished() {
      machineThatRuns();
      signal("RTMIN+13");
      is(new Go(Leave.HALT, 0, false));
      machineThatRuns();
      signal("INT");
      signal("RTMIN+15");
      is(new EndManager(Signal.TERM), new Go(Leave.RESTART, 0, false));
    }

    @Test
    void isTakenOverFromAManagerThatDiesMeanwhileAndNotForEver() {
      machineThatRuns();
      signal("INT");
      is(new EndManager(Signal.TERM));
      for (int i = 0; i < 3; i++) {
        crashes(MS);
        is(new StartManager("default", true));
        init.managerStarted(now);
      }
      crashes(MS);
      is(new LookForOthers());
      told("svc-manager: killed by SIGKILL before everything was down");
    }

    @Test
    void isNotWaitedForWhenNoManagerCanBeStarted() {
      machineThatRuns();
      signal("INT");
      actions();
      crashes(MS);
      for (int i = 0; i < 3; i++) {
        is(new StartManager("default", true));
        init.managerFailed(NO_PROGRAM, now, out);
      }
      is(new LookForOthers());
    }

    @Test
    void ofAManagerThatDiesLeavesWhatTheWorkloadUsesUntilThatHasEnded() {
      containerThatRuns(Kind.DOCKER, WORKLOAD);
      telinit('0');
      actions();
      crashes(MS);
      is();
      ends(ExitStatus.exited(0));
      is(new StartManager("web", true));
    }

    @Test
    void isNotUndoneByARespawnThatWasToCome() {
      machineThatRuns();
      crashes(MS);
      long respawn = init.deadline();
      signal("INT");
      is(new StartManager("default", true));
      init.managerStarted(now);
      init.woken(respawn, out);
      is();
      assertEquals(now + 600 * SECOND, init.deadline());
    }

    @Test
    void fromAnEmergencyShellNeedsNoManager() {
      machine(Mode.EMERGENCY, "");
      actions();
      signal("INT");
      is(new LookForOthers());
      init.others(true, now, out);
      init.shellEnded(out);
      is(new SignalOthers(Signal.TERM));
      nothingIsLeft();
      is(new Go(Leave.RESTART, 0, true));
    }

    @Test
    void ofAContainerIsItsExitWhateverWasWished() {
      for (String name : List.of("TERM", "INT", "PWR", "RTMIN+3", "RTMIN+4", "RTMIN+5")) {
        container(Kind.PODMAN, Workload.NONE);
        signal(name);
        managerIsDown(0);
        nothingIsLeft();
        is(new EndManager(Signal.TERM), new LookForOthers(), new Go(Leave.EXIT, 0, true));
      }
    }

    @Test
    void isARestartWhereTheContainersMakerMakesItAnew() {
      for (Kind kind : List.of(Kind.NSPAWN, Kind.LXC)) {
        container(kind, Workload.NONE);
        signal("RTMIN+5");
        managerIsDown(0);
        nothingIsLeft();
        is(new EndManager(Signal.TERM), new LookForOthers(), new Go(Leave.RESTART, 0, true));
      }
    }

    @Test
    void isAnExitAlsoAtOnceInAContainer() {
      container(Kind.DOCKER, Workload.NONE);
      signal("RTMIN+14");
      is(new Go(Leave.EXIT, 0, false));
    }
  }

  @Nested
  class OnAMachine {

    @Test
    void signalsMeanWhatSysvinitAndSystemdHaveThemMean() {
      Map<String, Action> wanted =
          Map.of(
              "HUP", new Reload(),
              "USR1", new Listen(true),
              "USR2", new Listen(false),
              "PWR", new ReadPowerStatus());
      for (int number = 1; number <= 64; number++) {
        machineThatRuns();
        Signal signal = new Signal(number);
        init.signalled(signal, now, out);
        List<Action> actions = actions();
        boolean end = List.of(2, 37, 38, 39, 40).contains(number);
        boolean atOnce = number >= 47 && number <= 50;
        if (end) assertEquals(List.of(new EndManager(Signal.TERM)), actions, signal.name());
        else if (atOnce) assertTrue(actions.get(0) instanceof Go, signal.name());
        else if (wanted.containsKey(signal.name()))
          assertEquals(List.of(wanted.get(signal.name())), actions);
        else assertEquals(List.of(), actions, signal.name());
      }
    }

    @Test
    void theConfigurationSaysOtherwise() {
      machine(Mode.NORMAL, "[signals]\nUSR1 = poweroff\nINT = ignore\n");
      init.managerStarted(now);
      actions();
      signal("INT");
      is();
      signal("USR1");
      managerIsDown(0);
      nothingIsLeft();
      is(new EndManager(Signal.TERM), new LookForOthers(), new Go(Leave.POWER_OFF, 0, true));
    }

    @Test
    void aNewConfigurationHoldsFromNowOn() {
      machineThatRuns();
      init.configured(settings("[init]\nstop-timeout = 1s\nbad = 1\n"), out);
      is();
      told("init.conf:3: init.bad: unknown key");
      signal("INT");
      assertEquals(now + SECOND, init.deadline());
    }

    @Test
    void runlevelsAreTargets() {
      machine(Mode.NORMAL, "[runlevels]\n5 = desktop\n");
      init.managerStarted(now);
      actions();
      telinit('5');
      is(new ChangeTarget("desktop"));
      telinit('S');
      is(new ChangeTarget("single"));
      for (char level : "abc789".toCharArray()) telinit(level);
      is();
      told("runlevel 7, which has no target");
      telinit('q');
      telinit('Q');
      is(new Reload(), new Reload());
    }

    @Test
    void aTargetThatWasAskedForIsWhatASuccessorIsGiven() {
      machineThatRuns();
      crashes(MS);
      telinit('1');
      is(); // nobody there to ask
      waits();
      is(new StartManager("single", false));
    }

    @Test
    void aTargetThatWasAskedForInAnEmergencyComesAfterIt() {
      machine(Mode.EMERGENCY, "");
      actions();
      telinit('1');
      is();
      init.shellEnded(out);
      is(new StartManager("single", false));
    }

    private void end(Leave leave) {
      managerIsDown(0);
      nothingIsLeft();
      is(new EndManager(Signal.TERM), new LookForOthers(), new Go(leave, 0, true));
    }

    private void set(ControlRequest.Kind kind, String text) {
      init.requested(new ControlRequest(kind, (char) 0, 0, text), now, out);
    }

    @Test
    void runlevelsZeroAndSixAreTheEnd() {
      machineThatRuns();
      telinit('6');
      end(Leave.RESTART);
      machineThatRuns();
      telinit('0');
      end(Leave.POWER_OFF);
    }

    @Test
    void runlevelZeroIsAHaltWhereShutdownHasSaidSo() {
      machineThatRuns();
      set(ControlRequest.Kind.SET, "INIT_HALT=HALT");
      telinit('0');
      end(Leave.HALT);
      machineThatRuns();
      set(ControlRequest.Kind.SET, "INIT_HALT=HALT");
      set(ControlRequest.Kind.SET, "INIT_HALT=POWEROFF");
      telinit('0');
      end(Leave.POWER_OFF);
    }

    @Test
    void whatShutdownHasSaidIsTakenBack() {
      for (ControlRequest.Kind kind : List.of(ControlRequest.Kind.SET, ControlRequest.Kind.UNSET)) {
        machineThatRuns();
        set(ControlRequest.Kind.SET, "INIT_HALT=HALT");
        set(kind, "INIT_HALT");
        set(ControlRequest.Kind.SET, "INIT_HALTS=HALT");
        telinit('0');
        end(Leave.POWER_OFF);
      }
    }

    @Test
    void thePowerMeansWhatTheConfigurationSays() {
      machine(Mode.NORMAL, "[power]\nfail = saving\nok = default\n");
      init.managerStarted(now);
      actions();
      init.power(ControlRequest.Kind.POWER_FAILS, now, out);
      init.requested(
          new ControlRequest(ControlRequest.Kind.POWER_IS_BACK, (char) 0, 0, ""), now, out);
      is(new ChangeTarget("saving"), new ChangeTarget("default"));
      told("power fails");
      init.power(ControlRequest.Kind.POWER_FAILS_NOW, now, out);
      end(Leave.POWER_OFF);
    }

    @Test
    void thePowerIsIgnoredWhereNothingIsSaid() {
      machineThatRuns();
      init.power(ControlRequest.Kind.POWER_FAILS, now, out);
      init.power(ControlRequest.Kind.POWER_IS_BACK, now, out);
      is();
    }
  }

  @Nested
  class WhenItIsReplaced {

    /** The next one, which knows what stood in the file. */
    private void replace() {
      replace(Kind.MACHINE, new Lifecycle.Plan(Mode.NORMAL, "", true, false, Workload.NONE));
    }

    private void replace(Kind kind, Lifecycle.Plan plan) {
      actions();
      Memory memory = Memory.of(init.memory(now).texts());
      now += SECOND;
      init = new Lifecycle(new Surroundings(kind, 1, "a test"), plan, settings(""));
      init.resume(memory, now, out);
    }

    private void replaceContainer(Workload workload) {
      replace(Kind.DOCKER, new Lifecycle.Plan(Mode.NORMAL, "web", true, false, workload));
    }

    @Test
    void telinitUAsksForIt() {
      machineThatRuns();
      telinit('U');
      telinit('u');
      is(new Action.Replace(), new Action.Replace());
    }

    @Test
    void itNeitherBootsNorStartsAManagerAndListensAgain() {
      machineThatRuns();
      replace();
      is(new Listen(true));
      assertEquals(Lifecycle.NEVER, init.deadline());
    }

    @Test
    void itHearsOfTheEndOfTheManagerThatIsThere() {
      machineThatRuns();
      replace();
      actions();
      crashes(HOUR);
      waits();
      is(new StartManager("default", false));
    }

    @Test
    void aManagerThatIsToBeStartedIsInItsTime() {
      machineThatRuns();
      crashes(HOUR);
      long due = init.deadline();
      actions();
      Memory memory = init.memory(now);
      init = new Lifecycle(new Surroundings(Kind.MACHINE, 1, "a test"), plan(), settings(""));
      init.resume(memory, now, out);
      assertEquals(due, init.deadline());
      is(new Listen(true));
      waits();
      is(new StartManager("default", false));
    }

    private Lifecycle.Plan plan() {
      return new Lifecycle.Plan(Mode.NORMAL, "", true, false, Workload.NONE);
    }

    @Test
    void theWantedTargetIsTheOneThatWasAskedForLast() {
      machineThatRuns();
      says("X_SVC_WANTED=rescue");
      replace();
      actions();
      crashes(HOUR);
      waits();
      is(new StartManager("rescue", false));
    }

    @Test
    void aWorkloadRunsOnAndIsNotStartedTwice() {
      containerThatRuns(Kind.DOCKER, WORKLOAD);
      replaceContainer(WORKLOAD);
      is(new Listen(true));
      says("READY=1");
      is(new TellHost("READY=1\n"));
      signal("HUP");
      is(new SignalWorkload(PROGRAM, Signal.HUP, false));
      ends(ExitStatus.exited(3));
      is(new EndManager(Signal.TERM));
      managerIsDown(0);
      nothingIsLeft();
      assertTrue(actions().contains(new Go(Leave.EXIT, 3, true)));
    }

    @Test
    void aWorkloadThatWaitsForItsTargetStartsWhenItIsReached() {
      container(Kind.DOCKER, WORKLOAD);
      replaceContainer(WORKLOAD);
      actions();
      says("READY=1");
      assertTrue(actions().contains(new StartWorkload()));
    }

    @Test
    void anEndThatHasBegunGoesOn() {
      machineThatRuns();
      telinit('6');
      is(new EndManager(Signal.TERM));
      replace();
      is(new Listen(true));
      assertTrue(init.deadline() < Lifecycle.NEVER, "in its time");
      managerIsDown(0);
      is(new LookForOthers());
      replace();
      is(new Listen(true), new LookForOthers());
      nothingIsLeft();
      is(new Go(Leave.RESTART, 0, true));
    }

    @Test
    void whatShutdownHasSaidIsKept() {
      machineThatRuns();
      init.requested(
          new ControlRequest(ControlRequest.Kind.SET, (char) 0, 0, "INIT_HALT=HALT"), now, out);
      replace();
      telinit('0');
      managerIsDown(0);
      nothingIsLeft();
      assertTrue(actions().contains(new Go(Leave.HALT, 0, true)));
    }

    @Test
    void oneShellAtATime() {
      machine(Mode.EMERGENCY, "");
      replace();
      is(new Listen(true));
      init.shellEnded(out);
      is(new StartManager("default", false));
    }

    @Test
    void whatItDoesNotUnderstandIsNoMemory() {
      machineThatRuns();
      Map<String, String> texts = new java.util.HashMap<>(init.memory(now).texts());
      texts.put("state", "DANCING");
      assertEquals(null, Memory.of(texts));
      texts.remove("state");
      assertEquals(null, Memory.of(texts));
    }
  }
}
