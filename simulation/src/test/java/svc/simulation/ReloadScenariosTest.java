package svc.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static svc.service.ServiceState.DOWN;
import static svc.service.ServiceState.FAILED;
import static svc.service.ServiceState.SKIPPED;
import static svc.service.ServiceState.UP;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of services whose declarations change, and of those that are held as they are. */
final class ReloadScenariosTest {

  private static final String RUN = "exec = run";
  private static final String TARGET = "default";

  /** An application that requires a data base. */
  private static Scenario shop() {
    Scenario story =
        new Scenario()
            .service("db", RUN)
            .service("app", RUN, "[depend]", "requires = db")
            .begin("app");
    story.rest();
    return story;
  }

  private static void target(Scenario story, String... wanted) {
    story.write(TARGET, "type = target", "[depend]", "wants = " + String.join(" ", wanted));
  }

  @Test
  void aReloadAddsWhatTheTargetWants() {
    Scenario story = shop();
    int app = story.pid("app");
    story.write("mail", RUN);
    target(story, "app", "mail");
    story.answered(story.reload());
    story.is("mail", UP);
    assertEquals(app, story.pid("app"));
  }

  @Test
  void aReloadRemovesInOrder() {
    Scenario story = shop();
    story.delete("app").delete("db");
    story.write("other", RUN);
    target(story, "other");
    story.answered(story.reload());
    story.happened("app down", "db down");
    assertNull(story.state("app"));
    assertNull(story.state("db"));
    assertEquals(1, story.living().stream().filter(p -> !p.service.isEmpty()).count());
  }

  @Test
  void aReloadChangesADependency() {
    Scenario story = shop();
    int app = story.pid("app");
    story.write("cache", RUN);
    story.write("app", RUN, "[depend]", "requires = cache");
    story.answered(story.reload());
    story.is("cache", UP);
    assertEquals(app, story.pid("app"));
    story.answered(story.stop("db"));
    story.is("app", UP);
    story.answered(story.stop("cache"));
    story.is("app", DOWN);
  }

  @Test
  void anEditedCommandIsForTheNextStart() {
    Scenario story = shop();
    int db = story.pid("db");
    story.write("db", "exec = run 100000 0");
    story.answered(story.reload());
    assertEquals(db, story.pid("db"));
    story.crash("db", 1);
    story.until(() -> story.state("db") == UP && story.pid("db") != db);
    assertEquals(List.of("run", "100000", "0"), story.main("db").words);
  }

  @Test
  void anotherTypeIsARestartThatLeavesDependentsAlone() {
    Scenario story = shop();
    int app = story.pid("app");
    story.write("db", "type = oneshot", "exec = task 10 0");
    story.answered(story.reload());
    story.is("db", UP);
    assertEquals(0, story.pid("db"));
    assertEquals(app, story.pid("app"));
  }

  @Test
  void anotherSupervisorIsARestartToo() {
    Scenario story = shop();
    int db = story.pid("db");
    story.write("db", RUN, "supervisor = aux");
    story.answered(story.reload());
    story.is("db", UP);
    assertNotEquals(db, story.pid("db"));
    assertEquals(1, story.processes("db").size());
  }

  @Test
  void aBadConfigurationChangesNothing() {
    Scenario story = shop();
    int app = story.pid("app");
    story.write("app", RUN, "nonsense");
    story.delete("db");
    story.answered(story.reload());
    story.rest();
    assertEquals(app, story.pid("app"));
    story.is("db", UP);
  }

  @Test
  void aManagerThatComesAfterGoesByWhatWasAccepted() {
    Scenario story = shop();
    int app = story.pid("app");
    story.write("app", "nonsense").delete("db");
    story.killManager();
    story.until(() -> story.begun() && story.state("app") == UP);
    assertEquals(app, story.pid("app"));
    story.is("db", UP);
  }

  @Test
  void aReloadWhoseManagerDiesIsGoneOnWith() {
    Scenario story = shop();
    story.delete("app");
    story.write("mail", RUN);
    target(story, "db", "mail");
    Client asked = story.reload();
    story.until(() -> story.state("mail") != null);
    story.killManager();
    story.until(() -> story.begun() && story.state("mail") == UP && story.state("app") == null);
    assertFalse(asked.done());
    assertTrue(story.processes("app").isEmpty());
  }

  @Test
  void aConditionIsAskedAtTheStart() {
    Scenario story =
        new Scenario()
            .service("gpu", RUN, "[condition]", "path-exists = /flag/gpu")
            .service("app", RUN, "[depend]", "requires = gpu")
            .begin("app");
    story.rest();
    story.is("gpu", SKIPPED, "condition not met: path-exists = /flag/gpu");
    story.is("app", UP);
    story.flip("gpu");
    story.answered(story.start("gpu"));
    story.is("gpu", UP);
    story.flip("gpu");
    story.crash("gpu", 1);
    story.rest();
    story.is("gpu", UP);
  }

  @Test
  void whatIsPinnedUpOutlivesWhatItRequires() {
    Scenario story = shop();
    story.answered(story.pin("app", "up"));
    story.answered(story.stop("db"));
    story.is("db", DOWN);
    story.is("app", UP);
    story.killManager();
    story.until(() -> story.begun() && story.state("app") == UP);
    story.answered(story.pin("app", "none"));
    story.until("app", FAILED);
    assertEquals("requires db, which is not to be up", story.reason("app"));
  }

  @Test
  void whatIsPinnedDownIsNotStarted() {
    Scenario story = shop();
    story.answered(story.pin("db", "down"));
    story.is("app", DOWN);
    Client start = story.start("app");
    story.answered(start);
    assertEquals("app requires db, which cannot be started", start.refusal());
    story.answered(story.pin("db", "none"));
    story.answered(story.start("app"));
    story.is("app", UP);
  }

  @Test
  void whatFollowsAnotherTypeIsRestartedWithIt() {
    Scenario story =
        new Scenario()
            .service("db", "exec = run")
            .service("app", "exec = run", "[depend]", "follows = db")
            .begin("app");
    story.until("app", UP);
    SimulatedProcess app = story.main("app");
    story.write("db", "type = pidfile", "exec = fork /pid/db", "pid-file = /pid/db");
    Client reload = story.reload();
    story.answered(reload);
    assertTrue(reload.done(), reload.refusal());
    story.is("app", UP);
    assertNotEquals(app, story.main("app"));
    story.happened("app down", "db stopping");
  }

  @Test
  void whoIsToFollowFromNowOnIsLeftAloneByTheReload() {
    Scenario story =
        new Scenario().service("db", "exec = run").service("app", "exec = run").begin("app");
    story.until("app", UP);
    SimulatedProcess app = story.main("app");
    story.write("app", "exec = run", "[depend]", "follows = db");
    story.answered(story.reload());
    story.is("db", UP);
    assertEquals(app, story.main("app"));
    story.answered(story.restart("db"));
    assertNotEquals(app, story.main("app"));
  }
}
