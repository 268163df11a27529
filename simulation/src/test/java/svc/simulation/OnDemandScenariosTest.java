package svc.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static svc.service.ServiceState.DOWN;
import static svc.service.ServiceState.FAILED;
import static svc.service.ServiceState.UP;

import java.util.List;
import org.junit.jupiter.api.Test;
import svc.os.ExitStatus;

/** Services that run when somebody comes, or when their time has come: one story each. */
final class OnDemandScenariosTest {

  private static final String SOCKET = "unix:/socket/web";
  private static final String OTHER = "tcp:127.0.0.1:80";

  /** Up, with one socket. */
  private static Scenario web(String exec, String... more) {
    Scenario story = new Scenario().service("web", socket(exec, SOCKET, more)).begin("web");
    story.until("web", UP);
    return story;
  }

  private static String[] socket(String exec, String address, String... more) {
    String end = more.length == 0 ? "" : "\n" + String.join("\n", more);
    return new String[] {
      "type = socket",
      "exec = " + exec,
      "stop-timeout = 1s",
      "[socket]",
      "listen = " + address + end
    };
  }

  private static Scenario timer(String... lines) {
    String text = "type = timer\nexec = task 5 0\n[timer]\n" + String.join("\n", lines);
    return new Scenario().service("job", text).begin("job");
  }

  /** Its program runs, and has served somebody. */
  private static SimulatedProcess serving(Scenario story) {
    served(story, story.visit("web", SOCKET));
    story.until(() -> story.main("web") != null);
    return story.main("web");
  }

  private static void served(Scenario story, Visitor visitor) {
    story.until(() -> visitor.state == Visitor.State.SERVED);
  }

  private static void supervisorsReturn(Scenario story) {
    story.killSupervisors();
    story.until(() -> story.living().stream().anyMatch(each -> each.words.contains("main")));
    story.pass(1_000);
  }

  // Sockets

  @Test
  void whoComesStartsTheProgram() {
    Scenario story = web("serve");
    assertEquals(List.of(), story.processes("web"));
    served(story, story.visit("web", SOCKET));
    assertEquals(1, story.processes("web").size());
    served(story, story.visit("web", SOCKET));
    assertEquals(1, story.status("web").restarts());
  }

  @Test
  void aRestartSendsNobodyAway() {
    Scenario story = web("deaf");
    Visitor visitor = story.visit("web", SOCKET);
    story.until(() -> story.main("web") != null);
    SimulatedProcess before = story.main("web");
    story.answered(story.restart("web"));
    story.until(() -> story.main("web") != null && story.main("web") != before);
    assertEquals(Visitor.State.WAITING, visitor.state);
  }

  @Test
  void aSuccessorTakesTheSocketOutOfTheProgram() {
    Scenario story = web("serve");
    SimulatedProcess program = serving(story);
    supervisorsReturn(story);
    assertEquals(program, story.main("web"));
    story.kill("web");
    served(story, story.visit("web", SOCKET));
  }

  /** Found by the simulator, seed 84. */
  @Test
  void whoComesAfterAFailureThatNobodySawWaitsForTheDelay() {
    Scenario story = web("serve", "[restart]", "delay = 5s");
    SimulatedProcess program = serving(story);
    story.killSupervisors();
    story.end(program, ExitStatus.exited(1));
    story.until(() -> story.reason("web").startsWith("last run: "));
    Visitor visitor = story.visit("web", SOCKET);
    story.pass(3_000);
    assertEquals(Visitor.State.WAITING, visitor.state);
    served(story, visitor);
  }

  @Test
  void theDelayAfterAFailureOutlivesTheSupervisor() {
    Scenario story = web("serve", "[restart]", "delay = 60s");
    story.end(serving(story), ExitStatus.exited(1));
    story.until(() -> story.reason("web").startsWith("last run: "));
    supervisorsReturn(story);
    Visitor visitor = story.visit("web", SOCKET);
    story.pass(30_000);
    assertEquals(Visitor.State.WAITING, visitor.state);
    served(story, visitor);
  }

