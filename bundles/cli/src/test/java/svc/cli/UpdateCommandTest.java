package svc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import svc.ipc.KeyBody;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.nv.NvList;
import svc.service.Key;
import svc.service.Kind;
import svc.service.ServiceState;

@Timeout(60)
class UpdateCommandTest {

  @TempDir Path directory;
  private final Ran.Runner runner = new Ran.Runner();
  private final List<FakeManager> runtimes = new ArrayList<>();
  private Path sockets;
  private Path jar;

  private FakeManager manager;

  /** What its services are, one answer after the other; the last is given again. */
  private final Deque<NvList> services = new ArrayDeque<>();

  @BeforeEach
  void prepare() throws IOException {
    sockets = Files.createDirectories(directory.resolve("s.d/update"));
    jar = Files.writeString(directory.resolve("a.jar"), "");
    runner.environment.put("SVC_SOCKET", directory.resolve("s").toString());
    services.add(FakeManager.service("sleeper", ServiceState.UP, 12, 1, ""));
    manager =
        new FakeManager(
            directory.resolve("s"),
            (request, conversation) -> {
              NvList service = services.size() > 1 ? services.remove() : services.element();
              conversation.send(FakeManager.status(request, service));
              return true;
            });
  }

  @AfterEach
  void end() throws IOException {
    for (FakeManager runtime : runtimes) runtime.close();
    manager.close();
  }

  /**
   * @param action what it plans
   * @param ok what an update gives
   */
  private FakeManager runtime(String name, String action, boolean ok) throws IOException {
    FakeManager runtime =
        new FakeManager(
            sockets.resolve(name + ".sock"),
            (request, conversation) -> {
              NvList.Builder answer = plan(request, name, action);
              boolean back = request.list().string("jar", "").equals("/previous.jar");
              if (request.method().equals(Method.UPDATE)) result(answer, ok || back);
              conversation.send(answer.build());
              return true;
            });
    runtimes.add(runtime);
    return runtime;
  }

  private static NvList.Builder plan(Message request, String name, String action) {
    NvList.Builder answer =
        request
            .answer()
            .string("runtime", name)
            .string("jar", request.list().string("jar", ""))
            .string("bundle", "svc.a")
            .string("from", action.equals("absent") ? "" : "0.1.0")
            .string("to", "0.2.0")
            .string("action", action)
            .string("reason", action.equals("refused") ? "it needs package b" : "");
    return action.equals("refresh")
        ? answer.strings("refreshed", List.of("svc.b", "svc.c"))
        : answer;
  }

  private static void result(NvList.Builder answer, boolean ok) {
    answer.bool("ok", ok).string("step", ok ? "done" : "probation");
    if (ok) answer.string("previous", "/previous.jar");
    else answer.strings("notes", List.of("it has not ended its threads [x]"));
  }

  private static List<String> methods(FakeManager runtime) {
    return runtime.requests.stream().map(Message::method).toList();
  }

  @Test
  void thePlanIsShownAndNothingDone() throws Exception {
    FakeManager manager = runtime("manager", "beside", true);
    runtime("supervise-main", "refresh", true);
    runtime("supervise-other", "absent", true);
    assertEquals(
        List.of(
            "RUNTIME          BUNDLE  FROM   TO     HOW                 STOPS AND STARTS",
            "manager          svc.a   0.1.0  0.2.0  beside the old one  -",
            "supervise-main   svc.a   0.1.0  0.2.0  refresh             svc.b svc.c",
            "supervise-other  svc.a   -      0.2.0  not there           -",
            "services touched: none"),
        runner.svc("update", "--plan", jar.toString()).good().lines());
    assertEquals(List.of(Method.UPDATE_PLAN), methods(manager));
    Ran json = runner.svc("update", "--plan", "--json", jar.toString()).good();
    assertEquals("svc.b", json.json().at("/plan/1/refreshed/0").asText());
    assertEquals(0, json.json().at("/services_to_touch").size());
    assertTrue(json.json().at("/services_touched").isMissingNode(), json::out);
  }

  @Test
  void whatHappensToAServiceMeanwhileIsToldThoughNotPlanned() throws Exception {
    runtime("manager", "beside", true);
    services.add(FakeManager.service("sleeper", ServiceState.UP, 15, 2, ""));
    Ran ran = runner.svc("update", jar.toString()).good();
    assertTrue(
        ran.out().endsWith("services touched: sleeper: pid 12 -> 15; planned: none\n"), ran.out());
    services.add(FakeManager.service("sleeper", ServiceState.FAILED, 0, 3, ""));
    JsonNode json = runner.svc("update", "--json", jar.toString()).good().json();
    assertEquals(0, json.at("/services_to_touch").size());
    assertEquals("sleeper", json.at("/services_touched/0/service").asText());
    assertEquals("pid 15 -> 0, up -> failed", json.at("/services_touched/0/how").asText());
  }

  @Test
  void withoutAManagerNobodyKnowsTheServices() throws Exception {
    manager.close();
    runtime("supervise-main", "beside", true);
    Ran ran = runner.svc("update", jar.toString()).good();
    assertTrue(ran.out().endsWith("services touched: not known, no manager answers\n"), ran.out());
    JsonNode json = runner.svc("update", "--json", jar.toString()).good().json();
    assertTrue(json.at("/services_touched").isNull(), json::toString);
  }

