package svc.thousand;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.installed.Installed;
import svc.installed.Installed.Result;

/**
 * A thousand services with random dependencies, all real processes, are brought up and down; a
 * checker that knows nothing but the files reads what {@code svc events} tells and confirms the
 * order.
 */
class ThousandIT {

  private static final int SERVICES = 1_000;
  private static final long SEED = Long.getLong("svc.seed", 7);

  @TempDir Path directory;

  private final ObjectMapper json = new ObjectMapper();
  private final Map<String, List<String>> requires = new HashMap<>();
  private final Map<String, List<String>> before = new HashMap<>();
  private Installed installed;
  private Path declarations;
  private Process manager;

  @BeforeEach
  void declare() throws IOException {
    installed = new Installed(directory);
    declarations = Files.createDirectory(directory.resolve("services"));
    Random random = new Random(SEED);
    for (int i = 0; i < SERVICES; i++) {
      List<String> needed = some(random, i, 3);
      List<String> earlier = some(random, i, 2);
      requires.put("s" + i, needed);
      List<String> all = new ArrayList<>(needed);
      all.addAll(earlier);
      before.put("s" + i, all);
      StringBuilder text = new StringBuilder("[service]\nexec = sleep 1000000\n[depend]\n");
      for (String each : needed) text.append("requires = ").append(each).append('\n');
      for (String each : earlier) text.append("after = ").append(each).append('\n');
      Files.writeString(declarations.resolve("s" + i + ".ini"), text);
    }
    Files.writeString(declarations.resolve("nothing.ini"), "[service]\ntype = target\n");
    String all = String.join(" ", new TreeSet<>(requires.keySet()));
    String target = "[service]\ntype = target\n[depend]\nwants = " + all + "\n";
    Files.writeString(declarations.resolve("all.ini"), target);
  }

  /** Up to so many with lower numbers, so that there is no cycle. */
  private static List<String> some(Random random, int i, int most) {
    TreeSet<String> names = new TreeSet<>();
    for (int n = i == 0 ? 0 : random.nextInt(most + 1); n > 0; n--)
      names.add("s" + random.nextInt(i));
    return List.copyOf(names);
  }

  @AfterEach
  void end() throws Exception {
    if (manager != null && manager.isAlive()) installed.run("svc", "shutdown");
    installed.close();
  }

  @Test
  void theyComeUpAndGoDownInOrder() throws Exception {
    manager =
        installed.start("manager", "svc-manager", "--target", "nothing", declarations.toString());
    Installed.await("nothing is up", () -> installed.service("nothing").path("pid").isInt());
    Process events = installed.start("events", "svc", "events", "--json");
    Installed.await("events are told", () -> events().size() > SERVICES);
    int first = events().size();
    Result start = installed.run("svc", "start", "--no-wait", "all");
    assertEquals(0, start.status(), start.err());
    Installed.await("all are up", () -> count(first, "up") >= SERVICES);
    confirm(events().subList(first, events().size()), "up", before);
    assertEquals(SERVICES, new TreeSet<>(pids()).size());

    int second = events().size();
    Result stop = installed.run("svc", "target", "--no-wait", "nothing");
    assertEquals(0, stop.status(), stop.err());
    Installed.await("all are down", () -> count(second, "down") >= SERVICES);
    confirm(events().subList(second, events().size()), "down", reversed());
    assertTrue(events.isAlive());
  }

  /** Each comes to a state when all that are to be there before it are. */
  private static void confirm(
      List<JsonNode> events, String state, Map<String, List<String>> before) {
    TreeSet<String> there = new TreeSet<>();
    for (JsonNode event : events) {
      String name = event.path("service").asText();
      if (!before.containsKey(name) || !event.path("state").asText().equals(state)) continue;
      assertTrue(there.containsAll(before.get(name)), () -> name + " is " + state + " too early");
      there.add(name);
    }
    assertEquals(before.keySet().size(), there.size());
  }

  /** Who requires a service is down before it. */
  private Map<String, List<String>> reversed() {
    Map<String, List<String>> reversed = new HashMap<>();
    for (String name : requires.keySet()) reversed.put(name, new ArrayList<>());
    requires.forEach((name, all) -> all.forEach(each -> reversed.get(each).add(name)));
    return reversed;
  }

  private long count(int from, String state) {
    List<JsonNode> events = events();
    return events.subList(from, events.size()).stream()
        .filter(event -> event.path("state").asText().equals(state))
        .map(event -> event.path("service").asText())
        .filter(requires::containsKey)
        .distinct()
        .count();
  }

  private List<JsonNode> events() {
    try {
      List<JsonNode> events = new ArrayList<>();
      String text = Files.readString(installed.output("events"));
      // the last line may be half written
      for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList())
        events.add(json.readTree(line).path("service"));
      return events;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private List<Integer> pids() throws Exception {
    List<Integer> pids = new ArrayList<>();
    JsonNode status = json.readTree(installed.run("svc", "status", "--json").out());
    for (JsonNode service : status.path("services"))
      if (requires.containsKey(service.path("service").asText()))
        pids.add(service.path("pid").asInt());
    pids.removeIf(pid -> pid == 0);
    return pids;
  }
}
