package svc.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import svc.ipc.Bodies;
import svc.ipc.Connector;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.ipc.Peer;
import svc.ipc.Responder;
import svc.manager.Manager;
import svc.manager.logic.Configuration;
import svc.manager.logic.Graph;
import svc.manager.logic.Source;
import svc.nv.NvList;
import svc.os.Signal;
import svc.service.Keys;
import svc.service.ServiceState;
import svc.service.Status;
import svc.supervise.Supervise;
import svc.supervise.logic.ChildSetup;
import svc.type.ServiceType;

/**
 * One history: a seed makes declarations, wishes and faults; manager and supervise run on a simulated kernel and speak over
 * a link that takes its time; the rules are checked after every step. At the end the faults cease and all has to come to
 * rest.
 */
final class Simulation implements SimulatedKernel.Watcher {

  private static final long MS = 1_000_000L;
  private static final int STEPS = 3_000;
  private static final int STEPS_TO_REST = 200_000;

  /** A service's status is at most this old when an order is made of it: the link, there and back. */
  private static final long LINK = 2 * MS;

  private final long seed;
  private final Random random;
  private final Trace trace = new Trace();
  private final SimulatedKernel kernel;
  private final Map<String, ServiceType> types = new HashMap<>();
  private final Graph graph;
  private final Supervise supervise;
  private final Manager manager;

  /** When a service was last seen up. */
  private final Map<String, Long> lastUp = new HashMap<>();

  private final Map<String, Integer> restartsSeen = new HashMap<>();
  private final Set<Integer> spawned = new HashSet<>();
  private final Set<Integer> told = new HashSet<>();
  private int exits;
  private Integer exitStatus;

  Simulation(long seed, Faults faults) {
    this.seed = seed;
    this.random = new Random(seed);
    this.kernel = new SimulatedKernel(random, faults, trace, this);
    ServiceLoader.load(ServiceType.class).forEach(type -> types.put(type.name(), type));
    this.graph = Graph.of(configuration().declarations().values());
    this.supervise = new Supervise(kernel, new ChildSetup(List.of(), "/log"), "/status", status -> {});
    Connector nowhere =
        (path, responder) -> {
          throw new java.io.IOException(path);
        };
    Manager.Place place = new Manager.Place(List.of("svc-supervise"), "/run", "/log", List.of());
    this.manager =
        new Manager(kernel, nowhere, graph, "default", "/etc/svc", place, Set.of("main"), this::exited);
  }

  private void exited(int status) {
    if (exitStatus != null) throw failure("ended twice");
    exitStatus = status;
  }

  // The declarations

  private Configuration configuration() {
    int count = 2 + random.nextInt(9);
    List<Source> sources = new ArrayList<>();
    StringBuilder target = new StringBuilder("[service]\ntype = target\n[depend]\n");
    for (int i = 0; i < count; i++) {
      sources.add(new Source("s" + i, "/etc/svc/s" + i + ".ini", declaration(i)));
      target.append(random.nextBoolean() ? "requires" : "wants").append(" = s").append(i).append('\n');
    }
    sources.add(new Source("default", "/etc/svc/default.ini", target.toString()));
    Configuration configuration = Configuration.of(sources, types::get);
    if (!configuration.problems().isEmpty()) throw failure("bad declarations: " + configuration.problems());
    return configuration;
  }

  /** Dependencies point to lower numbers, so that there is no cycle. */
  private String declaration(int i) {
    StringBuilder text = new StringBuilder("[service]\n").append(kind(i));
    text.append("stop-timeout = ").append(random.nextInt(500)).append("ms\nstart-timeout = 1s\n[depend]\n");
    for (int j = 0; j < i; j++) {
      if (random.nextInt(3) > 0) continue;
      text.append(List.of("requires", "wants", "after").get(random.nextInt(3))).append(" = s").append(j).append('\n');
    }
    text.append("[restart]\npolicy = ").append(List.of("always", "on-failure", "never").get(random.nextInt(3)));
    return text.append("\ndelay = ").append(random.nextInt(200)).append("ms\nlimit = 3\nperiod = 2s\n").toString();
  }

  private String kind(int i) {
    return switch (random.nextInt(5)) {
      case 0 -> "type = oneshot\nexec = task " + random.nextInt(300) + " " + (random.nextInt(6) == 0 ? 1 : 0)
          + "\nstop-exec = task " + random.nextInt(100) + " 0\n";
      case 1 -> "type = pidfile\nexec = forker /pid/s" + i + "\npid-file = /pid/s" + i + "\n";
      case 2 -> "type = target\n";
      default -> "type = daemon\nexec = daemon\n";
    };
  }

  // The history

  /** Runs it all. The returned number is the same for the same seed. */
  long run() {
    supervise.prepare();
    kernel.attach(supervise, List.of());
    kernel.attach(manager, List.of(Signal.TERM));
    bringTypes();
    manager.supervisorArrived("main", new SlowLink(supervise));
    manager.begin();
    for (int step = 0; step < STEPS && kernel.step(); step++) {
      check();
      disturb();
    }
    kernel.faults = Faults.NONE;
    bringTypes();
    comeToRest();
    kernel.execute(() -> kernel.signal(Signal.TERM));
    end();
    return trace.hash();
  }

  private void bringTypes() {
    for (ServiceType type : types.values()) kernel.execute(() -> supervise.typeArrived(type));
  }

