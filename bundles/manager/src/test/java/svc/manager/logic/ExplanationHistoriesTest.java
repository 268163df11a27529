package svc.manager.logic;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import svc.os.ExitStatus;
import svc.service.Declaration;
import svc.service.Declaration.Entry;
import svc.service.ServiceState;
import svc.service.Status;

/**
 * On random graphs, after random wishes and in a world where some services are broken and some
 * types missing: what {@link Explanation#remedies} names lets the service come up, and no proper
 * subset of it does. What nobody has tried cannot be known to be broken, so a remedy may show the
 * need of another; each must tell something new. {@code -Dsvc.seed=N} runs one history.
 */
class ExplanationHistoriesTest {

  private static final long ONLY = Long.getLong("svc.seed", -1);
  private static final int SEEDS = Boolean.getBoolean("svc.quick") ? 100 : 2_000;

  /** How a service behaves that does not stay up. */
  private enum Fault {
    FAILS,
    ENDS,
    RETRIES
  }

  /** Everything that a seed makes, and that can be made again. */
  private static final class World {
    private final Random random;
    private final List<Action> actions = new ArrayList<>();
    private final List<Declaration> declarations = new ArrayList<>();
    private final Set<String> types = new HashSet<>(Set.of("daemon"));
    private final java.util.Map<String, Fault> faults = new java.util.TreeMap<>();
    private final java.util.Map<String, Status> statuses = new java.util.TreeMap<>();
    private Conductor conductor;

    World(long seed) {
      random = new Random(seed * 0x9E3779B97F4A7C15L);
      int count = 2 + random.nextInt(8);
      for (int i = 0; i < count; i++) declarations.add(declaration(i, count));
      conductor = new Conductor(Graph.of(declarations), "s" + (count - 1));
      conductor.supervisorReady("main", List.of(), actions);
      if (random.nextBoolean()) conductor.begin(actions);
      for (int wish = random.nextInt(12); wish > 0; wish--) {
        wish();
        if (random.nextInt(3) > 0) work();
      }
      work();
    }

    private Declaration declaration(int number, int count) {
      List<Entry> entries = new ArrayList<>();
      String type = random.nextInt(8) == 0 ? "odd" + random.nextInt(2) : "daemon";
      entries.add(new Entry("service", "type", type, 1));
      if (random.nextInt(5) == 0)
        faults.put("s" + number, Fault.values()[random.nextInt(Fault.values().length)]);
      for (int other = 0; other < number; other++) {
        String key =
            List.of("requires", "requires", "wants", "after", "conflicts", "", "", "", "", "")
                .get(random.nextInt(10));
        if (key.equals("conflicts") && random.nextBoolean()) key = "after";
        if (!key.isEmpty()) entries.add(new Entry("depend", key, "s" + other, entries.size() + 1));
      }
      return new Declaration("s" + number, "/s" + number + ".ini", entries);
    }

    private void wish() {
      String service = "s" + random.nextInt(declarations.size());
      switch (random.nextInt(6)) {
        case 0, 1, 2 -> {
          if (conductor.refusal(List.of(service)).isEmpty())
            conductor.start(1, List.of(service), actions);
        }
        case 3 -> conductor.stop(1, List.of(service), actions);
        case 4 -> conductor.restart(1, List.of(service), actions);
        default -> {
          if (up(service)) says(service, ServiceState.FAILED, false, ExitStatus.killed(9));
        }
      }
    }

    /** Supervisors do what they were told, in any order, until nothing is left to do. */
    void work() {
      List<Action.Order> orders = new ArrayList<>();
      for (int step = 0; step < 10_000; step++) {
        for (Action action : actions) if (action instanceof Action.Order order) orders.add(order);
        actions.clear();
        if (orders.isEmpty()) return;
        obey(orders.remove(random.nextInt(orders.size())));
      }
      throw new AssertionError("orders without end");
    }

    private void obey(Action.Order order) {
      String service = order.declaration().name();
      switch (order.wish()) {
        case START, RESTART -> {
          says(service, ServiceState.STARTING, true, null);
          conductor.ordered(service, "", actions);
          outcome(order.declaration());
        }
        case STOP -> {
          says(service, ServiceState.STOPPING, false, null);
          conductor.ordered(service, "", actions);
          says(service, ServiceState.DOWN, false, ExitStatus.killed(15));
        }
      }
    }

    private void outcome(Declaration declaration) {
      String service = declaration.name();
      if (!types.contains(declaration.type())) {
        says(service, ServiceState.NO_TYPE, true, null);
      } else if (!faults.containsKey(service)) {
        says(service, ServiceState.UP, true, null);
      } else {
        if (random.nextBoolean()) says(service, ServiceState.UP, true, null);
        switch (faults.get(service)) {
          case FAILS -> says(service, ServiceState.FAILED, false, ExitStatus.exited(1));
          case ENDS -> says(service, ServiceState.DOWN, false, ExitStatus.exited(0));
          case RETRIES -> says(service, ServiceState.BACKING_OFF, true, ExitStatus.exited(1));
        }
      }
    }

