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
      List<String> lines = runner.svc("tree").good().lines();
      assertEquals("svc-manager  pid 7  target default  /d", lines.get(0));
      assertEquals("├─ shop  up  pid 9  target default  /d", lines.get(1));
      assertEquals("│  ├─ redis  up  pid 123", lines.get(2));
      assertEquals("│  └─ app  failed: exec: no such file", lines.get(3));
      assertEquals("├─ gone  up  pid 9", lines.get(4));
      assertTrue(lines.get(5).startsWith("│  └─ cannot reach the manager at "), lines.get(5));
      assertEquals("└─ redis  up  pid 123", lines.get(6));
      JsonNode services = runner.svc("tree", "--json").good().json().path("services");
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
}