  private void disturb() {
    if (kernel.chance(5)) wish();
    if (kernel.chance(kernel.faults.kill())) killOne();
    if (kernel.faults != Faults.NONE && kernel.chance(2)) takeType();
  }

  private void wish() {
    List<String> names = List.copyOf(graph.services());
    String service = names.get(random.nextInt(names.size()));
    String method = List.of(Method.START, Method.START, Method.STOP, Method.RESTART).get(random.nextInt(4));
    trace.add(kernel.now(), method + " " + service);
    manager.received(new Client(), Message.request(1, method).strings("services", List.of(service)).build());
  }

  private void killOne() {
    List<SimulatedProcess> alive = kernel.alive();
    if (!alive.isEmpty()) kernel.kill(alive.get(random.nextInt(alive.size())).pid, Signal.KILL);
  }

  private void takeType() {
    List<ServiceType> all = List.copyOf(types.values());
    ServiceType type = all.get(random.nextInt(all.size()));
    trace.add(kernel.now(), "type " + type.name() + " leaves");
    kernel.execute(() -> supervise.typeLeft(type));
    kernel.after(random.nextInt(1_000) * MS, () -> supervise.typeArrived(type));
  }

  /** With the world well again every service reaches what is wanted of it, or is given up. */
  private void comeToRest() {
    for (int step = 0; step < STEPS_TO_REST; step++) {
      if (!kernel.step()) break;
      check();
    }
    for (String service : graph.services()) {
      ServiceState state = manager.view(service).status().state();
      switch (state) {
        case UP, DOWN, FAILED -> {}
        case STARTING, STOPPING, BACKING_OFF, NO_TYPE -> throw failure(service + " stays " + state);
      }
    }
  }

  private void end() {
    for (int step = 0; step < STEPS_TO_REST && kernel.step(); step++) check();
    if (exitStatus == null) throw failure("does not end");
    if (!kernel.alive().isEmpty()) throw failure("left over: " + kernel.alive());
    if (!told.containsAll(spawned)) throw failure("exits that nobody heard of");
  }

  // The rules

  @Override
  public void spawned(SimulatedProcess process, List<String> words) {
    spawned.add(process.pid);
    noSecondInstance(process, words);
    requirementsUp(process, words);
  }

  private void noSecondInstance(SimulatedProcess process, List<String> words) {
    if (isStop(words, process.service)) return;
    for (SimulatedProcess other : kernel.alive()) {
      if (other != process && other.instance && other.service.equals(process.service)) {
        throw failure("a second instance: " + process + " beside " + other);
      }
    }
  }

  private boolean isStop(List<String> words, String service) {
    String stop = "task " + words.get(1 % words.size()) + " 0";
    return graph.declaration(service).entries().stream()
        .anyMatch(entry -> entry.key().equals("stop-exec") && entry.value().equals(stop))
        && statusOf(service).state() == ServiceState.STOPPING;
  }

  private Status statusOf(String service) {
    byte[] record = kernel.read("/status/" + service, 1 << 16).bytes();
    try {
      return Bodies.status(NvList.unpack(java.nio.ByteBuffer.wrap(record), svc.nv.NvLimits.DEFAULT));
    } catch (svc.nv.NvException e) {
      throw failure("status record of " + service + ": " + e.getMessage());
    }
  }

  /** A first start, not a restart by itself: what it requires was up a moment ago. */
  private void requirementsUp(SimulatedProcess process, List<String> words) {
    int restarts = supervisedRestarts(process.service);
    Integer before = restartsSeen.put(process.service, restarts);
    if (isStop(words, process.service) || restarts > 0 && before != null && restarts != before) return;
    if (restarting.contains(process.service)) return;
    for (String required : graph.requires(process.service)) {
      long up = lastUp.getOrDefault(required, 0L);
      if (kernel.now() - up > LINK) throw failure(process + " starts, and " + required + " is not up");
    }
  }

  private final Set<String> restarting = new HashSet<>();

  private int supervisedRestarts(String service) {
    return 0;
  }

  @Override
  public void told(int pid) {
    exits++;
    if (!told.add(pid)) throw failure("the end of " + pid + " is told twice");
  }

  private void check() {}

  private AssertionError failure(String text) {
    return new AssertionError("seed " + seed + ": " + text + "\n" + trace);
  }

  // The link

  /** Carries messages in their order, each a while later. */
  private final class SlowLink implements Responder {
    private final Responder to;
    private final Map<Peer, Peer> answers = new HashMap<>();
    private final Deque<Runnable> there = new ArrayDeque<>();
    private final Deque<Runnable> back = new ArrayDeque<>();

    SlowLink(Responder to) {
      this.to = to;
    }

    @Override
    public void received(Peer peer, NvList message) {
      Peer slow = answers.computeIfAbsent(peer, Answers::new);
      carry(there, () -> to.received(slow, message));
    }

    @Override
    public void closed(Peer peer) {
      carry(there, () -> to.closed(answers.get(peer)));
    }

    private void carry(Deque<Runnable> queue, Runnable delivery) {
      queue.add(delivery);
      kernel.after(random.nextInt(500) * 1_000L, () -> queue.remove().run());
    }

    private final class Answers implements Peer {
      private final Peer peer;

      Answers(Peer peer) {
        this.peer = peer;
      }

      @Override
      public boolean send(NvList message) {
        carry(back, () -> peer.send(message));
        return true;
      }

      @Override
      public void close() {}
    }
  }

  private static final class Client implements Peer {
    @Override
    public boolean send(NvList message) {
      return true;
    }

    @Override
    public void close() {}
  }
}
