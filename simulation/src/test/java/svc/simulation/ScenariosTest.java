package svc.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static svc.service.ServiceState.BACKING_OFF;
import static svc.service.ServiceState.DOWN;
import static svc.service.ServiceState.FAILED;
import static svc.service.ServiceState.NO_TYPE;
import static svc.service.ServiceState.STARTING;
import static svc.service.ServiceState.STOPPING;
import static svc.service.ServiceState.UP;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import svc.manager.logic.Configuration;
import svc.os.ExitStatus;
import svc.service.Source;
import svc.simulation.Machine.Stroke;

/** What an operator may see, one story each. */
final class ScenariosTest {

  private static final String RUN = "exec = run";
  private static final String QUICK = "stop-timeout = 1s";

  private static Scenario scenario() {
    return new Scenario();
  }

  /** A data base, and an application that requires it. */
  private static Scenario shop(String... application) {
    String[] lines = new String[application.length + 1];
    lines[0] = RUN;
    System.arraycopy(application, 0, lines, 1, application.length);
    return scenario().service("db", RUN).service("app", with(lines, "[depend]", "requires = db"));
  }

  private static String[] with(String[] lines, String... more) {
    String[] all = Arrays.copyOf(lines, lines.length + more.length);
    System.arraycopy(more, 0, all, lines.length, more.length);
    return all;
  }

  // Starting

  @Test
  void whatIsRequiredIsUpFirst() {
    Scenario story = shop().begin("app");
    story.rest();
    story.is("app", UP);
    story.happened("db up", "app up");
  }

  @Test
  void whatIsWantedMayFail() {
    Scenario story =
        scenario()
            .service("cache", "exec = missing")
            .service("app", RUN, "[depend]", "wants = cache")
            .begin("app");
    story.rest();
    story.is("app", UP);
    story.is("cache", FAILED);
  }

  @Test
  void aFailureTakesAlongWhatRequiresItAndSaysWhy() {
    Scenario story =
        scenario()
            .service("migrate", "type = oneshot", "exec = task 10 3", "[restart]", "policy = never")
            .service("app", RUN, "[depend]", "requires = migrate")
            .service("web", RUN, "[depend]", "requires = app")
            .begin("web");
    story.rest();
    story.is("migrate", FAILED, "start command: exit status 3");
    story.is("app", FAILED, "requires migrate, which failed");
    story.is("web", FAILED, "requires app, which failed");
  }

  @Test
  void aOneshotThatHangsIsKilledAtItsStartTimeout() {
    Scenario story =
        scenario()
            .service(
                "migrate",
                "type = oneshot",
                "exec = hang",
                "start-timeout = 3s",
                "[restart]",
                "limit = 0")
            .begin("migrate");
    story.rest();
    story.is("migrate", FAILED, "not up within 3s");
    assertEquals(List.of(), story.processes("migrate"));
  }

  @Test
  void aDaemonThatNeverWritesItsPidFileIsKilledAtItsStartTimeout() {
    Scenario story =
        scenario()
            .service(
                "d",
                "type = pidfile",
                "exec = mute /pid/d",
                "pid-file = /pid/d",
                "start-timeout = 2s",
                "[restart]",
                "limit = 0")
            .begin("d");
    story.rest();
    story.is("d", FAILED);
    assertEquals(
        "not up within 2s: pid file /pid/d: No such file or directory (ENOENT)", story.reason("d"));
    assertEquals(List.of(), story.processes("d"));
  }

  @Test
  void aProgramThatIsNotThereIsNamedWithTheStepAndTheErrno() {
    Scenario story = scenario().service("d", "exec = missing", "[restart]", "limit = 0").begin("d");
    story.rest();
    assertTrue(story.reason("d").startsWith("cannot "), story.reason("d"));
    assertTrue(story.reason("d").contains("missing: No such file or directory (ENOENT)"));
  }

  @Test
  void aProgramThatIsNotThereIsTriedAsOftenAsTheLimitAllows() {
    Scenario story = scenario().service("d", "exec = missing", "[restart]", "limit = 3").begin("d");
    story.rest();
    story.is("d", FAILED);
    assertTrue(story.reason("d").startsWith("restarted 3 times within 10s; last: "));
    assertEquals(3, story.status("d").restarts());
  }