    private void says(String service, ServiceState state, boolean wanted, ExitStatus exit) {
      boolean ended = exit != null && state != ServiceState.DOWN;
      String reason = ended ? exit.toString() : "";
      String type = conductor.graph().declaration(service).type();
      Status status = new Status(service, type, state, wanted, 0, 1, 0, exit, reason, false);
      statuses.put(service, status);
      conductor.statusChanged(status, actions);
    }

    /** What is tried again and again is given up at last. */
    void timePasses() {
      for (Status status : List.copyOf(statuses.values())) {
        if (status.state() != ServiceState.BACKING_OFF) continue;
        says(status.service(), ServiceState.FAILED, false, ExitStatus.exited(1));
      }
      work();
    }

    // What an operator does

    void apply(List<Remedy> remedies) {
      remedies.forEach(this::apply);
      work();
      timePasses();
    }

    private void apply(Remedy remedy) {
      switch (remedy.kind()) {
        case INSTALL -> install(remedy.subject());
        case SEPARATE -> separate(remedy);
        case MEND -> mend(remedy.subject());
        case MEET, UNPIN -> throw new AssertionError(remedy + ": there is no such thing here");
        case START -> {
          if (conductor.refusal(List.of(remedy.subject())).isEmpty())
            conductor.start(1, List.of(remedy.subject()), actions);
        }
      }
      work();
    }

    private void install(String type) {
      types.add(type);
      for (Declaration each : declarations) {
        Status status = statuses.get(each.name());
        boolean waits = status != null && status.state() == ServiceState.NO_TYPE;
        if (waits && each.type().equals(type)) outcome(each);
      }
    }

    private void mend(String service) {
      faults.remove(service);
      if (statuses.get(service).state() == ServiceState.BACKING_OFF)
        says(service, ServiceState.UP, true, null);
    }

    /** Another declaration is read by another manager. */
    private void separate(Remedy remedy) {
      List<String> pair = pair(remedy);
      declarations.replaceAll(
          each ->
              new Declaration(
                  each.name(),
                  each.file(),
                  each.entries().stream()
                      .filter(entry -> !isConflict(each, entry, pair))
                      .toList()));
      Goals goals = conductor.goals();
      conductor = new Conductor(Graph.of(declarations), conductor.target());
      conductor.restore(goals);
      conductor.adopted("main", List.copyOf(statuses.values()));
      conductor.begin(actions);
    }

    private static List<String> pair(Remedy remedy) {
      String[] words = remedy.text().replace(":", "").split(" ");
      return List.of(words[4], words[6]);
    }

    private static boolean isConflict(Declaration each, Entry entry, List<String> pair) {
      return entry.key().equals("conflicts")
          && pair.contains(each.name())
          && pair.contains(entry.value());
    }

    boolean up(String service) {
      return conductor.view(service).status().state() == ServiceState.UP;
    }

    Explanation why(String service) {
      Explanation why = conductor.why(service, types::contains);
      if (why.up() != up(service)) throw new AssertionError(why);
      return why;
    }
  }

  @Test
  void whatIsNamedStartsItAndNothingLessDoes() {
    long checked = 0;
    for (long seed = 0; seed < SEEDS; seed++) if (ONLY < 0 || seed == ONLY) checked += check(seed);
    assertTrue(ONLY >= 0 || checked > SEEDS, checked + " services were not up");
  }

  private static int check(long seed) {
    int checked = 0;
    for (Declaration each : new World(seed).declarations) {
      World world = new World(seed);
      if (world.up(each.name())) continue;
      check(seed, each.name(), world);
      checked++;
    }
    return checked;
  }

  private static void check(long seed, String service, World world) {
    List<List<Remedy>> applied = new ArrayList<>();
    Set<String> known = new HashSet<>();
    while (!world.up(service)) {
      List<Remedy> remedies = world.why(service).remedies();
      checkLess(seed, service, applied, remedies);
      boolean fresh = applied.isEmpty();
      for (Remedy each : remedies)
        if (each.kind() == Remedy.Kind.MEND) fresh |= known.add(each.subject());
      assertTrue(fresh, () -> story(seed, service, applied, remedies));
      world.apply(remedies);
      applied.add(remedies);
    }
  }

  private static void checkLess(
      long seed, String service, List<List<Remedy>> before, List<Remedy> remedies) {
    for (int subset = 0; subset < (1 << remedies.size()) - 1; subset++) {
      List<Remedy> less = new ArrayList<>();
      for (int i = 0; i < remedies.size(); i++)
        if ((subset & 1 << i) != 0) less.add(remedies.get(i));
      World world = new World(seed);
      before.forEach(world::apply);
      world.apply(less);
      assertFalse(
          world.up(service),
          () -> story(seed, service, before, remedies) + "\n starts already with " + less);
    }
  }

  private static String story(
      long seed, String service, List<List<Remedy>> before, List<Remedy> remedies) {
    World world = new World(seed);
    String declared =
        world.declarations.stream()
            .map(each -> each.name() + " " + each.entries() + " " + world.faults.get(each.name()))
            .collect(Collectors.joining("\n"));
    String told =
        Stream.concat(before.stream(), Stream.of(remedies))
            .map(List::toString)
            .collect(Collectors.joining("\n then "));
    return "seed "
        + seed
        + ": "
        + service
        + "\n"
        + declared
        + "\n"
        + told
        + "\n"
        + world.statuses.values()
        + "\n"
        + world.why(service);
  }
}
