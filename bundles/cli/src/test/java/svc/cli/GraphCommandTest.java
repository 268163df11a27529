package svc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import svc.cli.GraphLayout.Place;
import svc.nv.NvList;

class GraphCommandTest {

  @TempDir Path directory;
  private final Ran.Runner runner = new Ran.Runner();
  private FakeManager manager;

  private static NvList service(String name, String state, String... words) {
    NvList.Builder service = NvList.builder().string("service", name).string("state", state);
    for (String word : words) {
      String[] parts = word.split(" ", 2);
      service.strings(parts[0], List.of(parts[1].split(" ")));
    }
    return service.build();
  }

  @BeforeEach
  void manager() throws IOException {
    Path socket = directory.resolve("sock");
    runner.environment.put("SVC_SOCKET", socket.toString());
    manager =
        new FakeManager(
            socket,
            (request, conversation) -> {
              conversation.send(
                  FakeManager.status(
                      request,
                      service("db", "up"),
                      service("cache", "failed", "conflicts db"),
                      service("web", "down", "requires db", "wants cache", "after log"),
                      service("log", "up"),
                      service("default", "down", "requires web db log")));
              return true;
            });
  }

  @AfterEach
  void end() throws IOException {
    manager.close();
  }

  @Test
  void asTextEachServiceIsExplainedOnce() {
    assertEquals(
        List.of(
            "default  down",
            "├─ requires web  down",
            "│  ├─ requires db  up",
            "│  ├─ wants cache  failed",
            "│  │  └─ conflicts db  up",
            "│  └─ after log  up",
            "└─ requires log  up"),
        runner.svc("graph").good().lines());
  }

  @Test
  void aPartOfIt() {
    assertEquals(List.of("cache  failed"), runner.svc("graph", "cache").good().lines());
    runner.svc("graph", "defualt").bad(3, "no service defualt; did you mean default?");
  }

  @Test
  void forDotWithAllEdges() {
    String out = runner.svc("graph", "--dot").good().out();
    assertTrue(out.startsWith("digraph svc {\n"), out);
    assertTrue(out.contains("\"default\" -> \"db\";"), out);
    assertTrue(out.contains("\"web\" -> \"cache\" [style=dashed];"), out);
    assertTrue(out.contains("\"web\" -> \"log\" [style=dotted];"), out);
    assertTrue(out.contains("\"cache\" -> \"db\" [dir=none"), out);
    assertTrue(out.endsWith("}\n"), out);
    assertEquals(2, runner.svc("graph", "--dot", "--svg").status());
  }

  @Test
  void asAPictureThatIsWellFormed() throws Exception {
    String out = runner.svc("graph", "--svg").good().out();
    Document picture =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(out.getBytes(StandardCharsets.UTF_8)));
    assertEquals(5, picture.getElementsByTagName("text").getLength());
    // without the edge that follows; the marker has a path too
    assertEquals(6 + 1, picture.getElementsByTagName("path").getLength());
  }

  @Test
  void boxesNeverOverlapAndEdgesGoDown() {
    for (long seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      List<NvList> services = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        List<String> words = new ArrayList<>();
        for (int other = 0; other < i; other++) if (random.nextInt(12) == 0) words.add("s" + other);
        services.add(
            words.isEmpty()
                ? service("s" + i, "up")
                : service("s" + i, "up", "requires " + String.join(" ", words)));
      }
      check(new GraphLayout(ServiceGraph.of(services).reduced()));
    }
  }

  private static void check(GraphLayout layout) {
    List<Place> places = new ArrayList<>(layout.boxes.values());
    for (Place one : places) {
      assertTrue(one.x - one.width / 2 >= 0 && one.x + one.width / 2 <= layout.width);
      for (Place other : places) {
        boolean beside = one != other && one.layer == other.layer;
        assertFalse(beside && Math.abs(one.x - other.x) < (one.width + other.width) / 2);
      }
    }
    for (GraphLayout.Line line : layout.lines)
      for (int i = 1; i < line.places().size(); i++)
        assertEquals(line.places().get(i - 1).layer + 1, line.places().get(i).layer);
  }

  @Test
  void servicesThatWantEachOtherAreNoTrap() {
    List<NvList> services = List.of(service("a", "up", "wants b"), service("b", "up", "wants a"));
    ServiceGraph graph = ServiceGraph.of(services);
    assertEquals(List.of("a"), graph.roots());
    assertEquals(2, new GraphLayout(graph.reduced()).boxes.size());
  }
}