  @Test
  void startingWhatIsUpChangesNothing() {
    Scenario story = shop().begin("app");
    story.rest();
    int pid = story.pid("db");
    Client client = story.start("db");
    story.answered(client);
    assertTrue(client.done());
    assertEquals(pid, story.pid("db"));
  }

  @Test
  void twoWhoWaitForOneStartAreBothAnswered() {
    Scenario story = scenario().service("slow", "type = oneshot", "exec = task 5000 0").begin();
    Client one = story.start("slow");
    story.pass(1_000);
    Client other = story.start("slow");
    story.answered(one);
    story.answered(other);
    assertTrue(one.done() && other.done());
    assertEquals(1, story.history().stream().filter("slow starting"::equals).count());
  }

  @Test
  void oneThatStopsIsUpAgainWhenItWasWantedUpMeanwhile() {
    Scenario story = scenario().service("deaf", "exec = deaf", QUICK).begin("deaf");
    story.until("deaf", UP);
    int pid = story.pid("deaf");
    story.stop("deaf");
    story.until("deaf", STOPPING);
    Client start = story.start("deaf");
    story.answered(start);
    assertTrue(start.done());
    assertNotEquals(pid, story.pid("deaf"));
  }

  private static Scenario rivals() {
    return scenario()
        .service("apache", RUN)
        .service("nginx", RUN, "[depend]", "conflicts = apache");
  }

  @Test
  void whatConflictsIsStoppedForIt() {
    Scenario story = rivals().begin("apache");
    story.until("apache", UP);
    story.answered(story.start("nginx"));
    story.is("nginx", UP);
    story.is("apache", DOWN);
    story.happened("apache down", "nginx up");
  }

  @Test
  void twoThatConflictAreNotStartedTogether() {
    Scenario story = rivals().begin();
    Client client = story.start("apache", "nginx");
    story.answered(client);
    assertFalse(client.done());
    assertTrue(client.refusal().contains("conflict"), client.refusal());
  }

  @Test
  void aMissingTypeParksAServiceUntilItIsThere() {
    Scenario story =
        scenario()
            .service("task", "type = oneshot", "exec = task 1 0")
            .service("d", RUN)
            .begin("d");
    story.until("d", UP);
    story.typeLeaves("oneshot");
    story.pass(10);
    story.start("task");
    story.pass(1_000);
    story.is("task", NO_TYPE, "type oneshot is not installed");
    story.typesReturn();
    story.until("task", UP);
  }

  // Being ready

  @Test
  void whoRequiresAServiceWaitsUntilItSaysThatItIsReady() {
    Scenario story =
        scenario()
            .service("db", "exec = tell", "[ready]", "by = notify")
            .service("app", RUN, "[depend]", "requires = db")
            .begin("app");
    story.until("db", STARTING);
    assertNotEquals(0, story.pid("db"));
    assertEquals("waits for its READY=1", story.reason("db"));
    story.rest();
    story.happened("db up", "app up");
    story.is("app", UP);
  }

  @Test
  void aReadinessThatNeverComesIsAFailureAtTheStartTimeout() {
    Scenario story =
        scenario()
            .service(
                "db", RUN, "start-timeout = 3s", "[ready]", "by = notify", "[restart]", "limit = 0")
            .service("app", RUN, "[depend]", "requires = db")
            .begin("app");
    story.rest();
    story.is("db", FAILED, "not up within 3s: waits for its READY=1");
    story.is("app", FAILED, "requires db, which failed");
  }

  @Test
  void whoEndsWellBeforeItIsReadyHasFailed() {
    Scenario story =
        scenario()
            .service("db", "exec = run 100 0", "[ready]", "by = notify", "[restart]", "limit = 0")
            .begin("db");
    story.rest();
    story.is("db", FAILED, "ended before it was ready: exit status 0");
  }

  @Test
  void aCheckThatNeverSucceedsNamesItsLastStatus() {
    Scenario story =
        scenario()
            .service(
                "db",
                RUN,
                "start-timeout = 2s",
                "[ready]",
                "by = check",
                "check = check 5 7",
                "interval = 100ms",
                "[restart]",
                "limit = 0")
            .begin("db");
    story.rest();
    story.is("db", FAILED, "not up within 2s: check: exit status 7");
    assertEquals(List.of(), story.processes("db"));
  }

  @Test
  void aCheckThatSucceedsBringsItUp() {
    Scenario story =
        scenario().service("db", RUN, "[ready]", "by = check", "check = check 5 0").begin("db");
    story.rest();
    story.is("db", UP, "");
  }

