package svc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import svc.ipc.ErrorCode;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.nv.NvList;
import svc.service.ServiceState;

class ClientCommandsTest {

  private static final NvList UP =
      FakeManager.service("redis", ServiceState.UP, 123, System.currentTimeMillis() - 65_000, "");
  private static final NvList FAILED =
      FakeManager.service("app", ServiceState.FAILED, 0, 1, "exec: no such file");

  @TempDir Path directory;
  private final Ran.Runner runner = new Ran.Runner();
  private Path socket;
  private FakeManager manager;

  @BeforeEach
  void prepare() {
    socket = directory.resolve("sock");
    runner.environment.put("SVC_SOCKET", socket.toString());
  }

  @AfterEach
  void end() throws Exception {
    if (manager != null) manager.close();
  }

  private void manager(FakeManager.Script script) throws IOException {
    manager = new FakeManager(socket, script);
  }

  /** Whatever is asked, these services are there and everything succeeds. */
  private void managerOf(NvList... services) throws IOException {
    manager(
        (request, conversation) -> {
          conversation.send(FakeManager.status(request, services));
          return true;
        });
  }

  private void managerSending(byte[] bytes) throws IOException {
    manager(
        (request, conversation) -> {
          conversation.raw(bytes);
          return false;
        });
  }

  private NvList managing(String name, Path where) {
    NvList.Builder service = NvList.builder();
    return service
        .string("service", name)
        .string("state", "up")
        .number("pid", 9)
        .string("socket", where.toString())
        .build();
  }

  @Test
  void theTreeHasTheServicesOfEveryManagerThatAnswers() throws Exception {
    Path inner = directory.resolve("inner");
    managerOf(managing("shop", inner), managing("gone", directory.resolve("nowhere")), UP);
    FakeManager.Script script =
        (request, conversation) -> {
          conversation.send(FakeManager.status(request, UP, FAILED));
          return true;
        };
    try (FakeManager other = new FakeManager(inner, script)) {
      List<String> lines = runner.svc("tree", "-s").good().lines();
      assertEquals("svc-manager  pid 7  target default  /d", lines.get(0));
      assertEquals("├─ shop  up  pid 9  target default  /d", lines.get(1));
      assertEquals("│  ├─ redis  up  pid 123", lines.get(2));
      assertEquals("│  └─ app  failed: exec: no such file", lines.get(3));
      assertEquals("├─ gone  up  pid 9", lines.get(4));
      assertTrue(lines.get(5).startsWith("│  └─ cannot reach the manager at "), lines.get(5));
      assertEquals("└─ redis  up  pid 123", lines.get(6));
      JsonNode services = runner.svc("tree", "-s", "--json").good().json().path("services");
      JsonNode below = services.path(0).path("manager").path("services");
      assertEquals("redis", below.path(0).path("service").asText());
      assertTrue(services.path(1).path("manager").path("error").asText().contains("nowhere"));
      assertFalse(services.path(2).has("manager"));
      assertEquals(2, other.requests.size());
    }
  }

  @Test
  void aManagerThatNamesItselfAsItsOwnServiceIsNotFollowedForEver() throws Exception {
    NvList self = managing("self", socket);
    FakeManager.Script script =
        (request, conversation) -> {
          conversation.send(FakeManager.status(request, self));
          return false; // the next level comes while this one's conversation is open
        };
    manager(script);
    Ran ran = runner.svc("tree").good();
    assertTrue(ran.out().contains("no more levels are shown"), ran.out());
  }

  @Test
  void anotherTargetIsAskedForByName() throws Exception {
    managerOf();
    runner.svc("target", "rescue", "--no-wait").good();
    Message request = manager.requests.get(0);
    assertEquals(Method.TARGET, request.method());
    assertEquals("rescue", request.list().string("target", ""));
    assertFalse(request.list().bool("wait", true));
  }

