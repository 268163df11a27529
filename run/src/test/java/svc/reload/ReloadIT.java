package svc.reload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import svc.installed.Installed;

/** A manager, its supervisor and real services, whose declarations are edited. */
@Timeout(300)
class ReloadIT {

  private static final String SLEEP = "[service]\nexec = sleep 10000\n";

  @TempDir Path directory;
  private Path declarations;
  private Installed svc;
  private Process manager;

  @BeforeEach
  void prepare() throws Exception {
    svc = new Installed(directory);
    declarations = Files.createDirectory(directory.resolve("services"));
    declare("default", "[service]\ntype = target\n[depend]\nwants = stays goes\n");
    declare("stays", SLEEP);
    declare("goes", SLEEP + "[depend]\nrequires = below\n");
    declare("below", SLEEP);
    startManager();
    Installed.await("all up", () -> state("goes").equals("up") && state("stays").equals("up"));
  }

  @AfterEach
  void end() throws Exception {
    if (!manager.isAlive()) startManager();
    svc.run("svc", "shutdown");
    manager.waitFor(90, TimeUnit.SECONDS);
    svc.close();
  }

  private void declare(String service, String text) throws IOException {
    Files.writeString(declarations.resolve(service + ".ini"), text);
  }

  private void startManager() throws Exception {
    manager = svc.start("manager" + System.nanoTime(), "svc-manager", declarations.toString());
    Installed.await("answers", () -> !state("stays").isEmpty());
  }

  private String state(String service) {
    return svc.service(service).path("state").asText();
  }

  private long pid(String service) {
    return svc.service(service).path("pid").asLong();
  }

  private JsonNode reload(String... options) throws Exception {
    String[] words = new String[options.length + 2];
    words[0] = "reload";
    words[1] = "--json";
    System.arraycopy(options, 0, words, 2, options.length);
    Installed.Result result = svc.run("svc", words);
    assertEquals(0, result.status(), result.err() + result.out());
    return new ObjectMapper().readTree(result.out());
  }

  private static String effect(JsonNode plan, String service) {
    for (JsonNode change : plan.path("changes"))
      if (change.path("service").asText().equals(service)) return change.path("effect").asText();
    return "";
  }

  @Test
  void whatHasChangedChangesAndNothingElse() throws Exception {
    long stays = pid("stays");
    long below = pid("below");
    declare("default", "[service]\ntype = target\n[depend]\nwants = stays comes\n");
    declare("comes", SLEEP);
    declare("below", "[service]\nexec = sleep 20000\n");
    Files.delete(declarations.resolve("goes.ini"));

    JsonNode plan = reload("--plan");
    assertEquals("start", effect(plan, "comes"));
    assertEquals("stop", effect(plan, "goes"));
    assertEquals("next-start", effect(plan, "below"));
    assertEquals("at-once", effect(plan, "default"));
    assertEquals(1, plan.path("unchanged").asInt());
    assertEquals("up", state("goes"));

    assertEquals(plan, reload());
    assertEquals("up", state("comes"));
    assertEquals("", state("goes"));
    assertEquals(stays, pid("stays"));
    assertEquals(below, pid("below"));

    assertEquals(0, svc.run("svc", "restart", "below").status());
    assertTrue(ProcessHandle.of(pid("below")).orElseThrow().info().arguments().isPresent());
    assertEquals("20000", ProcessHandle.of(pid("below")).orElseThrow().info().arguments().get()[0]);
  }

  @Test
  void anotherTypeAndAnotherSupervisorMeanARestart() throws Exception {
    long stays = pid("stays");
    long below = pid("below");
    long goes = pid("goes");
    declare("stays", "[service]\ntype = oneshot\nexec = true\n");
    declare("below", "[service]\nexec = sleep 10000\nsupervisor = aux\n");
    JsonNode plan = reload();
    assertEquals("restart", effect(plan, "stays"));
    assertEquals("restart", effect(plan, "below"));
    assertEquals("oneshot", svc.service("stays").path("type").asText());
    assertEquals("up", state("stays"));
    assertFalse(ProcessHandle.of(stays).map(ProcessHandle::isAlive).orElse(false));
    assertNotEquals(below, pid("below"));
    assertEquals("up", state("below"));
    assertFalse(ProcessHandle.of(below).map(ProcessHandle::isAlive).orElse(false));
    assertEquals(goes, pid("goes"));
  }