  @Test
  void oneThatSaidThatItIsReadyWhileNobodyListenedIsBelieved() {
    Scenario story =
        scenario()
            .service("db", "exec = tell", "start-timeout = 5s", "[ready]", "by = notify")
            .begin("db");
    story.until("db", STARTING);
    int pid = story.pid("db");
    story.killSupervisors();
    story.pass(10_000);
    story.is("db", UP);
    assertEquals(pid, story.pid("db"));
  }

  // Stopping

  @Test
  void whatRequiresAServiceIsDownBeforeIt() {
    Scenario story = shop().begin("app");
    story.until("app", UP);
    story.answered(story.stop("db"));
    story.is("db", DOWN);
    story.is("app", DOWN);
    story.happened("app down", "db stopping");
  }

  @Test
  void whoTakesNoNoticeIsKilledAtTheStopTimeout() {
    Scenario story = scenario().service("deaf", "exec = deaf", "stop-timeout = 7s").begin("deaf");
    story.until("deaf", UP);
    long began = story.now();
    story.answered(story.stop("deaf"));
    story.is("deaf", DOWN);
    assertEquals(ExitStatus.killed(9), story.status("deaf").lastExit());
    assertTrue(story.now() - began >= 7_000 && story.now() - began < 8_000);
  }

  @Test
  void aStopCommandThatFailsIsFollowedByTheStopSignal() {
    Scenario story =
        scenario()
            .service(
                "d",
                "type = pidfile",
                "exec = fork /pid/d",
                "pid-file = /pid/d",
                "stop-exec = undo 10 1")
            .begin("d");
    story.until("d", UP);
    story.answered(story.stop("d"));
    story.is("d", DOWN, "stop command: exit status 1");
    assertEquals(ExitStatus.killed(15), story.status("d").lastExit());
  }

  @Test
  void aStopCommandThatHangsIsKilledWithTheService() {
    Scenario story =
        scenario()
            .service(
                "d",
                "type = pidfile",
                "exec = fork /pid/d",
                "pid-file = /pid/d",
                "stop-exec = undo 3600000 0",
                "stop-timeout = 2s")
            .begin("d");
    story.until("d", UP);
    story.answered(story.stop("d"));
    story.is("d", DOWN);
    assertEquals(List.of(), story.processes("d"));
  }

  @Test
  void aStopWhileARestartIsPendingEndsTheWaiting() {
    Scenario story = scenario().service("d", RUN, "[restart]", "delay = 1h").begin("d");
    story.until("d", UP);
    story.crash("d", 1);
    story.until("d", BACKING_OFF);
    Client stop = story.stop("d");
    story.answered(stop);
    assertTrue(stop.done());
    story.rest();
    story.is("d", DOWN);
  }

  @Test
  void aStopWhileItStartsEndsTheStart() {
    Scenario story =
        scenario().service("slow", "type = oneshot", "exec = task 60000 0").begin("slow");
    story.until("slow", STARTING);
    story.pass(1_000);
    story.answered(story.stop("slow"));
    story.is("slow", DOWN);
    assertEquals(List.of(), story.processes("slow"));
  }

  @Test
  void aStopOfWhatIsDownIsDone() {
    Scenario story = scenario().service("d", RUN).begin();
    Client stop = story.stop("d");
    story.answered(stop);
    assertTrue(stop.done());
  }

  @Test
  void whatAServiceLeavesBehindGoesWithIt() {
    Scenario story = scenario().service("d", "exec = litter", QUICK).begin("d");
    story.until("d", UP);
    assertEquals(2, story.processes("d").size());
    story.answered(story.stop("d"));
    story.is("d", DOWN);
    assertEquals(List.of(), story.processes("d"));
  }

  @Test
  void aStopSaysForWhichProcessesItWaits() {
    Scenario story = scenario().service("d", "exec = litter", "stop-timeout = 1m").begin("d");
    story.until("d", UP);
    int left = story.process("d", "left-behind").pid;
    story.stop("d");
    story.pass(1_000);
    story.is("d", STOPPING, "waits for processes [" + left + "]");
  }

  @Test
  void stepsOfAStopFollowEachOther() {
    Scenario story =
        scenario()
            .service(
                "deaf",
                "exec = deaf",
                "stop-timeout = 1h",
                "stop-then = INT 1s",
                "stop-then = KILL 2s")
            .begin("deaf");
    story.until("deaf", UP);
    long began = story.now();
    story.answered(story.stop("deaf"));
    assertTrue(story.now() - began >= 3_000 && story.now() - began < 4_000);
  }