  @Test
  void statusIsATable() throws Exception {
    managerOf(UP, FAILED);
    List<String> lines = runner.svc("status").good().lines();
    assertEquals("SERVICE  TYPE    STATE   PID  SINCE  RESTARTS  REASON", squeeze(lines.get(0)));
    assertTrue(lines.get(1).matches("redis +daemon +up +123 +1m \\d+s +0"), lines.get(1));
    assertTrue(lines.get(2).matches("app +daemon +failed +- .*exec: no such file"), lines.get(2));
  }

  private static String squeeze(String line) {
    return line.replaceAll("SINCE +", "SINCE  ");
  }

  @Test
  void statusIsJsonWithTheNamesOfTheWire() throws Exception {
    managerOf(UP, FAILED);
    JsonNode json = runner.svc("status", "--json").good().json();
    assertEquals("default", json.path("target").asText());
    assertEquals("/d", json.path("directory").asText());
    assertEquals(7, json.path("pid").asInt());
    assertEquals("up", json.path("services").path(0).path("state").asText());
    assertEquals(123, json.path("services").path(0).path("pid").asInt());
    assertEquals(1, json.path("services").path(1).path("exit_code").asInt());
    assertFalse(json.path("services").path(1).path("unmanaged").asBoolean(true));
  }

  @Test
  void withoutServicesTheArrayIsThere() throws Exception {
    managerOf();
    assertTrue(runner.svc("status", "--json").good().json().path("services").isArray());
  }

  @Test
  void whatAManagerSaysBreaksNoLineAndDrivesNoTerminal() throws Exception {
    managerOf(FakeManager.service("a\033[2J\nb", ServiceState.UP, -1, -5, "x\r\ny\u009b"));
    Ran ran = runner.svc("status").good();
    assertEquals(2, ran.lines().size());
    assertTrue(ran.out().chars().allMatch(c -> c == '\n' || !Character.isISOControl(c)));
    assertEquals(
        "a\033[2J\nb",
        runner
            .svc("status", "--json")
            .good()
            .json()
            .path("services")
            .path(0)
            .path("service")
            .asText());
  }

  @ParameterizedTest
  @ValueSource(strings = {Method.START, Method.STOP, Method.RESTART})
  void aWishIsSentOnceForEachServiceAndItsOutcomeShown(String method) throws Exception {
    managerOf(UP);
    Ran ran = runner.svc(method, "redis", "app", "redis").good();
    assertEquals("redis  up  pid 123\n", ran.out());
    assertEquals(method, manager.requests.get(0).method());
    assertEquals(List.of("redis", "app"), manager.requests.get(0).list().strings("services"));
    assertTrue(manager.requests.get(0).list().bool("wait", true));
    assertTrue(runner.svc(method, "--json", "redis").good().json().has("services"));
  }

  @Test
  void aRestartShowsWhoFollowed() throws Exception {
    manager(
        (request, conversation) -> {
          boolean status = request.method().equals(Method.STATUS);
          conversation.send(
              status
                  ? FakeManager.status(
                      request,
                      FakeManager.service("db", ServiceState.UP, 4, 1, ""),
                      FakeManager.service("app", ServiceState.UP, 5, 1, ""))
                  : request.answer().strings("followers", List.of("app")).build());
          return true;
        });
    Ran ran = runner.svc("restart", "db").good();
    assertEquals("db   up  pid 4\napp  up  pid 5  (follows)\n", ran.out());
    assertEquals(List.of("db", "app"), manager.requests.get(1).list().strings("services"));
  }

