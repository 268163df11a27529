package svc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.ipc.ErrorCode;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.service.ServiceState;

/** The programs that host a composition, with something else in its place. */
class HostTest {

  @TempDir Path directory;
  private final Ran.Runner runner = new Ran.Runner();
  private final Map<String, String> properties = new HashMap<>();
  private String composition;
  private Path socket;
  private Path declarations;

  @BeforeEach
  void prepare() throws IOException {
    socket = directory.resolve("sock");
    declarations = Files.createDirectory(directory.resolve("d"));
    Files.writeString(declarations.resolve("redis.ini"), "[service]\nexec = true\n");
    runner.environment.put("SVC_SOCKET", socket.toString());
    runner.runtimes = (home, started, given) -> began(started, given, () -> 3);
  }

  private Runtimes.Running began(
      String started, Map<String, String> given, Runtimes.Running running) {
    composition = started;
    properties.putAll(given);
    return running;
  }

  @Test
  void aSupervisorOfOneProgramIsToldWhatADeclarationSays() throws Exception {
    Ran ran =
        runner.run(
            "svc-supervise",
            "--respawn-max",
            "3",
            "--respawn-period",
            "60",
            "--uid",
            "web",
            "--umask",
            "027",
            "/usr/bin/it's",
            "--port",
            "80");
    assertEquals(3, ran.status(), ran.err());
    assertEquals("supervise", composition);
    assertEquals("supervise", properties.get("svc.main"));
    assertEquals("it_s", properties.get("svc.alone.name"));
    assertEquals("-1", properties.get("svc.alone.descriptor"));
    assertEquals(
        List.of(
            "service.exec='/usr/bin/it'\\''s' '--port' '80'",
            "service.stdout=inherit",
            "service.stderr=inherit",
            "service.user=web",
            "service.umask=027",
            "restart.policy=always",
            "restart.delay=200ms",
            "restart.limit=3",
            "restart.period=60s"),
        List.of(properties.get("svc.alone").split("\0")));
    assertFalse(Files.exists(Path.of(properties.get("svc.run"))));
  }

  @Test
  void whatASupervisorCannotDoIsTold() throws Exception {
    assertUsage("expected a PROGRAM", "--chdir", "/");
    assertUsage("--umask: expected an octal mode", "--umask", "99", "true");
    assertUsage("--manager-fd: expected a socket's descriptor", "--manager-fd", "0", "true");
    assertUsage("--respawn-delay", "--respawn-delay", "-1", "true");
    assertUsage("nknown option", "--no-such", "true");
  }

  private void assertUsage(String text, String... arguments) throws Exception {
    Ran ran = runner.run("svc-supervise", arguments);
    assertEquals(2, ran.status(), ran.err());
    assertTrue(ran.err().contains(text), ran.err());
  }

  @Test
  void aManagerIsToldItsPlacesAndEndsWithItsRuntimesStatus() throws Exception {
    Ran ran = runner.run("svc-manager", declarations.toString(), "--target", "redis");
    assertEquals(3, ran.status(), ran.err());
    assertEquals("manager", composition);
    Path run = directory.resolve("sock.d");
    assertEquals(
        Map.of(
            "svc.home",
            "/opt/svc",
            "svc.run",
            run.toString(),
            "svc.log",
            run.resolve("log").toString(),
            "svc.plugins",
            run.resolve("plugins").toString(),
            "svc.socket",
            socket.toString(),
            "svc.declarations",
            declarations.toRealPath().toString(),
            "svc.target",
            "redis",
            "svc.name",
            "main",
            "svc.main",
            "manager",
            "svc.supervise",
            "process"),
        properties);
    assertTrue(Files.isDirectory(run.resolve("log")));
  }

  @Test
  void aSupervisorIsToldItsNameAndPlaces() {
    Path run = directory.resolve("run");
    Path log = directory.resolve("log");
    Ran ran =
        runner.run("svc-supervise", "--name", "db", "--run-dir", run + "", "--log-dir", log + "");
    assertEquals(3, ran.status(), ran.err());
    assertEquals("supervise", composition);
    assertEquals("supervise", properties.get("svc.main"));
    assertEquals("db", properties.get("svc.name"));
    assertEquals(run.toString(), properties.get("svc.run"));
    assertEquals(log.toString(), properties.get("svc.log"));
    runner.run("svc-supervise", "--name", "../db").bad(2, "expected a name");
  }

  @Test
  void withSomethingWrongNothingIsStarted() throws IOException {
    Files.writeString(declarations.resolve("redis.ini"), "x = y\n");
    Ran ran = runner.run("svc-manager", declarations.toString());
    assertEquals(1, ran.status());
    assertTrue(ran.err().endsWith("nothing started; mend what is named above\n"), ran.err());
    assertEquals(null, composition);
  }

  @Test
  void anInitTakesSeveralDirectoriesInTheirOrder() throws Exception {
    Path vendor = Files.createDirectory(directory.resolve("vendor"));
    Files.writeString(vendor.resolve("redis.ini"), "[service]\nexec = false\n");
    Files.writeString(vendor.resolve("init.conf"), "");
    Ran ran =
        runner.run("svc-init", "--declarations", declarations + "", "--declarations", vendor + "");
    assertEquals(3, ran.status(), ran.err());
    assertEquals(declarations + "\0" + vendor, properties.get("svc.declarations"));
    assertEquals(vendor + "/init.conf", properties.get("svc.init.configuration"));
  }

