package svc.storm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import svc.boot.Started;
import svc.os.Signal;

/**
 * 40 times SIGKILL for managers and supervisors, in worlds side by side, while 40 of 52 services
 * end as they like and write lines to their logs. {@code -Dsvc.kills=N} is another number of kills,
 * {@code -Dsvc.quick=true} means 20; {@code -Dsvc.seed=N} another storm.
 */
@Timeout(1800)
class StormIT {

  private static final int KILLS =
      Integer.getInteger("svc.kills", Boolean.getBoolean("svc.quick") ? 20 : 40);

  private static final long SEED = Long.getLong("svc.seed", 1);

  private static final int WORLDS = 4;

  private static final List<String> SUPERVISORS = List.of("main", "north", "east", "south");

  private static final long PATIENCE_SECONDS = 120;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  @BeforeEach
  void asRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root, for a PID namespace");
  }

  @Test
  void whateverIsKilledServicesLiveOnceAndEveryEndCountsOnce() throws Exception {
    Path bin = archivedTree();
    List<Storm> storms = new ArrayList<>();
    AssertionError failed = new AssertionError("seed " + SEED);
    ExecutorService threads = Executors.newFixedThreadPool(WORLDS);
    try {
      List<Callable<Storm>> all = new ArrayList<>();
      for (int i = 0; i < WORLDS; i++) all.add(world(bin, i));
      for (Future<Storm> storm : threads.invokeAll(all)) storms.add(result(storm, failed));
    } finally {
      threads.shutdownNow();
    }
    if (failed.getSuppressed().length > 0) throw failed;
    print(storms);
  }

  private static Storm result(Future<Storm> storm, AssertionError failed) throws Exception {
    try {
      return storm.get();
    } catch (ExecutionException e) {
      failed.addSuppressed(e.getCause());
      return null;
    }
  }

  /** As installed: with class-data archives, so that more of the time is storm. */
  private Path archivedTree() throws Exception {
    Path tree = directory.resolve("tree");
    Path dist = Path.of("target", "dist").toRealPath();
    Started.output(directory, "cp", "-a", dist.toString(), tree.toString());
    Started.output(directory, tree.resolve("bin/svc-archive").toString());
    return tree.resolve("bin");
  }

  private Callable<Storm> world(Path bin, int number) throws Exception {
    Path own = Files.createDirectory(directory.resolve("world" + number));
    Random random = new Random(SEED * WORLDS + number);
    Declared declared = declare(own, random);
    return () -> {
      try (World world = new World(own, bin, declared.declarations())) {
        Storm storm = new Storm(world, SUPERVISORS, random);
        return through(own, declared, world, storm);
      }
    };
  }

  private static Declared declare(Path own, Random random) throws Exception {
    return new Declared(own, random, SUPERVISORS)
        .add(Declared.Kind.STABLE, 2)
        .add(Declared.Kind.TALKING, 1)
        .add(Declared.Kind.CRASHING, 7)
        .add(Declared.Kind.PIDFILE, 1)
        .add(Declared.Kind.ONESHOT, 2)
        .target();
  }

  private static Storm through(Path own, Declared declared, World world, Storm storm)
      throws Exception {
    await(world, storm, "all have begun", () -> haveBegun(own, declared, stable(world)));
    Map<String, String> before = stable(world);
    storm.rage(KILLS / WORLDS);
    Files.createFile(own.resolve("calm"));
    await(world, storm, "answers", storm::allAnswer);
    for (String service : declared.kinds().keySet())
      await(world, storm, service + " stays", () -> isCalm(own, declared, service));
    for (String service : declared.kinds().keySet())
      storm.lines += awaitLogged(world, storm, Journal.of(own, service), service);
    Map<String, JsonNode> services = awaitUp(world, declared);
    assertEquals(before, stable(world));
    List<String> wrong = new ArrayList<>(storm.violations);
    declared.kinds().forEach((name, kind) -> wrong.addAll(wrong(own, kind, services.get(name))));
    assertEquals(List.of(), wrong, world::text);
    end(world, declared);
    return storm;
  }

  /** Those that never end by themselves, by name. */
  private static Map<String, String> stable(World world) throws Exception {
    Map<String, String> stable = new TreeMap<>();
    for (Seen seen : world.look())
      if (seen.isInstance() && seen.stays())
        stable.put(seen.service(), "pid " + seen.pid() + ", started " + seen.started());
    return stable;
  }

  private static boolean haveBegun(Path own, Declared declared, Map<String, String> stable) {
    return declared.kinds().keySet().stream()
        .allMatch(each -> stable.containsKey(each) || Journal.of(own, each).starts() > 0);
  }

  private static boolean isCalm(Path own, Declared declared, String service) {
    return declared.kinds().get(service) == Declared.Kind.STABLE
        || Files.exists(own.resolve(service + ".calm"));
  }

  private static void await(World world, Storm storm, String what, Callable<Boolean> condition)
      throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.call()) {
      if (System.nanoTime() > end)
        throw new AssertionError("waited in vain: " + what + "\n" + world.text());
      storm.look();
      world.pause(50);
    }
  }

  /** How many lines there are when all are there; what else is wrong with them is no matter yet. */
  private static int awaitLogged(World world, Storm storm, Journal journal, String service)
      throws Exception {
    int all = journal.said().values().stream().mapToInt(Integer::intValue).sum();
    await(
        world,
        storm,
        service + " has " + all + " lines in its log",
        () -> Logged.of(world.logs(), service).lines().size() >= all);
    List<String> wrong = Logged.of(world.logs(), service).wrong(journal);
    wrong.forEach(what -> storm.violations.add(service + ": " + what));
    return all;
  }

  /** What svc says when all is up. */
  private static Map<String, JsonNode> awaitUp(World world, Declared declared) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      Map<String, JsonNode> services = new TreeMap<>();
      boolean up = true;
      for (JsonNode service :
          new ObjectMapper().readTree(world.svc("status", "--json")).path("services")) {
        services.put(service.path("service").asText(), service);
        up &= service.path("state").asText().equals("up") || isTarget(service);
      }
      if (up && services.keySet().containsAll(declared.kinds().keySet())) return services;
      if (System.nanoTime() > end) throw new AssertionError(services + "\n" + world.text());
    }
  }

  private static boolean isTarget(JsonNode service) {
    return service.path("type").asText().equals("target");
  }

  // What must hold

  private static List<String> wrong(Path own, Declared.Kind kind, JsonNode service) {
    String name = service.path("service").asText();
    Journal journal = Journal.of(own, name);
    List<String> wrong = new ArrayList<>(journal.twice());
    long starts = kind.stays() ? 1 : journal.starts();
    long counted = service.path("restarts").asLong() + 1;
    if (starts != counted) wrong.add("started " + starts + " times, counted " + counted);
    String end = lastEnd(service);
    if (!end.equals(journal.lastEnd()))
      wrong.add("ended by " + journal.lastEnd() + ", counted " + end);
    wrong.replaceAll(what -> name + ": " + what);
    if (!wrong.isEmpty()) wrong.add(name + ": " + journal.tail() + "; " + service);
    return wrong;
  }

  private static String lastEnd(JsonNode service) {
    if (service.has("exit_code")) return "exit " + service.path("exit_code").asInt();
    if (service.has("exit_unknown")) return "unknown";
    if (!service.has("exit_signal")) return "";
    return "signal " + new Signal(service.path("exit_signal").asInt()).name();
  }

  /** By wish, so that what is left can be seen; then all of it. */
  private static void end(World world, Declared declared) throws Exception {
    List<String> words = new ArrayList<>(List.of("stop"));
    words.addAll(declared.kinds().keySet());
    world.svc(words.toArray(String[]::new));
    List<Seen> left = world.look().stream().filter(seen -> !seen.service().isEmpty()).toList();
    assertEquals(List.of(), left);
    assertEquals(0, world.shutdown(), world::text);
  }

  // What it was like

  private static void print(List<Storm> storms) {
    List<Long> managers = storms.stream().flatMap(storm -> storm.managers.stream()).toList();
    List<Long> supervises = storms.stream().flatMap(storm -> storm.supervises.stream()).toList();
    System.out.printf(
        "%d kills, %d of them before the last victim's successor answered; kill to answer:%n",
        storms.stream().mapToInt(storm -> storm.kills).sum(),
        storms.stream().mapToInt(storm -> storm.early).sum());
    System.out.printf("  lines in logs: %d%n", storms.stream().mapToLong(each -> each.lines).sum());
    System.out.println("  svc-manager   " + spread(managers));
    System.out.println("  svc-supervise " + spread(supervises));
  }

  private static String spread(List<Long> nanos) {
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    if (sorted.length == 0) return "never";
    String text =
        IntStream.of(50, 99, 100)
            .mapToObj(
                p -> "p" + p + " " + sorted[(sorted.length * p - 1) / 100] / 1_000_000 + " ms")
            .reduce("", (one, next) -> one + ", " + next);
    return text.substring(2) + " (n = " + sorted.length + ")";
  }
}