  // Starting again

  @Test
  void aCrashIsFollowedByARestartAndDependentsRunOn() {
    Scenario story = shop().begin("app");
    story.until("app", UP);
    int app = story.pid("app");
    int db = story.pid("db");
    story.crash("db", 1);
    story.rest();
    story.is("db", UP);
    assertNotEquals(db, story.pid("db"));
    assertEquals(app, story.pid("app"));
    assertEquals(1, story.status("db").restarts());
    assertEquals(ExitStatus.exited(1), story.status("db").lastExit());
  }

  @Test
  void moreCrashesThanTheLimitAreAFailureThatTakesDependentsAlong() {
    Scenario story =
        scenario()
            .service("db", "exec = run 100 1", "[restart]", "limit = 2", "delay = 10ms")
            .service("app", RUN, "[depend]", "requires = db")
            .begin("app");
    story.rest();
    story.is("db", FAILED, "restarted 2 times within 10s; last: exit status 1");
    story.is("app", FAILED, "requires db, which failed");
    assertEquals(List.of(), story.processes("app"));
  }

  @Test
  void crashesThatAreFarApartAreNoFailure() {
    Scenario story =
        scenario().service("d", "exec = run 20000 1", "[restart]", "limit = 1").begin("d");
    story.rest();
    assertTrue(story.status("d").restarts() > 100);
    assertNotEquals(FAILED, story.state("d"));
  }

  @Test
  void aCleanEndIsNoReasonToStartAgainOnFailure() {
    Scenario story = scenario().service("d", "exec = run 100 0").begin("d");
    story.rest();
    story.is("d", DOWN, "exit status 0");
    assertEquals(0, story.status("d").restarts());
  }

  @Test
  void whatRequiresAServiceThatEndedGoesToo() {
    Scenario story =
        scenario()
            .service("db", "exec = run 100 0")
            .service("app", RUN, "[depend]", "requires = db")
            .begin("app");
    story.rest();
    story.is("app", FAILED, "requires db, which ended");
  }

  @Test
  void alwaysIsAlsoAfterACleanEnd() {
    Scenario story =
        scenario().service("d", "exec = run 20000 0", "[restart]", "policy = always").begin("d");
    story.rest();
    assertTrue(story.status("d").restarts() > 100);
  }

  @Test
  void neverIsNotEvenAfterACrash() {
    Scenario story = scenario().service("d", RUN, "[restart]", "policy = never").begin("d");
    story.until("d", UP);
    story.crash("d", 2);
    story.rest();
    story.is("d", FAILED, "exit status 2");
  }

  @Test
  void onStatusIsAfterTheGivenOnesOnly() {
    Scenario story =
        scenario()
            .service("d", RUN, "[restart]", "policy = on-status", "statuses = 75 SIGKILL")
            .begin("d");
    story.until("d", UP);
    story.crash("d", 75);
    story.until("d", BACKING_OFF);
    story.until("d", UP);
    story.kill("d");
    story.until("d", BACKING_OFF);
    story.until("d", UP);
    story.crash("d", 1);
    story.rest();
    story.is("d", FAILED, "exit status 1");
  }

  @Test
  void theTimeBeforeARestartGrowsToItsCap() {
    Scenario story =
        scenario()
            .service(
                "d",
                "exec = run 1 1",
                "[restart]",
                "delay = 1s",
                "max-delay = 4s",
                "limit = 4",
                "period = 1h")
            .begin("d");
    long began = story.now();
    story.until("d", FAILED);
    long took = story.now() - began;
    assertTrue(took >= 1_000 + 2_000 + 4_000 + 4_000 && took < 11_500, took + " ms");
  }

  @Test
  void aRestartByRequestLeavesDependentsAlone() {
    Scenario story = shop().begin("app");
    story.until("app", UP);
    int db = story.pid("db");
    int app = story.pid("app");
    story.answered(story.restart("db"));
    story.is("db", UP);
    assertNotEquals(db, story.pid("db"));
    assertEquals(app, story.pid("app"));
  }