  @Test
  void whatIsToEndIsEndedWhateverItsDeclarationsSay() throws Exception {
    Files.writeString(declarations.resolve("redis.ini"), "x = y\n");
    assertEquals(3, runner.run("svc-manager", declarations.toString(), "--ending").status());
    assertEquals("true", properties.get("svc.ending"));
  }

  @Test
  void theUsualDeclarationsAreThoseOfTheUser() {
    runner.environment.put("HOME", directory.toString());
    runner.run("svc-manager").bad(1, directory + "/.config/svc: no such directory");
  }

  @Test
  void withoutAnInstalledTreeNothingIsStarted() {
    runner.home = null;
    runner.svc("up", declarations.toString()).bad(1, "svc.home");
  }

  @Test
  void whereAManagerListensNoOtherIsStarted() throws Exception {
    try (FakeManager other = new FakeManager(socket, FakeManager.refusing(ErrorCode.FAILED, ""))) {
      runner.svc("up", declarations.toString()).bad(1, "listens on " + socket + " already");
      runner.run("svc-manager", declarations.toString()).bad(1, "already");
      assertEquals(List.of(), other.requests);
    }
  }

  @Test
  void aRuntimeThatDoesNotStartIsOneLine() {
    runner.runtimes =
        (home, started, given) -> {
          throw Failure.failed("no bundle svc.manager");
        };
    runner.svc("up", declarations.toString()).bad(1, "svc up: no bundle svc.manager");
  }

  /** A manager in our process: a service comes up and writes, and so does one that is added. */
  private Runtimes.Running living(Map<String, String> given) throws IOException {
    Path log = Path.of(given.get("svc.log")).resolve("redis.log");
    CountDownLatch told = new CountDownLatch(1);
    FakeManager manager =
        new FakeManager(
            Path.of(given.get("svc.socket")),
            (request, conversation) -> {
              if (request.method().equals(Method.SHUTDOWN)) {
                conversation.send(request.answer().build());
                return false;
              }
              conversation.send(
                  FakeManager.status(
                      request, FakeManager.service("redis", ServiceState.STARTING, 0, 1_000, "")));
              conversation.send(
                  request
                      .answer()
                      .list("service", FakeManager.service("redis", ServiceState.UP, 5, 1_460, ""))
                      .build());
              Files.writeString(
                  log.resolveSibling("fresh.log"), "hello\n", StandardOpenOption.APPEND);
              conversation.send(
                  request
                      .answer()
                      .list("service", FakeManager.service("fresh", ServiceState.UP, 6, 1_460, ""))
                      .build());
              conversation.send(
                  request
                      .answer()
                      .bool("settled", true)
                      .string("target", "default")
                      .bool("reached", true)
                      .build());
              Files.writeString(
                  log,
                  "listening\nand a rest",
                  StandardOpenOption.CREATE,
                  StandardOpenOption.APPEND);
              told.countDown();
              return false;
            });
    return began(
        "all-in-one",
        given,
        () -> {
          told.await();
          try {
            manager.close();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
          return 0;
        });
  }

  private void living() {
    runner.runtimes =
        (home, started, given) -> {
          try {
            return living(given);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        };
  }

  @Test
  void upShowsWhatHappensAndWhatServicesWriteFromNowOn() throws Exception {
    Path log = Files.createDirectories(directory.resolve("sock.d/log")).resolve("redis.log");
    Files.writeString(log, "from before\n");
    Files.writeString(log.resolveSibling("fresh.log"), "long ago\n");
    living();
    Ran ran = runner.svc("up", declarations.toString()).good();
    assertEquals("local", properties.get("svc.supervise"));
    assertEquals(
        List.of(
            "default is reached; 2 up",
            "fresh    up  pid 6",
            "fresh   | hello",
            "redis    starting",
            "redis    up  pid 5 (0.46 s)",
            "redis   | and a rest",
            "redis   | listening"),
        ran.lines().stream().sorted().toList());
  }

  @Test
  void withoutAReaderTheServicesAreStopped() throws Exception {
    CountDownLatch stopped = new CountDownLatch(1);
    runner.out = new Ran.Broken();
    try (FakeManager manager =
        new FakeManager(
            directory.resolve("real"),
            (request, conversation) -> {
              if (request.method().equals(Method.SHUTDOWN)) stopped.countDown();
              conversation.send(
                  FakeManager.status(
                      request, FakeManager.service("redis", ServiceState.UP, 5, 1_460, "")));
              if (request.method().equals(Method.SHUTDOWN)) return false;
              conversation.send(request.answer().bool("settled", true).build());
              return false;
            })) {
      runner.runtimes =
          (home, started, given) -> {
            try {
              Files.createSymbolicLink(socket, directory.resolve("real"));
            } catch (IOException e) {
              throw new AssertionError(e);
            }
            return began(
                started,
                given,
                () -> {
                  stopped.await();
                  return 0;
                });
          };
      Ran ran = runner.svc("up", declarations.toString());
      assertEquals("", ran.err());
      assertEquals(
          List.of(Method.EVENTS, Method.SHUTDOWN),
          manager.requests.stream().map(Message::method).toList());
      assertEquals(1, ran.status());
    }
  }
}
