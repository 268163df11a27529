package svc.ready;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.installed.Installed;
import svc.installed.Installed.Result;

/** Who says what is believed, and what comes of saying nothing. */
class ReadinessIT {

  /** {@code say TEXT}: sd_notify(3) in Perl; {@code next}: waits for a file of this name. */
  private static final String WORDS =
      """
      use Socket;
      sub say_so {
        socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die;
        send($s, join("\\n", @_), 0, sockaddr_un($ENV{NOTIFY_SOCKET} // shift)) or die "$!";
      }
      sub wait_for { my $file = shift; select(undef, undef, undef, 0.01) until -e $file; }
      """;

  @TempDir Path directory;

  private Installed installed;
  private Path declarations;
  private Process manager;

  @BeforeEach
  void prepare() throws IOException {
    installed = new Installed(directory);
    declarations = Files.createDirectory(directory.resolve("services"));
  }

  @AfterEach
  void end() throws Exception {
    if (manager != null && manager.isAlive()) installed.run("svc", "shutdown");
    installed.close();
  }

  private void declare(String name, String program, String... lines) throws IOException {
    Files.writeString(declarations.resolve(name + ".pl"), WORDS + program);
    String text = "[service]\nexec = perl " + name + ".pl\n" + String.join("\n", lines) + "\n";
    Files.writeString(declarations.resolve(name + ".ini"), text);
  }

  private void start() throws IOException {
    manager = installed.start("manager", "svc-manager", declarations.toString());
  }

  private void let(String file) throws IOException {
    Files.createFile(declarations.resolve(file));
  }

  private void await(String name, String state, String reason) throws Exception {
    Installed.await(
        name + " " + state + ": " + reason,
        () -> {
          JsonNode service = installed.service(name);
          return service.path("state").asText().equals(state)
              && service.path("reason").asText().equals(reason);
        });
  }

  @Test
  void itIsUpWhenItSaysSoAndWhoRequiresItWaits() throws Exception {
    declare(
        "db",
        "wait_for('now'); say_so('READY=1', 'STATUS=3 tables'); sleep 1000;",
        "[ready]",
        "by = notify");
    declare("app", "sleep 1000;", "[depend]", "requires = db");
    start();
    await("db", "starting", "waits for its READY=1");
    assertEquals("down", installed.service("app").path("state").asText());
    let("now");
    await("db", "up", "3 tables");
    await("app", "up", "");
  }

  @Test
  void aStrangerIsNotBelieved() throws Exception {
    declare(
        "db",
        "open F, '>where.new'; print F $ENV{NOTIFY_SOCKET}; close F; rename 'where.new', 'where';"
            + " wait_for('now'); say_so('READY=1'); sleep 1000;",
        "[ready]",
        "by = notify");
    start();
    Path where = declarations.resolve("where");
    Installed.await("where", () -> Files.exists(where));
    Process stranger = stranger(Files.readString(where), "STATUS=forged");
    assertEquals("sent", stranger.inputReader().readLine());
    // in the same socket, so it is heard later
    let("now");
    await("db", "up", "");
    stranger.destroy();
  }

  /** Has no mark, and stays for as long as it is looked at. */
  private static Process stranger(String socket, String text) throws IOException {
    String program =
        WORDS
            + "$ENV{NOTIFY_SOCKET} = '"
            + socket
            + "'; say_so('READY=1', '"
            + text
            + "'); $| = 1; print \"sent\\n\"; sleep 1000;";
    return new ProcessBuilder("perl", "-e", program).start();
  }

  @Test
  void itNamesAnotherMainProcess() throws Exception {
    declare(
        "db",
        "my $child = fork; if (!$child) { sleep 1000; exit 0 }"
            + " say_so(\"MAINPID=$child\", 'READY=1'); wait_for('now'); exit 3;",
        "[ready]",
        "by = notify");
    start();
    await("db", "up", "");
    int main = installed.service("db").path("pid").asInt();
    ProcessHandle first = ProcessHandle.of(main).flatMap(ProcessHandle::parent).orElseThrow();
    let("now");
    Installed.await("its first process is gone", () -> !first.isAlive());
    assertEquals(main, installed.service("db").path("pid").asInt());
    assertEquals(0, installed.service("db").path("restarts").asInt());
  }