  @Test
  void aRestartWhileItWaitsForADependencyIsOneStart() {
    Scenario story =
        scenario()
            .service("slow", "type = oneshot", "exec = task 5000 0")
            .service("app", RUN, "[depend]", "requires = slow")
            .begin("app");
    story.until("slow", STARTING);
    Client restart = story.restart("app");
    story.answered(restart);
    assertTrue(restart.done());
    assertEquals(1, story.history().stream().filter("app up"::equals).count());
  }

  @Test
  void aStartAfterAFailureBeginsAfresh() {
    Scenario story =
        scenario().service("d", "exec = run 100 1", "[restart]", "limit = 1").begin("d");
    story.until("d", FAILED);
    story.start("d");
    story.until("d", UP);
    assertEquals(0, story.status("d").restarts());
    story.until("d", FAILED);
  }

  // Following

  /** An application that follows its data base, and what requires the application. */
  private static Scenario followed(String... database) {
    return scenario()
        .service("db", with(new String[] {RUN}, database))
        .service("app", RUN, "[depend]", "follows = db")
        .service("web", RUN, "[depend]", "requires = app");
  }

  @Test
  void whoFollowsIsDownBeforeARestartAndUpAfterIt() {
    Scenario story = followed().begin("web");
    story.until("web", UP);
    SimulatedProcess app = story.main("app");
    SimulatedProcess web = story.main("web");
    Client restart = story.restart("db");
    story.answered(restart);
    assertTrue(restart.done(), restart.refusal());
    story.is("app", UP);
    assertNotEquals(app, story.main("app"));
    assertEquals(web, story.main("web"), "it requires, and does not follow");
    assertEquals(
        List.of("app stopping", "app down", "db stopping", "db up", "app up"),
        lastOf(story, 5, "db", "app"));
  }

  /** The last changes of some services, without the ways up. */
  private static List<String> lastOf(Scenario story, int count, String... services) {
    List<String> all =
        story.history().stream()
            .filter(line -> List.of(services).contains(line.split(" ")[0]))
            .filter(line -> !line.endsWith("starting"))
            .toList();
    return all.subList(all.size() - count, all.size());
  }

  @Test
  void whoFollowsStopsWhenTheOtherCrashesAndStartsWhenItIsUpAgain() {
    Scenario story = followed("[restart]", "delay = 5s").begin("web");
    story.until("web", UP);
    SimulatedProcess app = story.main("app");
    story.crash("db", 1);
    story.until("db", BACKING_OFF);
    story.until("app", DOWN);
    story.is("db", BACKING_OFF);
    story.until("app", UP);
    story.is("db", UP);
    assertNotEquals(app, story.main("app"));
    assertEquals(1, story.status("db").restarts());
  }

  @Test
  void whoFollowsDoesSoAlsoWhenTheOtherIsUpAgainAtOnce() {
    Scenario story =
        scenario()
            .service("db", RUN, "[restart]", "delay = 1ms")
            .service("app", "exec = deaf", QUICK, "[depend]", "follows = db")
            .begin("app");
    story.until("app", UP);
    SimulatedProcess app = story.main("app");
    story.crash("db", 1);
    story.until("db", BACKING_OFF);
    story.rest();
    story.is("app", UP);
    assertNotEquals(app, story.main("app"));
  }

  @Test
  void aChainFollowsLinkByLink() {
    Scenario story =
        scenario()
            .service("db", RUN)
            .service("app", RUN, "[depend]", "follows = db")
            .service("web", RUN, "[depend]", "follows = app")
            .begin("web");
    story.until("web", UP);
    story.answered(story.restart("db"));
    assertEquals(
        List.of(
            "web stopping",
            "web down",
            "app stopping",
            "app down",
            "db stopping",
            "db up",
            "app up",
            "web up"),
        lastOf(story, 8, "db", "app", "web"));
  }

  @Test
  void aDiamondIsRestartedOnce() {
    Scenario story =
        scenario()
            .service("db", RUN)
            .service("reader", RUN, "[depend]", "follows = db")
            .service("writer", RUN, "[depend]", "follows = db")
            .service("web", RUN, "[depend]", "follows = reader writer")
            .begin("web");
    story.until("web", UP);
    story.answered(story.restart("db", "web", "reader"));
    for (String each : List.of("db", "reader", "writer", "web"))
      assertEquals(2, story.history().stream().filter((each + " up")::equals).count(), each);
  }

