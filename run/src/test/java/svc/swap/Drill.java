package svc.swap;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import svc.ipc.Bodies;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.launch.Keeper;
import svc.launch.Updater;
import svc.launch.logic.Action;
import svc.launch.logic.Outcome;
import svc.launch.logic.Plan;
import svc.nv.NvException;
import svc.nv.NvHeader;
import svc.nv.NvLimits;
import svc.nv.NvList;
import svc.patience.Patience;
import svc.service.Declaration;

/**
 * What is done to a composition, and what its clients do meanwhile. They speak to the manager, or,
 * where there is none, to the supervisor.
 */
public final class Drill {

  static final int SERVICES = 50;
  static final int CLIENTS = 4;
  private static final long PATIENCE_SECONDS = 60;
  private static final long DEADLINE = TimeUnit.SECONDS.toNanos(20);

  /** Rounds until caches are full and what is compiled lazily is. */
  private static final int WARM = 3;

  private final BundleContext context;
  private final String composition;
  private final AtomicLong answered = new AtomicLong();
  private final List<Long> started = new ArrayList<>();
  private final CompletableFuture<Integer> status = new CompletableFuture<>();
  private volatile boolean ended;

  private Drill(BundleContext context, String composition) {
    this.context = context;
    this.composition = composition;
  }

  /**
   * @param system the system bundle's context
   */
  public static void run(BundleContext system, String composition) throws Exception {
    long seed = Long.getLong("svc.seed", System.nanoTime());
    int rounds = Integer.getInteger("svc.swaps", Boolean.getBoolean("svc.quick") ? 5 : 8);
    System.out.println(composition + ": seed " + seed + ", " + rounds + " rounds");
    Drill drill = new Drill(system, composition);
    try {
      drill.replaceAll(new Random(seed), rounds);
    } catch (AssertionError | Exception e) {
      throw new AssertionError("seed " + seed + ": " + e, e);
    } finally {
      drill.end();
    }
  }