  @Test
  void whoIsSilentForTooLongIsStartedAgain() throws Exception {
    declare(
        "db",
        "say_so('READY=1'); for (1 .. 20) { say_so('WATCHDOG=1'); select(undef, undef, undef, 0.05) }"
            + " sleep 1000;",
        "watchdog = 3s",
        "[ready]",
        "by = notify");
    start();
    await("db", "up", "");
    int first = installed.service("db").path("pid").asInt();
    Installed.await("restarted", () -> installed.service("db").path("restarts").asInt() > 0);
    await("db", "up", "");
    assertNotEquals(first, installed.service("db").path("pid").asInt());
    assertEquals(6, installed.service("db").path("exit_signal").asInt());
  }

  @Test
  void aCheckIsAskedAsTheService() throws Exception {
    declare(
        "db",
        "sleep 1000;",
        "environment = WHICH=now",
        "[ready]",
        "by = check",
        "check = sh -c 'test -e $WHICH && kill -0 $MAINPID'",
        "interval = 20ms");
    start();
    await("db", "starting", "check: exit status 1");
    let("now");
    await("db", "up", "");
  }

  @Test
  void aLineOnItsDescriptorSaysThatItIsReady() throws Exception {
    declare(
        "db",
        "open F, '>&=', 5 or die; wait_for('now'); syswrite F, \"\\n\"; close F;" + " sleep 1000;",
        "[ready]",
        "by = descriptor",
        "descriptor = 5");
    start();
    await("db", "starting", "waits for its line on descriptor 5");
    let("now");
    await("db", "up", "");
  }

  @Test
  void aDescriptorThatIsClosedEarlyIsAFailure() throws Exception {
    declare(
        "db",
        "open F, '>&=', 3 or die; close F; sleep 1000;",
        "[ready]",
        "by = descriptor",
        "[restart]",
        "limit = 0");
    start();
    await("db", "failed", "closed descriptor 3 before it was ready");
  }

  @Test
  void aReloadIsAnsweredWhenItIsThroughAndLeavesItUp() throws Exception {
    declare(
        "db",
        "sleep 1000;",
        "[reload]",
        "exec = sh -c 'test -e good && kill -0 $MAINPID && touch reloaded'");
    declare("other", "sleep 1000;");
    start();
    await("db", "up", "");
    await("other", "up", "");
    Result bad = installed.run("svc", "reload", "db");
    assertEquals(1, bad.status());
    assertTrue(bad.err().contains("db: reload: exit status 1"), bad.err());
    await("db", "up", "reload: exit status 1");
    let("good");
    Result good = installed.run("svc", "reload", "db");
    assertEquals(0, good.status(), good.err());
    assertTrue(Files.exists(declarations.resolve("reloaded")));
    await("db", "up", "");
    assertEquals(0, installed.service("db").path("restarts").asInt());
    Result none = installed.run("svc", "reload", "other");
    assertEquals(3, none.status());
    assertTrue(none.err().contains("declares neither reload.signal nor reload.exec"), none.err());
  }

  @Test
  void aSupervisorThatDiesBeforeItIsReadyLosesNothing() throws Exception {
    declare(
        "db",
        // once more, since nobody may have listened
        "wait_for('now'); for (1 .. 1000) { eval { say_so('READY=1') }; sleep 1 }",
        "[ready]",
        "by = notify");
    start();
    await("db", "starting", "waits for its READY=1");
    int pid = installed.service("db").path("pid").asInt();
    ProcessHandle.of(pid).flatMap(ProcessHandle::parent).orElseThrow().destroyForcibly();
    let("now");
    await("db", "up", "");
    assertEquals(pid, installed.service("db").path("pid").asInt());
    assertEquals(0, installed.service("db").path("restarts").asInt());
  }
}