  @Test
  void whoIsPinnedUpFollowsWhenItIsUnpinned() {
    Scenario story = followed().begin("web");
    story.until("web", UP);
    SimulatedProcess app = story.main("app");
    story.answered(story.pin("app", "up"));
    story.answered(story.restart("db"));
    assertEquals(app, story.main("app"));
    story.answered(story.pin("app", "none"));
    story.rest();
    story.is("app", UP);
    assertNotEquals(app, story.main("app"));
  }

  @Test
  void whoWasStoppedIsNotStartedByWhatItFollows() {
    Scenario story = followed().begin("web");
    story.until("web", UP);
    story.answered(story.stop("app"));
    story.answered(story.restart("db"));
    story.crash("db", 1);
    story.rest();
    story.is("db", UP);
    story.is("app", DOWN);
  }

  @Test
  void whoFollowsFailsWithWhatFailsForGood() {
    Scenario story = followed("[restart]", "policy = never").begin("web");
    story.until("web", UP);
    story.crash("db", 1);
    story.rest();
    story.is("app", FAILED, "requires db, which failed");
  }

  @Test
  void aRestartWhoseManagerDiesIsFollowedAllTheSame() {
    Scenario story = followed().begin("web");
    story.until("web", UP);
    SimulatedProcess db = story.main("db");
    SimulatedProcess app = story.main("app");
    story.restart("db");
    story.until("app", STOPPING);
    story.killManager();
    story.rest();
    story.is("app", UP);
    assertNotEquals(db, story.main("db"));
    assertNotEquals(app, story.main("app"));
  }

  @Test
  void aCrashThatNobodySawIsFollowed() {
    Scenario story = followed("supervisor = other").begin("web");
    story.until("web", UP);
    SimulatedProcess app = story.main("app");
    SimulatedProcess db = story.main("db");
    story.killManager();
    story.end(db, ExitStatus.exited(1));
    story.rest();
    story.is("db", UP);
    story.is("app", UP);
    assertNotEquals(app, story.main("app"));
  }

  @Test
  void aDeathAmongOurselvesIsNotFollowed() {
    Scenario story = followed().begin("web");
    story.until("web", UP);
    SimulatedProcess app = story.main("app");
    story.killSupervisors();
    story.killManager();
    story.rest();
    story.is("app", UP);
    assertEquals(app, story.main("app"));
  }

  // Pid files

  @Test
  void aDaemonThatPutsAnotherOneInItsPlaceStaysUp() {
    Scenario story =
        scenario()
            .service("d", "type = pidfile", "exec = upgrade /pid/d", "pid-file = /pid/d")
            .begin("d");
    story.until("d", UP);
    int pid = story.pid("d");
    story.rest();
    story.is("d", UP);
    assertNotEquals(pid, story.pid("d"));
    assertEquals(0, story.status("d").restarts());
    story.answered(story.stop("d"));
    assertEquals(List.of(), story.processes("d"));
  }

  @Test
  void aPidFileThatNamesAForeignProcessIsNotBelieved() {
    Scenario story =
        scenario()
            .service(
                "d",
                "type = pidfile",
                "exec = mute /pid/d",
                "pid-file = /pid/d",
                "start-timeout = 2s",
                "[restart]",
                "limit = 0")
            .begin();
    story.file("/pid/d", Machine.STRANGER + "\n");
    story.start("d");
    story.rest();
    story.is("d", FAILED);
    assertTrue(
        story.reason("d").startsWith("not up within 2s: pid file /pid/d"), story.reason("d"));
  }

  @Test
  void aDaemonThatIsKilledIsStartedAgain() {
    Scenario story =
        scenario()
            .service("d", "type = pidfile", "exec = fork /pid/d", "pid-file = /pid/d")
            .begin("d");
    story.until("d", UP);
    story.kill("d");
    story.until("d", BACKING_OFF);
    story.until("d", UP);
    assertEquals(1, story.status("d").restarts());
  }

  @Test
  void ofTwoInConflictOnlyOneIsPinnedUp() {
    Scenario story = rivals().begin("apache");
    story.until("apache", UP);
    story.answered(story.pin("apache", "up"));
    Client client = story.pin("nginx", "up");
    story.answered(client);
    assertEquals("nginx conflicts with apache, which is pinned up", client.refusal());
    story.rest();
    story.is("apache", UP);
    story.is("nginx", DOWN);
  }

  // Deaths among ourselves