  @Test
  void wholeRuntimesAreReplacedFromAnInstalledTreeOnly() throws Exception {
    FakeManager runtime = runtime("manager", "runtime", true);
    runner.svc("update", jar.toString()).bad(1, "no tree of svc: bin/svc is missing");
    assertEquals(List.of(Method.UPDATE_PLAN), methods(runtime));
  }

  @Test
  void itIsDoneInOneRuntimeAfterTheOther() throws Exception {
    FakeManager manager = runtime("manager", "beside", true);
    FakeManager supervise = runtime("supervise-main", "absent", true);
    Ran ran = runner.svc("update", jar.toString()).good();
    assertTrue(
        ran.out()
            .endsWith("manager: svc.a 0.1.0 -> 0.2.0: done\nservices touched: none, as planned\n"),
        ran.out());
    assertEquals(List.of(Method.UPDATE_PLAN, Method.UPDATE), methods(manager));
    assertEquals(List.of(Method.UPDATE_PLAN), methods(supervise));
    Ran json = runner.svc("update", "--json", jar.toString()).good();
    assertEquals("done", json.json().at("/results/0/step").asText());
  }

  @Test
  void whatOneRuntimeCannotHaveNoneGets() throws Exception {
    FakeManager manager = runtime("manager", "beside", true);
    runtime("supervise-main", "refused", true);
    Ran ran = runner.svc("update", jar.toString());
    assertEquals(1, ran.status());
    assertEquals(
        "svc update: nothing changed: supervise-main: svc.a: it needs package b\n", ran.err());
    assertEquals(List.of(Method.UPDATE_PLAN), methods(manager));
  }

  @Test
  void whenOneFailsAllGoBack() throws Exception {
    FakeManager manager = runtime("manager", "beside", true);
    runtime("supervise-main", "beside", false);
    Ran ran = runner.svc("update", jar.toString());
    assertEquals(1, ran.status());
    assertTrue(ran.out().contains("manager: svc.a back to 0.1.0\n"), ran.out());
    assertTrue(ran.out().contains("note: it has not ended its threads [x]\n"), ran.out());
    assertTrue(
        ran.err().startsWith("svc update: supervise-main: svc.a 0.2.0: probation: "), ran.err());
    assertTrue(ran.err().endsWith("; all went back to what they had\n"), ran.err());
    assertEquals("/previous.jar", manager.requests.get(2).list().string("jar", ""));
    Ran json = runner.svc("update", "--json", jar.toString());
    assertEquals(false, json.json().at("/ok").asBoolean());
  }

  @Test
  void whereNobodyHasItOrListensItIsSaidSo() throws Exception {
    runner.svc("update", jar.toString()).bad(4, "no runtime listens in " + directory);
    dead();
    runner.svc("update", jar.toString()).bad(4, "no runtime listens in " + directory);
    runtime("supervise-main", "absent", true);
    Ran ran = runner.svc("update", jar.toString());
    assertEquals(3, ran.status());
    assertTrue(ran.err().contains("no runtime has this bundle"), ran.err());
    runner.svc("update", directory.resolve("none.jar").toString()).bad(1, "no such file");
  }

  /** The socket of one that was killed. */
  private void dead() throws IOException {
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(sockets.resolve("manager.sock")));
    }
  }

  @Test
  void typesAreListedAndExplained() throws Exception {
    Key key = Key.list("beep", "tone", Kind.NAME, "what is beeped");
    NvList type =
        NvList.builder().string("type", "beeper").lists("keys", List.of(KeyBody.of(key))).build();
    NvList bundle =
        NvList.builder()
            .string("name", "a.beeper")
            .string("version", "1.2.3")
            .lists("types", List.of(type))
            .build();
    runtimes.add(
        new FakeManager(
            sockets.resolve("manager.sock"),
            (request, conversation) -> {
              conversation.send(request.answer().lists("bundles", List.of(bundle)).build());
              return true;
            }));
    assertEquals(
        List.of("TYPE    VERSION  BUNDLE    KEYS", "beeper  1.2.3    a.beeper  beep.tone"),
        runner.svc("types").good().lines());
    assertEquals(
        "tone", runner.svc("types", "--json").good().json().at("/types/0/keys/0/key").asText());
    String help = runner.svc("help", "type", "beeper").good().out();
    assertTrue(help.startsWith("type beeper, a.beeper 1.2.3\n"), help);
    assertTrue(help.contains("[beep] tone = a name of letters"), help);
    assertTrue(help.contains("    what is beeped\n"), help);
    runner.svc("help", "type", "beepe").bad(3, "no type beepe; did you mean beeper?");
  }

  @Test
  void withoutAManagerTheTypesOfTheTreeAreKnown() {
    Ran ran = runner.svc("types");
    assertEquals(0, ran.status());
    assertTrue(ran.err().startsWith("note: no manager runs"), ran.err());
    assertTrue(ran.lines().stream().anyMatch(line -> line.startsWith("daemon ")), ran.out());
    assertTrue(runner.svc("help", "type", "daemon").good().out().contains("svc.plugin.daemon"));
  }
}