  /** Found by the simulator, seed 854. */
  @Test
  void aDaemonThatIsStartedAgainListensNowhereElse() {
    Scenario story = web("serve", "lazy = no");
    story.write("web", socket("serve", OTHER, "lazy = no"));
    story.answered(story.reload());
    served(story, story.visit("web", SOCKET));
    story.answered(story.restart("web"));
    assertEquals(Visitor.State.REFUSED, story.visit("web", SOCKET).state);
    served(story, story.visit("web", OTHER));
  }

  @Test
  void aProgramThatServesNobodyFailsAndNobodyWaitsAnyLonger() {
    Scenario story = web("task 10 0");
    Visitor visitor = story.visit("web", SOCKET);
    story.until("web", FAILED);
    story.is("web", FAILED, "started 20 times within 2s, and somebody still waits");
    assertEquals(Visitor.State.DROPPED, visitor.state);
    assertEquals(Visitor.State.REFUSED, story.visit("web", SOCKET).state);
  }

  @Test
  void aServiceThatIsDownListensNowhere() {
    Scenario story = web("serve");
    served(story, story.visit("web", SOCKET));
    story.answered(story.stop("web"));
    story.is("web", DOWN);
    assertEquals(Visitor.State.REFUSED, story.visit("web", SOCKET).state);
  }

  // Times

  @Test
  void aTimerRunsWheneverItsTimeHasCome() {
    Scenario story = timer("every = 10s");
    story.pass(61_000);
    story.is("job", UP);
    assertEquals(6, story.status("job").restarts());
  }

  @Test
  void whatWasMissedIsMadeUpOnce() {
    Scenario story = timer("every = 10s", "catch-up = yes");
    story.pass(11_000);
    story.answered(story.stop("job"));
    story.pass(60_000);
    story.answered(story.start("job"));
    story.pass(5_000);
    assertEquals(1, story.status("job").restarts());
    story.pass(10_000);
    assertEquals(2, story.status("job").restarts());
  }

  @Test
  void orIsLeftOut() {
    Scenario story = timer("every = 10s");
    story.pass(11_000);
    story.answered(story.stop("job"));
    story.pass(55_000);
    story.answered(story.start("job"));
    story.pass(1_000);
    assertEquals(0, story.status("job").restarts());
  }

  @Test
  void aTimeIsNotRunOnceMoreByAnotherSupervisor() {
    Scenario story = timer("calendar = minutely");
    story.until(() -> story.pid("job") != 0);
    supervisorsReturn(story);
    story.pass(50_000);
    assertEquals(1, story.status("job").restarts());
    story.pass(20_000);
    assertEquals(2, story.status("job").restarts());
  }

  @Test
  void aTimeThatComesWhileNobodySupervisesIsMadeUpByWhoDoes() {
    Scenario story = timer("calendar = minutely");
    story.until(() -> story.status("job").restarts() == 1 && story.pid("job") == 0);
    story.pass(59_700);
    story.killManager();
    story.killSupervisors();
    story.until(story::begun);
    story.pass(2_000);
    assertEquals(2, story.status("job").restarts());
  }

  @Test
  void aClockThatIsSetForwardIsNoticedWithinAMinute() {
    Scenario story = timer("calendar = hourly");
    story.until("job", UP);
    story.setClock(3_600_000);
    story.pass(61_000);
    assertEquals(1, story.status("job").restarts());
  }

  @Test
  void aClockThatIsSetBackIsWaitedForAnew() {
    Scenario story = timer("every = 10s");
    story.pass(25_000);
    story.setClock(-20_000);
    story.pass(120_000);
    int runs = story.status("job").restarts();
    assertTrue(runs >= 12, runs + " runs");
  }

  /** A part of the number is not an earlier time. */
  @Test
  void aTornNoteOfTheLastRunIsNone() {
    Scenario story =
        new Scenario()
            .service("job", "type = timer\nexec = task 5 0\n[timer]\nevery = 10s\ncatch-up = yes")
            .begin();
    story.setClock(1_000_000);
    story.file("/log/.last-run/job", "1");
    story.answered(story.start("job"));
    story.pass(5_000);
    assertEquals(0, story.status("job").restarts());
  }
}