  /**
   * Services outlive a framework that is only stopped. Whoever has the process ends it then, also
   * when it is the last of many.
   */
  private void end() throws Exception {
    ended = true;
    try (SocketChannel channel = connect()) {
      ask(channel, Message.request(1, Method.SHUTDOWN));
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    for (long pid : started) {
      while (Files.exists(Path.of("/proc/" + pid))) {
        assertTrue(pid + " is left", System.nanoTime() < end);
        Patience.lookAway();
      }
    }
    assertEquals(Integer.valueOf(0), status.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  static Path jar(String name) throws IOException {
    Path bundles = Path.of("target", "dist", "bundles").toAbsolutePath();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(bundles, name + "-*.jar")) {
      return files.iterator().next();
    }
  }

  private void replaceAll(Random random, int rounds) throws Exception {
    stash();
    Updater updater = new Updater(context, Keeper.NONE, DEADLINE);
    List<Path> jars = replaceable(updater);
    begin();
    Map<String, Long> pids = pids();
    started.addAll(pids.values());
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    List<Future<?>> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      String spare = "spare" + i;
      clients.add(threads.submit(() -> hammer(spare)));
    }
    Footprint warm = null;
    for (int round = 0; round < rounds; round++) {
      Collections.shuffle(jars, random);
      for (Path jar : jars) replace(updater, jar, clients);
      assertEquals(pids, pids());
      if (round == WARM) warm = Footprint.take();
    }
    await(clients);
    Footprint last = Footprint.take();
    ended = true;
    for (Future<?> client : clients) client.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    threads.shutdown();
    System.out.println(
        composition + ": " + answered + " answers; " + warm + " after the warm-up, then " + last);
    if (warm != null) last.assertNotGrownFrom(warm);
  }

  private boolean managed() {
    return !composition.equals("supervise");
  }

  private String socket() {
    return managed()
        ? context.getProperty("svc.socket")
        : context.getProperty("svc.run") + "/supervise/main.sock";
  }

  private void begin() throws IOException {
    if (managed()) {
      ask(connect(), Message.request(1, Method.START).strings("services", List.of("default")));
      return;
    }
    for (String name : names()) {
      Declaration.Entry exec = new Declaration.Entry("service", "exec", "sleep 10000", 1);
      Declaration declaration = new Declaration(name, "/" + name + ".ini", List.of(exec));
      NvList body = Bodies.declaration(declaration);
      ask(connect(), Message.request(1, Method.START).list("declaration", body));
    }
  }

  /** Those that are left alone, and one for each client to restart. */
  static List<String> names() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < SERVICES; i++) names.add("s" + i);
    for (int i = 0; i < CLIENTS; i++) names.add("spare" + i);
    return names;
  }

  /** What Launch offers where it starts the framework. */
  private void stash() throws Exception {
    Bundle socket = installed("svc.socket");
    socket.stop();
    context.registerService(
        ConcurrentMap.class, new ConcurrentHashMap<>(), new Hashtable<>(Map.of("svc.stash", true)));
    context.registerService(
        IntConsumer.class, status::complete, new Hashtable<>(Map.of("svc.exit", true)));
    socket.start();
    Path path = Path.of(socket());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.exists(path)) {
      assertTrue("no socket", System.nanoTime() < end);
      Patience.lookAway();
    }
  }

  private Bundle installed(String name) {
    for (Bundle bundle : context.getBundles())
      if (name.equals(bundle.getSymbolicName())) return bundle;
    throw new AssertionError("no " + name);
  }

  /** All of ours, but those whose change takes another process. */
  private List<Path> replaceable(Updater updater) throws IOException {
    List<Path> jars = new ArrayList<>();
    List<String> not = new ArrayList<>();
    for (Bundle bundle : context.getBundles()) {
      String name = bundle.getSymbolicName();
      if (name == null || !name.startsWith("svc.")) continue;
      Plan plan = updater.plan(jar(name));
      boolean here = plan.action() == Action.BESIDE || plan.action() == Action.REFRESH;
      if (here) jars.add(jar(name));
      else not.add(name);
    }
    System.out.println(composition + ": replaces " + jars.size() + " bundles, not " + not);
    return jars;
  }

  private void replace(Updater updater, Path jar, List<Future<?>> clients) throws Exception {
    Plan plan = updater.plan(jar);
    Outcome outcome = updater.apply(plan);
    assertTrue(jar.getFileName() + ": " + outcome, outcome.ok());
    try {
      await(clients);
    } catch (AssertionError e) {
      throw new AssertionError("after " + plan + ": " + e.getMessage(), e);
    }
  }

  /** Every client got on, or one of them failed. */
  private void await(List<Future<?>> clients) throws Exception {
    long until = answered.get() + 2 * CLIENTS;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (answered.get() < until) {
      for (Future<?> client : clients) if (client.isDone()) client.get();
      assertTrue("no answer", System.nanoTime() < end);
      Patience.lookAway();
    }
  }

  private Map<String, Long> pids() throws IOException {
    Map<String, Long> pids = new TreeMap<>();
    try (SocketChannel channel = connect()) {
      for (NvList service : ask(channel, Message.request(1, Method.STATUS)).lists("services")) {
        String name = service.string("service", "");
        if (!name.startsWith("s") || name.startsWith("spare")) continue;
        assertEquals(name, "up", service.string("state", ""));
        pids.put(name, service.number("pid", 0));
      }
    }
    assertEquals(SERVICES, pids.size());
    return pids;
  }

  private Void hammer(String spare) throws IOException {
    while (!ended) {
      try (SocketChannel channel = connect()) {
        for (long id = 1; id < 20 && !ended; id++) {
          boolean restart = id % 5 == 0;
          String method = restart ? Method.RESTART : Method.STATUS;
          String service = restart ? spare : "s" + id;
          NvList.Builder request = Message.request(id, method);
          if (managed()) request.strings("services", List.of(service));
          else if (restart) request.string("service", service);
          ask(channel, request);
          answered.incrementAndGet();
        }
      }
    }
    return null;
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(socket()));
  }

  private static NvList ask(SocketChannel channel, NvList.Builder request) throws IOException {
    NvList asked = request.build();
    ByteBuffer bytes = ByteBuffer.wrap(asked.pack());
    while (bytes.hasRemaining()) channel.write(bytes);
    Message reply = read(channel);
    assertEquals(Message.of(asked).id(), reply.id());
    assertTrue(Message.of(asked).method() + ": " + reply.errorText(), reply.ok());
    return reply.list();
  }

  private static Message read(SocketChannel channel) throws IOException {
    ByteBuffer header = fill(channel, ByteBuffer.allocate(NvHeader.SIZE));
    try {
      int size = NvHeader.read(header, NvLimits.DEFAULT).packetSize();
      ByteBuffer packet = ByteBuffer.allocate(size).put(header.flip());
      return Message.of(NvList.unpack(fill(channel, packet).flip(), NvLimits.DEFAULT));
    } catch (NvException e) {
      throw new IOException(e);
    }
  }

  private static ByteBuffer fill(SocketChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) if (channel.read(buffer) < 0) throw new EOFException();
    return buffer;
  }

  /** What a leak would make grow. */
  private record Footprint(int threads, long descriptors, long classes, long heap) {

    /** Descriptors and threads that a client or a collection has at this moment. */
    private static final int SLACK = 8;

    static Footprint take() throws IOException {
      Runtime runtime = Runtime.getRuntime();
      for (int i = 0; i < 3; i++) System.gc();
      long classes =
          java.lang.management.ManagementFactory.getClassLoadingMXBean().getLoadedClassCount();
      long heap = runtime.totalMemory() - runtime.freeMemory();
      try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
        return new Footprint(Thread.activeCount(), open.count(), classes, heap);
      }
    }

    void assertNotGrownFrom(Footprint before) {
      assertTrue("threads: " + before + ", " + this, threads <= before.threads + SLACK);
      assertTrue("descriptors: " + before + ", " + this, descriptors <= before.descriptors + SLACK);
      // some hundred classes are in each version of a bundle: a loader that stays shows
      assertTrue("classes: " + before + ", " + this, classes <= before.classes + 500);
      assertTrue("heap: " + before + ", " + this, heap <= before.heap + (2 << 20));
    }

    @Override
    public String toString() {
      return threads
          + " threads, "
          + descriptors
          + " descriptors, "
          + classes
          + " classes, "
          + (heap >> 10)
          + " KiB";
    }
  }
}