  @Test
  void aSupervisorThatDiesLeavesItsServicesRunning() {
    Scenario story = shop().begin("app");
    story.until("app", UP);
    int db = story.pid("db");
    story.killSupervisors();
    story.rest();
    assertEquals(db, story.pid("db"));
    story.is("app", UP);
    assertEquals(0, story.status("db").restarts());
  }

  @Test
  void anEndWhileTheSupervisorIsDeadIsCountedOnce() {
    Scenario story = shop().begin("app");
    story.until("app", UP);
    SimulatedProcess db = story.main("db");
    story.killSupervisors();
    story.end(db, ExitStatus.exited(3));
    story.rest();
    story.is("db", UP);
    assertEquals(1, story.status("db").restarts());
    assertEquals(ExitStatus.exited(3), story.status("db").lastExit());
  }

  @Test
  void aSuccessorThatDiesIsNotTakenForTheServiceThatWasToStart() {
    Scenario story = scenario().service("db", RUN).begin("db");
    story.until("db", UP);
    story.killInStart(1, Stroke.BEFORE_FORK);
    story.crash("db", 3);
    story.until(() -> story.supervisors().isEmpty());
    story.until(() -> !story.supervisors().isEmpty());
    story.killManager();
    story.killSupervisors();
    story.rest();
    story.is("db", UP);
    assertEquals(1, story.status("db").restarts());
    assertEquals(ExitStatus.exited(3), story.status("db").lastExit());
  }

  @ParameterizedTest
  @MethodSource("waysToDieInAStart")
  void aChildOnItsWayToItsProgramWhenItsSupervisorDiesIsTheServiceOnce(Stroke stroke, long way) {
    Scenario story = scenario().service("db", RUN).begin("db");
    story.until("db", UP);
    story.killInStart(way, stroke);
    story.crash("db", 3);
    story.until(() -> story.supervisors().isEmpty());
    story.rest();
    story.is("db", UP);
    assertEquals(1, story.processes("db").size());
    assertEquals(1, story.status("db").restarts());
    assertEquals(ExitStatus.exited(3), story.status("db").lastExit());
  }

  /** At once, in the time that a successor waits, and after that. */
  static List<Arguments> waysToDieInAStart() {
    List<Arguments> all = new ArrayList<>();
    for (Stroke stroke : Stroke.values())
      for (long way : List.of(1, 900, 5_000)) all.add(arguments(stroke, way));
    return all;
  }

  @ParameterizedTest
  @MethodSource("deathsOfASupervisor")
  void whatHasEndedBeforeASuccessorLooksIsCountedAndNotStartedTwice(List<Stroke> deaths) {
    Scenario story =
        scenario()
            .service("job", "type = oneshot", "exec = task 1 7", "[restart]", "limit = 1")
            .begin("job");
    story.until("job", BACKING_OFF);
    story.killInStart(1, deaths.toArray(Stroke[]::new));
    story.until("job", FAILED);
    story.rest();
    assertEquals(2, story.executed("job"), story::text);
    assertEquals(1, story.status("job").restarts());
    assertEquals(ExitStatus.exited(7), story.status("job").lastExit());
  }

  static List<List<Stroke>> deathsOfASupervisor() {
    return List.of(
        List.of(Stroke.BEFORE_WITNESS),
        List.of(Stroke.BEFORE_EXEC),
        List.of(Stroke.BEFORE_FORK, Stroke.BEFORE_EXEC));
  }

  @Test
  void aStopCommandIsNotStartedTwiceThoughTheServiceEndedMeanwhile() {
    Scenario story =
        scenario()
            .service(
                "db",
                "type = pidfile",
                "exec = fork /pid/db",
                "pid-file = /pid/db",
                "stop-exec = undo 1 0")
            .begin("db");
    story.until("db", UP);
    SimulatedProcess db = story.main("db");
    story.killInStart(1, Stroke.BEFORE_EXEC);
    story.stop("db");
    story.until(() -> story.supervisors().isEmpty());
    story.end(db, ExitStatus.exited(0));
    story.rest();
    story.is("db", DOWN);
    assertEquals(2, story.executed("db"), story::text);
  }

  @Test
  void aSupervisorThatCouldNotBeWatchedIsSucceededSoonAllTheSame() {
    Scenario story = shop().begin("app");
    story.until("app", UP);
    story.watchable(false, 20);
    story.killManager();
    story.until(() -> !story.begun());
    story.until(story::begun);
    story.killSupervisors();
    story.pass(50);
    story.watchable(true, 0);
    story.pass(3_000);
    assertEquals(1, story.supervisors().size());
  }

