package svc.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static svc.ipc.Method.EVENTS;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import svc.ipc.Message;
import svc.ipc.Peer;
import svc.ipc.Responder;
import svc.nv.NvException;
import svc.nv.NvLimits;
import svc.nv.NvList;
import svc.os.LocalSockets;
import svc.posix.PosixLocalSockets;

/** The component itself is replaced, by way of a stash. */
@Timeout(120)
class HandoverTest {

  @TempDir Path directory;

  private final BlockingQueue<Integer> exits = new LinkedBlockingQueue<>();
  private final ConcurrentMap<String, Object> stash = new ConcurrentHashMap<>();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private Sockets sockets;
  private Path path;

  @BeforeEach
  void open() throws IOException {
    path = directory.resolve("sock");
    sockets = component();
  }

  @AfterEach
  void end() throws IOException {
    stopping.set(true);
    sockets.deactivate();
    assertFalse(Files.exists(path));
    assertTrue(exits.isEmpty());
    assertNull(stash.get(Handover.KEY));
  }

  private Sockets component() throws IOException {
    return new Sockets(
        new PosixLocalSockets(), exits::add, stopping::get, stash, Limits.GRACE_NANOS);
  }

  private void bind(Sockets to, Responder responder) {
    to.bindResponder(responder, Map.of(Responder.SOCKET, path.toString()));
  }

  /** As the framework replaces a bundle by one beside it, or by the same one started again. */
  private void replace(Responder responder, boolean sideBySide) throws IOException {
    Sockets old = sockets;
    if (!sideBySide) leave(old, responder);
    sockets = component();
    bind(sockets, responder);
    if (sideBySide) leave(old, responder);
  }

  private static void leave(Sockets old, Responder responder) throws IOException {
    old.deactivate();
    old.unbindResponder(responder); // as SCR does, afterwards
  }

  private static void ask(Client client, String method, long... ids) throws IOException {
    for (long id : ids) client.write(Message.request(id, method).build().pack());
  }

  private static void hears(Client client, long... ids) throws Exception {
    for (long id : ids) assertEquals(id, client.read().id());
  }

  @Test
  void aConversationGoesOnWithWhatIsUnansweredHalfReadAndUnwritten() throws Exception {
    Role role = new Role();
    bind(sockets, role);
    try (Client client = Client.to(path)) {
      ask(client, "status", 1, 2);
      Role.Heard first = role.next(1);
      role.next(2);
      for (int i = 100; i < 110; i++)
        first.peer().send(Message.request(i, "news").binary("news", new byte[200_000]).build());
      byte[] third = Message.request(3, "status").build().pack();
      for (int i = 0; i < third.length - 1; i++) client.write(new byte[] {third[i]});

      for (boolean sideBySide : new boolean[] {true, false}) {
        replace(role, sideBySide);
        for (long id : new long[] {1, 2})
          assertEquals(first.peer().id(), role.next(id).peer().id());
        assertFalse(first.answer());
      }
      replace(role, true);
      role.next(1).answer();
      role.next(2).answer();
      client.write(new byte[] {third[third.length - 1]});
      role.next(3).answer();
      for (int i = 100; i < 110; i++) hears(client, i);
      hears(client, 1, 2, 3);
      assertTrue(role.closed.isEmpty(), "the conversation goes on");
    }
    assertTrue(role.closed.poll(30, TimeUnit.SECONDS) != null);
  }

  @Test
  void whoWantsEventsHearsThemFromTheNextComponent() throws Exception {
    Role role = new Role();
    bind(sockets, role);
    try (Client client = Client.to(path)) {
      ask(client, EVENTS, 7);
      for (int i = 0; i < 10; i++) {
        Role.Heard events = role.next(7);
        events.answer();
        events.answer();
        hears(client, 7, 7);
        replace(role, i % 2 == 0);
      }
      role.next(7).answer();
      hears(client, 7);
    }
  }

  @Test
  void peersAreLetInWhileThereIsNoComponent() throws Exception {
    Role role = new Role();
    bind(sockets, role);
    leave(sockets, role);
    try (Client client = Client.to(path)) {
      ask(client, "status", 1);
      sockets = component();
      bind(sockets, role);
      role.next(1).answer();
      hears(client, 1);
    }
  }