  @Test
  void noWaitIsToldToTheManager() throws Exception {
    managerOf(UP);
    runner.svc("start", "--no-wait", "redis").good();
    assertFalse(manager.requests.get(0).list().bool("wait", true));
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID, 1",
    "IS_REPLY, 1",
    "NO_METHOD, 1",
    "DENIED, 1",
    "NO_SERVICE, 3",
    "WRONG_STATE, 3",
    "FAILED, 1"
  })
  void aRefusalIsOneLineAndAnExitStatus(ErrorCode code, int status) throws Exception {
    manager(FakeManager.refusing(code, "no service redsi; did you mean redis?\n\n"));
    runner.svc("restart", "redsi").bad(status, "svc restart: no service redsi; did you mean");
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "events", "shutdown", "start x", "stop x", "restart x"})
  void aManagerThatIsNotThereIsNamed(String words) {
    runner.svc(words.split(" ")).bad(4, "cannot reach the manager at " + socket + ": ");
  }

  @Test
  void aSocketWithoutListenerIsOneLine() throws Exception {
    managerOf();
    manager.close();
    manager = null;
    runner.svc("status").bad(4, "Connection refused");
  }

  @Test
  void aSocketPathThatIsTooLongIsOneLine() {
    runner.svc("status", "--socket", "/tmp/" + "x".repeat(200)).bad(4, "too long");
  }

  @Test
  void theOptionPrevailsOverTheEnvironment() throws Exception {
    managerOf(UP);
    runner.environment.put("SVC_SOCKET", "/nowhere");
    runner.svc("status", "--socket", socket.toString()).good();
  }

  @Test
  void aManagerThatGoesWithoutAnAnswerIsOneLine() throws Exception {
    managerSending(new byte[0]);
    runner.svc("status").bad(4, "without an answer");
  }

  @Test
  void aReplyThatBreaksOffIsOneLine() throws Exception {
    byte[] whole = FakeManager.service("redis", ServiceState.UP, 1, 1, "").pack();
    for (int length : new int[] {1, 18, 19, 20, whole.length - 1}) {
      managerSending(Arrays.copyOf(whole, length));
      runner.svc("status").bad(4, "broke off");
      manager.close();
      Files.delete(socket);
    }
    manager = null;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // not the magic, unknown flags, endless, no envelope
        "ffffffffffffffffffffffffffffffffffffff",
        "6c007f00000000000000000000000000000000",
        "6c00000000000000000000ffffffffffffff7f",
        "6c000000000000000000000000000000000000",
      })
  void whatIsNoMessageIsOneLine(String hex) throws Exception {
    managerSending(HexFormat.of().parseHex(hex));
    runner.svc("status").bad(1, "the manager at " + socket + " sent is no ");
  }

  @Test
  void descriptorsThatComeAreRefused() throws Exception {
    managerSending(HexFormat.of().parseHex("6c000001000000000000000000000000000000"));
    runner.svc("status").bad(4, "descriptors");
  }

  @Test
  void repliesToOthersAreNotForUs() throws Exception {
    manager(
        (request, conversation) -> {
          conversation.send(stranger());
          conversation.send(FakeManager.status(request, UP));
          return true;
        });
    assertEquals(2, runner.svc("status").good().lines().size());
  }

  private static NvList stranger() {
    return Message.of(Message.request(99, "status").build()).answer().build();
  }

  @Test
  void nobodyReadingIsNoMatterToTalkAbout() throws Exception {
    managerOf(UP);
    runner.out = new Ran.Broken();
    Ran ran = runner.svc("status");
    assertEquals(1, ran.status());
    assertEquals("", ran.err());
  }

  @Test
  void shutdownIsDoneWhenTheManagerHasEnded() throws Exception {
    manager(
        (request, conversation) -> {
          conversation.send(request.answer().build());
          return false;
        });
    runner.svc("shutdown").good();
    assertEquals(Method.SHUTDOWN, manager.requests.get(0).method());
    runner.svc("shutdown", "--no-wait").good();
  }

  private void managerWithNews() throws IOException {
    manager(
        (request, conversation) -> {
          conversation.send(
              FakeManager.status(
                  request,
                  FakeManager.service("redis", ServiceState.STARTING, 0, 1_000, ""),
                  FakeManager.service("application", ServiceState.DOWN, 0, 0, "")));
          conversation.send(
              request
                  .answer()
                  .list("service", FakeManager.service("redis", ServiceState.UP, 5, 1_120, ""))
                  .build());
          conversation.send(request.answer().list("service", FAILED).build());
          conversation.send(
              request
                  .answer()
                  .bool("settled", true)
                  .string("target", "default")
                  .bool("reached", false)
                  .build());
          return false;
        });
  }

  @Test
  void eventsAreLinesUntilTheManagerEnds() throws Exception {
    managerWithNews();
    assertEquals(
        List.of(
            "redis        starting",
            "application  down",
            "redis        up  pid 5 (0.12 s)",
            "app          failed: exec: no such file",
            "default is not reached: app failed"),
        runner.svc("events").good().lines());
  }

  @Test
  void eventsAreObjectsOnLines() throws Exception {
    managerWithNews();
    List<JsonNode> lines =
        runner.svc("events", "--json").good().lines().stream().map(Ran::json).toList();
    assertEquals("starting", lines.get(0).path("service").path("state").asText());
    assertEquals("application", lines.get(1).path("service").path("service").asText());
    assertEquals(5, lines.get(2).path("service").path("pid").asInt());
    assertEquals(
        Ran.json("{\"settled\":true,\"target\":\"default\",\"reached\":false}"), lines.get(4));
    assertEquals(5, lines.size());
  }

  @Test
  void eventsThatBreakOffAreAFailure() throws Exception {
    manager(
        (request, conversation) -> {
          conversation.send(FakeManager.status(request));
          conversation.raw(Arrays.copyOf(UP.pack(), 30));
          return false;
        });
    runner.svc("events").bad(4, "broke off");
  }

  // Why, and whom it waits for

  private static NvList cause(int depth, String relation, String text, String state) {
    return NvList.builder()
        .number("depth", depth)
        .string("relation", relation)
        .string("text", text)
        .string("state", state)
        .number("since_ms", System.currentTimeMillis() - 12_400)
        .number("limit_ms", 90_000)
        .build();
  }

  private static NvList remedy(String kind, String text, String file, String command) {
    return NvList.builder()
        .string("kind", kind)
        .string("text", text)
        .string("file", file)
        .number("line", 4)
        .string("command", command)
        .build();
  }

  private void managerExplaining(NvList... remedies) throws IOException {
    List<NvList> causes =
        List.of(
            cause(0, "itself", "app is down, waiting for db", "down"),
            cause(1, "required", "db is starting", "starting"));
    manager(
        (request, conversation) -> {
          NvList.Builder answer = request.answer().string("service", "app").lists("causes", causes);
          if (remedies.length > 0) answer.lists("remedies", List.of(remedies));
          conversation.send(answer.build());
          return true;
        });
  }

  @Test
  void whyShowsTheCausesAndWhatWouldLetItStart() throws Exception {
    managerExplaining(
        remedy("mend", "mend db: exit status 1", "/d/db.ini", ""),
        remedy("start", "start app, which stops b", "", "svc start app"));
    assertEquals(
        List.of(
            "app is down, waiting for db",
            "  db is starting 12s/90s",
            "",
            "to have it start:",
            "  mend db: exit status 1 (/d/db.ini:4)",
            "  svc start app, which stops b"),
        runner.svc("why", "app").good().lines());
    assertEquals("why", manager.requests.get(0).method());
    assertEquals("app", manager.requests.get(0).list().string("service", ""));
    JsonNode json = runner.svc("why", "--json", "app").good().json();
    assertEquals("mend", json.path("remedies").path(0).path("kind").asText());
  }

  @Test
  void whyOfWhatComesUpByItselfAsksForNothing() throws Exception {
    managerExplaining();
    List<String> lines = runner.svc("why", "app").good().lines();
    assertEquals("nothing has to be done: it comes up by itself", lines.get(3));
  }

  private static NvList waiting(String name, String state, String... waitingFor) {
    NvList.Builder service =
        NvList.builder()
            .string("service", name)
            .string("state", state)
            .number("since_ms", System.currentTimeMillis() - 12_400)
            .number("limit_ms", 90_000);
    return (waitingFor.length == 0 ? service : service.strings("waiting_for", List.of(waitingFor)))
        .build();
  }

  @Test
  void statusSaysForHowLongSomethingIsWaitedFor() throws Exception {
    NvList app = waiting("app", "down", "db", "web");
    NvList db = waiting("db", "starting");
    manager(
        (request, conversation) -> {
          boolean others = request.list().strings("services").contains("db");
          conversation.send(FakeManager.status(request, others ? db : app));
          return true;
        });
    assertTrue(
        runner.svc("status", "app").good().lines().get(1).endsWith("waiting for db 12s/90s, web"));
    assertEquals(List.of("db", "web"), manager.requests.get(1).list().strings("services"));
  }

  @Test
  void whoIsAtWorkIsFoundBehindThoseThatOnlyWait() {
    Waits waits =
        Waits.of(
            List.of(
                waiting("app", "down", "web"),
                waiting("web", "down", "db", "app"),
                waiting("db", "starting"),
                waiting("other", "stopping")));
    assertEquals("db 12s/90s", waits.atWork(List.of("app")));
    assertEquals("db 12s/90s", waits.late());
    assertEquals("", waits.atWork(List.of("nobody")));
    assertTrue(waits.atWork(List.of()).contains("other 12s/90s"));
    assertEquals(" 3s/200ms", clock("backing-off", 3_500, 200));
    assertEquals(" 3s", clock("stopping", 3_500, 0));
    assertEquals("", clock("up", 3_500, 200));
  }

  private static String clock(String state, long ago, long limit) {
    return Waits.clock(
        NvList.builder()
            .string("state", state)
            .number("since_ms", System.currentTimeMillis() - ago)
            .number("limit_ms", limit)
            .build());
  }

  @Test
  void aRequestThatTakesLongSaysWhomItWaitsFor() throws Exception {
    managerOf(waiting("db", "starting"));
    CountDownLatch told = new CountDownLatch(1);
    List<String> lines = new CopyOnWriteArrayList<>();
    Impatience impatience =
        Impatience.begin(
            () -> {
              try (Client client = Client.connect(socket)) {
                return Waits.of(ClientCommand.status(client, List.of()).list().lists("services"))
                    .atWork(List.of("db"));
              }
            },
            line -> {
              lines.add(line);
              told.countDown();
            });
    assertTrue(told.await(30, TimeUnit.SECONDS));
    impatience.close();
    assertTrue(lines.get(0).matches("waiting for db 1[2-9]s/90s"), lines::toString);
  }

  // Processes and signals

  @Test
  void theTreeHasTheProcessesOfAService() throws Exception {
    int own = (int) ProcessHandle.current().pid();
    managerOf(FakeManager.service("app", ServiceState.UP, own, 1, ""));
    List<String> lines = runner.svc("tree").good().lines();
    assertEquals("└─ app  up  pid " + own, lines.get(1));
    assertTrue(lines.get(2).matches("   └─ " + own + " .*java.*  .*s  .*M"), lines.get(2));
    JsonNode process = runner.svc("tree", "--json").good().json().at("/services/0/processes/0");
    assertEquals(own, process.path("pid").asInt());
    assertTrue(process.path("command").asText().contains("java"));
    assertTrue(process.path("resident_bytes").asLong() > 1 << 20);
    long age = System.currentTimeMillis() - process.path("since_ms").asLong();
    assertTrue(age > -2_000 && age < 3_600_000, age + " ms");
    assertEquals(2, runner.svc("tree", "-s").good().lines().size());
  }

  @Test
  void killSendsTheSignalToEachService() throws Exception {
    managerOf();
    runner.svc("kill", "-s", "sigusr1", "--main", "a", "b", "a").good();
    assertEquals(2, manager.requests.size());
    NvList request = manager.requests.get(1).list();
    assertEquals("kill", manager.requests.get(1).method());
    assertEquals("b", request.string("service", ""));
    assertEquals(10, request.number("signal", 0));
    assertTrue(request.bool("main", false));
    runner.svc("kill", "a").good();
    assertEquals(15, manager.requests.get(2).list().number("signal", 0));
    runner.svc("kill", "-s", "NONE", "a").bad(2, "no signal NONE; see kill -l");
  }
}
