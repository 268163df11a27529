package svc.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static svc.service.ServiceState.DOWN;
import static svc.service.ServiceState.FAILED;
import static svc.service.ServiceState.STOPPING;
import static svc.service.ServiceState.UP;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import svc.simulation.Cgroups.Support;

/** What a machine with cgroups can do that others cannot. */
final class CgroupScenariosTest {

  private static final String[] FLEES = {"exec = flee", "stop-timeout = 1s"};

  private static Scenario flight(Support support) {
    Scenario story = new Scenario().with(support).service("app", FLEES).begin("app");
    story.until("app", UP);
    story.pass(100);
    return story;
  }

  @Test
  void whatFleesFromWhoeverLooksIsGoneInOneKill() {
    Scenario story = flight(Support.WHOLE);
    story.answered(story.stop("app"));
    story.is("app", DOWN);
    assertEquals(List.of(), story.processes("app"));
    assertEquals(0, story.dodged());
  }

  @Test
  void isGoneSometimeWhereLinuxHasNoSuchKill() {
    Scenario story = flight(Support.WITHOUT_KILL);
    story.answered(story.stop("app"));
    story.is("app", DOWN);
    assertEquals(List.of(), story.processes("app"));
    assertTrue(story.dodged() > 0);
  }

  @Test
  void aSuccessorGoesOnWithTheCgroupThatIsThere() {
    Scenario story = flight(Support.WHOLE);
    Set<String> before = story.cgroups();
    story.killSupervisors();
    story.until(() -> story.living().stream().anyMatch(p -> p.words.contains("main")));
    story.until("app", UP);
    assertEquals(before, story.cgroups());
    story.answered(story.stop("app"));
    assertEquals(List.of(), story.processes("app"));
  }

  @Test
  void aSupervisorThatDiesInTheMiddleOfAStopIsGoneOnWith() {
    Scenario story = flight(Support.WHOLE);
    story.stop("app");
    story.until("app", STOPPING);
    story.killSupervisors();
    story.until("app", DOWN);
    assertEquals(List.of(), story.processes("app"));
  }

  /** Nobody else can see what is left; found by the simulator. */
  @Test
  void aSupervisorThatDiesWhileItEndsHasASuccessor() {
    Scenario story =
        new Scenario()
            .with(Support.WITHOUT_KILL)
            .service("app", "exec = flee", "[restart]", "policy = never")
            .begin("app");
    story.until("app", UP);
    story.crash("app", 1);
    story.until("app", FAILED);
    story.beginShutdown();
    story.until(() -> story.dodged() > 0);
    story.killSupervisors();
    story.until(story::ended);
    assertEquals(List.of(), story.processes("app"));
  }

  @Test
  void eachIsKilledAlone() {
    Scenario story =
        new Scenario()
            .with(Support.WHOLE)
            .service("app", "exec = deaf", "stop-timeout = 1s")
            .service("app2", "exec = run")
            .begin("app", "app2");
    story.until("app2", UP);
    int pid = story.pid("app2");
    story.answered(story.stop("app"));
    story.is("app", DOWN);
    assertEquals(pid, story.pid("app2"));
  }

  @Test
  void nothingIsLeftOfThem() {
    Scenario story = flight(Support.WHOLE);
    assertEquals(2, story.cgroups().size(), story.cgroups().toString());
    story.answered(story.stop("app"));
    assertEquals(Set.of(), story.cgroups());
    story.answered(story.start("app"));
    assertEquals(2, story.cgroups().size(), story.cgroups().toString());
    story.shutdown();
    assertEquals(Set.of(), story.cgroups());
  }

  @Test
  void whoWantsNoneHasNone() {
    Scenario story =
        new Scenario().with(Support.WHOLE).service("app", "exec = run", "cgroup = no").begin("app");
    story.until("app", UP);
    assertFalse(story.main("app").cgroup.contains("app"));
    assertEquals(Set.of(), story.cgroups());
  }
}