  @Test
  void aShutdownFindsAChildThatIsStillOnItsWayToItsProgram() {
    Scenario story =
        scenario()
            .service(
                "db",
                "type = pidfile",
                "supervisor = other",
                "exec = fork /pid/db",
                "pid-file = /pid/db",
                "stop-exec = undo 1 0")
            .begin("db");
    story.until("db", UP);
    SimulatedProcess db = story.main("db");
    story.killInStart(9_000, Stroke.BEFORE_EXEC);
    story.stop("db");
    story.until(() -> story.supervisors().size() == 1);
    story.killManager();
    story.end(db, ExitStatus.exited(0));
    story.shutdown();
  }

  @Test
  void aManagerThatDiesInTheMiddleOfAStartIsSucceededInIt() {
    Scenario story =
        scenario()
            .service("slow", "type = oneshot", "exec = task 5000 0")
            .service("app", RUN, "[depend]", "requires = slow")
            .begin("app");
    story.until("slow", STARTING);
    story.killManager();
    story.rest();
    story.is("app", UP);
    assertEquals(0, story.status("slow").restarts());
  }

  @Test
  void bothMayDieAtOnce() {
    Scenario story = shop().begin("app");
    story.until("app", UP);
    int db = story.pid("db");
    int app = story.pid("app");
    story.killSupervisors();
    story.killManager();
    story.rest();
    story.is("app", UP);
    assertEquals(db, story.pid("db"));
    assertEquals(app, story.pid("app"));
  }

  @Test
  void aStopThatWasAskedForIsFinishedByASuccessor() {
    Scenario story = scenario().service("deaf", "exec = deaf", "stop-timeout = 5s").begin("deaf");
    story.until("deaf", UP);
    story.stop("deaf");
    story.until("deaf", STOPPING);
    story.killManager();
    story.killSupervisors();
    story.rest();
    story.is("deaf", DOWN);
    assertEquals(List.of(), story.processes("deaf"));
  }

  // The end

  @Test
  void aShutdownTakesEverythingDownInReverse() {
    Scenario story = shop().begin("app");
    story.until("app", UP);
    story.shutdown();
    story.happened("app down", "db stopping");
    assertEquals(0, story.exitStatus());
  }

  @Test
  void aShutdownInTheMiddleOfAStartLeavesNothing() {
    Scenario story =
        scenario()
            .service("slow", "type = oneshot", "exec = task 60000 0")
            .service("app", RUN, "[depend]", "requires = slow")
            .begin("app");
    story.until("slow", STARTING);
    story.shutdown();
  }

  @Test
  void aFailureThatMattersEndsEverythingWithItsStatus() {
    Scenario story =
        scenario()
            .service(
                "job", "exec = run 1000 7", "on-failure = shutdown", "[restart]", "policy = never")
            .service("helper", RUN)
            .inOneProcess()
            .begin("job", "helper");
    story.until(story::ended);
    assertEquals(7, story.exitStatus());
  }

  @Test
  void aSupervisorOfItsOwnIsAFaultDomain() {
    Scenario story =
        scenario()
            .service("a", RUN, "supervisor = one")
            .service("b", RUN, "supervisor = other")
            .begin("a", "b");
    story.until("a", UP);
    story.until("b", UP);
    assertNotEquals(story.main("a").parent, story.main("b").parent);
    int a = story.pid("a");
    int b = story.pid("b");
    story.killSupervisors();
    story.rest();
    assertEquals(List.of(a, b), List.of(story.pid("a"), story.pid("b")));
  }

  // Cycles

  private static String cycle(int length) {
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      String text = "[service]\nexec = run\n[depend]\nrequires = s" + (i + 1) % length + "\n";
      sources.add(new Source("s" + i, "/etc/svc/s" + i + ".ini", text));
    }
    var problems = Configuration.of(sources, name -> null).problems();
    assertEquals(1, problems.size());
    return problems.get(0).text();
  }

  @Test
  void aCycleOfTwoIsNamedWhole() {
    String text = cycle(2);
    assertTrue(text.contains("s0") && text.contains("s1"), text);
  }

  @Test
  void aCycleOfSevenIsNamedWhole() {
    String text = cycle(7);
    for (int i = 0; i < 7; i++) assertTrue(text.contains("s" + i), text);
  }
}