  @Test
  void whatIsLeftIsOfTheJdkAlone() throws Exception {
    Role role = new Role();
    bind(sockets, role);
    try (Client client = Client.to(path)) {
      ask(client, "status", 1);
      role.next(1);
      leave(sockets, role);
      assertTrue(stash.containsKey(Handover.KEY));
      assertJdk(stash);
      sockets = component();
      bind(sockets, role);
      role.next(1).answer();
      hears(client, 1);
    }
  }

  private static void assertJdk(Object left) {
    assertNull(left.getClass().getClassLoader(), () -> left.getClass() + " is not the JDK's");
    if (left instanceof Map<?, ?> map) map.values().forEach(HandoverTest::assertJdk);
    if (left instanceof Collection<?> all) all.forEach(HandoverTest::assertJdk);
  }

  @Test
  void oneThatStandsByTakesNothingAndMayLeave() throws Exception {
    Role role = new Role();
    bind(sockets, role);
    try (Client client = Client.to(path)) {
      for (int i = 0; i < 10; i++) {
        Sockets other = component();
        bind(other, role);
        ask(client, "status", i);
        role.next(i).answer();
        hears(client, i);
        leave(other, role);
      }
      assertTrue(role.heardNothingMore());
    }
    assertTrue(exits.isEmpty());
  }

  private static byte[] ofVersion(int version, byte[] left) throws NvException {
    NvList list = NvList.unpack(ByteBuffer.wrap(left), NvLimits.DEFAULT);
    long[] descriptors = list.numbers("descriptors");
    return NvList.builder()
        .number("version", version)
        .numbers("descriptors", descriptors)
        .build()
        .pack();
  }

  @Test
  void whatIsOfAnotherVersionIsClosed() throws Exception {
    Role role = new Role();
    bind(sockets, role);
    try (Client client = Client.to(path)) {
      ask(client, "status", 1);
      role.next(1);
      leave(sockets, role);
      stash.put(Handover.KEY, ofVersion(99, (byte[]) stash.get(Handover.KEY)));
      sockets = component();
      bind(sockets, role);
      assertTrue(client.ended());
    }
    try (Client client = Client.to(path)) {
      ask(client, "status", 2);
      role.next(2).answer();
      hears(client, 2);
    }
  }

  @Test
  void whereAllStopsNothingIsLeft() throws Exception {
    Role role = new Role();
    bind(sockets, role);
    try (Client client = Client.to(path)) {
      ask(client, "status", 1);
      role.next(1).answer();
      stopping.set(true);
      sockets.deactivate();
      hears(client, 1);
      assertTrue(client.ended());
    }
    assertTrue(role.closed.poll(30, TimeUnit.SECONDS) != null);
  }

  @Test
  void whatIsTakenOverInTheLastMomentIsClosedOrHandedOn() throws Exception {
    Role role = new Role();
    bind(sockets, role);
    for (int i = 0; i < 100; i++) {
      try (Client client = Client.to(path)) {
        ask(client, "status", i);
        role.next(i);
        replace(role, true);
        leave(sockets, role);
        sockets = component();
        bind(sockets, role);
        Role.Heard again = role.next(i);
        if (!again.answer()) role.next(i).answer(); // the one in between had it
        hears(client, i);
      }
    }
    replace(role, true);
  }

  @Test
  void aResponderThatIsGoneForGoodIsWaitedForInAllNoLonger() throws Exception {
    ConcurrentMap<String, Object> own = new ConcurrentHashMap<>();
    long grace = TimeUnit.MILLISECONDS.toNanos(50);
    Path brief = directory.resolve("brief");
    Role role = new Role();
    Sockets old =
        new Sockets(new PosixLocalSockets(), exits::add, () -> false, own, Limits.GRACE_NANOS);
    old.bindResponder(role, Map.of(Responder.SOCKET, brief.toString()));
    try (Client client = Client.to(brief)) {
      ask(client, "status", 1);
      role.next(1);
      Sockets shorter = new Sockets(new PosixLocalSockets(), exits::add, () -> false, own, grace);
      shorter.bindResponder(role, Map.of(Responder.SOCKET, brief.toString()));
      leave(old, role);
      role.next(1);
      shorter.unbindResponder(role);
      shorter.deactivate();
      Sockets last =
          new Sockets(new PosixLocalSockets(), exits::add, () -> false, own, Limits.GRACE_NANOS);
      assertTrue(client.ended());
      last.deactivate();
    }
    assertFalse(Files.exists(brief));
  }