  @Test
  void declarationsThatAreWrongChangeNothingAlsoForAManagerThatComesAfter() throws Exception {
    long stays = pid("stays");
    declare("stays", "[service]\nexec = sleep 10000\nusr = x\n");
    declare("goes", "[depend]\nrequires = nobody\n");
    Installed.Result result = svc.run("svc", "reload");
    assertEquals(1, result.status());
    assertTrue(result.err().contains("stays.ini:3: service.usr: unknown key"), result.err());
    assertTrue(
        result.err().contains("goes.ini:2: depend.requires: no service nobody"), result.err());
    manager.destroyForcibly().waitFor();
    startManager();
    Installed.await("adopted", () -> state("goes").equals("up"));
    assertEquals(stays, pid("stays"));

    declare("stays", SLEEP);
    declare("goes", SLEEP + "[depend]\nrequires = below\n");
    assertEquals(4, reload().path("unchanged").asInt());
  }

  @Test
  void aHangupReloads() throws Exception {
    declare("default", "[service]\ntype = target\n[depend]\nwants = stays goes more@1\n");
    declare("more@", "[service]\nexec = sleep 1000%i\n");
    assertEquals(0, hangup());
    Installed.await("reloaded", () -> state("more@1").equals("up"));
    assertEquals(
        "10001", ProcessHandle.of(pid("more@1")).orElseThrow().info().arguments().get()[0]);

    assertEquals(0, svc.run("svc", "start", "more@2").status());
    assertEquals("up", state("more@2"));
    long second = pid("more@2");
    manager.destroyForcibly().waitFor();
    startManager();
    Installed.await("adopted", () -> state("more@2").equals("up"));
    assertEquals(second, pid("more@2"));
  }

  @Test
  void whatIsSkippedCountsAsUpAndSaysWhy() throws Exception {
    Path flag = directory.resolve("flag");
    declare("maybe", SLEEP + "[condition]\npath-exists = " + flag + "\n");
    declare("needs", SLEEP + "[depend]\nrequires = maybe\n");
    declare("default", "[service]\ntype = target\n[depend]\nwants = stays goes needs\n");
    reload();
    assertEquals("up", state("needs"));
    assertEquals("skipped", state("maybe"));
    assertEquals(
        "condition not met: path-exists = " + flag, svc.service("maybe").path("reason").asText());
    Files.createFile(flag);
    assertEquals(0, svc.run("svc", "start", "maybe").status());
    assertEquals("up", state("maybe"));
  }

  @Test
  void whatIsPinnedStaysAlsoForAManagerThatComesAfter() throws Exception {
    long goes = pid("goes");
    assertEquals(0, svc.run("svc", "pin", "goes", "up").status());
    assertEquals(0, svc.run("svc", "pin", "stays", "down").status());
    manager.destroyForcibly().waitFor();
    startManager();
    Installed.await("adopted", () -> svc.service("goes").path("pinned").asText().equals("up"));
    assertEquals(0, svc.run("svc", "stop", "below").status());
    assertEquals(goes, pid("goes"));
    assertEquals("down", state("below"));
    Installed.Result refused = svc.run("svc", "start", "stays");
    assertEquals(3, refused.status());
    assertTrue(refused.err().contains("stays is pinned down"), refused.err());
    assertEquals(0, svc.run("svc", "unpin", "goes", "stays").status());
    Installed.await("goes down", () -> state("goes").equals("failed"));
    assertEquals(0, svc.run("svc", "start", "stays").status());
  }

  @Test
  void whatIsEnabledIsWantedFromTheNextReloadOn() throws Exception {
    declare("extra", SLEEP);
    assertEquals(0, svc.run("svc", "enable", "--now", "extra").status());
    assertEquals("up", state("extra"));
    assertTrue(Files.exists(declarations.resolve("default.ini.d/extra.ini")));
    assertEquals(0, svc.run("svc", "disable", "--now", "extra").status());
    assertEquals("down", state("extra"));
  }

  private int hangup() throws Exception {
    return new ProcessBuilder("kill", "-HUP", Long.toString(manager.pid())).start().waitFor();
  }
}