  @Test
  void thoseWeConnectedToAreToldOfAsEnded() throws Exception {
    Role role = new Role();
    bind(sockets, role);
    Role caller = new Role();
    Peer peer = sockets.connect(path.toString(), caller);
    peer.send(Message.request(1, "status").build());
    role.next(1);
    Sockets old = sockets;
    replace(role, true);
    assertSame(peer, caller.closed.poll(30, TimeUnit.SECONDS));
    assertFalse(peer.send(NvList.EMPTY));
    assertThrows(IOException.class, () -> old.connect(path.toString(), caller));
  }

  @Test
  void clientsNoticeNothingOfAHundredComponentsAndNothingOfThemIsLeft() throws Exception {
    Worker worker = new Worker();
    bind(sockets, worker);
    try (Client first = Client.to(path)) {
      ask(first, "status", 1);
      hears(first, 1);
    }
    settles(1, worker.closed::get);
    long descriptors = descriptors();
    long threads = threads();
    Hammer hammer = new Hammer(path, 8);
    for (int i = 0; i < 100; i++) {
      hammer.await(20);
      replace(worker, i % 2 == 0);
    }
    hammer.await(20);
    assertTrue(hammer.end() >= 2_000);
    settles(descriptors, HandoverTest::descriptors);
    settles(threads, HandoverTest::threads);
    worker.close();
  }

  /** The classes of one version of the bundle. */
  private static final class Version extends URLClassLoader {
    Version() {
      super(
          new URL[] {Sockets.class.getProtectionDomain().getCodeSource().getLocation()},
          Sockets.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("svc.socket.")) return super.loadClass(name, resolve);
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : findClass(name);
    }
  }

  /**
   * A component of a version of its own takes over and is taken over from.
   *
   * @return the version, as long as it is in memory
   */
  private WeakReference<Object> pass(Responder responder, Client client) throws Exception {
    try (Version version = new Version()) {
      Class<?> type = version.loadClass("svc.socket.Sockets");
      Constructor<?> create =
          type.getDeclaredConstructor(
              LocalSockets.class,
              IntConsumer.class,
              BooleanSupplier.class,
              ConcurrentMap.class,
              long.class);
      create.setAccessible(true);
      BooleanSupplier never = () -> false;
      IntConsumer exit = exits::add;
      Object component =
          create.newInstance(new PosixLocalSockets(), exit, never, stash, Limits.GRACE_NANOS);
      Method bind = type.getDeclaredMethod("bindResponder", Responder.class, Map.class);
      Method deactivate = type.getDeclaredMethod("deactivate");
      bind.setAccessible(true);
      deactivate.setAccessible(true);
      bind.invoke(component, responder, Map.of(Responder.SOCKET, path.toString()));
      hears(client, 7);
      deactivate.invoke(component);
      return new WeakReference<>(version);
    }
  }

  @Test
  void theClassesOfAComponentThatLeftGoWithIt() throws Exception {
    Worker worker = new Worker();
    bind(sockets, worker);
    try (Client client = Client.to(path)) {
      ask(client, EVENTS, 7);
      hears(client, 7);
      leave(sockets, worker);
      List<WeakReference<Object>> versions = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        versions.add(pass(worker, client));
      }
      sockets = component();
      bind(sockets, worker);
      hears(client, 7);
      settles(0, () -> inMemory(versions));
    }
    worker.close();
  }

  private static long inMemory(List<WeakReference<Object>> versions) {
    System.gc();
    return versions.stream().filter(version -> version.get() != null).count();
  }

  /** What clients leave behind is closed a moment later. */
  private static void settles(long expected, LongSupplier count) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (count.getAsLong() != expected && System.nanoTime() < end) Thread.onSpinWait();
    assertEquals(expected, count.getAsLong());
  }

  private static long descriptors() {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("svc.socket"))
        .count();
  }
}
