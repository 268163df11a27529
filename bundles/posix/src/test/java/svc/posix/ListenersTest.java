package svc.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.os.Address;
import svc.os.Errno;
import svc.os.ExitStatus;
import svc.os.Opened;
import svc.os.Signal;
import svc.os.Spawn;
import svc.os.Spawn.Stream;
import svc.os.Spawned;
import svc.os.User;

/** Sockets that are opened here and served by children. */
class ListenersTest {

  private static final int EADDRINUSE = 98;
  private static final int EADDRNOTAVAIL = 99;

  @TempDir Path directory;

  private final CompletableFuture<Throwable> fault = new CompletableFuture<>();
  private final Semaphore arrived = new Semaphore(0);
  private PosixKernel kernel;
  private Heard heard;
  private Path path;
  private Path output;

  @BeforeEach
  void start() {
    kernel = PosixKernel.start(fault::complete);
    heard = new Heard(kernel);
    kernel.attach(heard, List.of());
    path = directory.resolve("web.sock");
    output = directory.resolve("output");
  }

  @AfterEach
  void end() {
    kernel.close();
    assertFalse(fault.isDone(), () -> "the loop ended by " + fault.join());
  }

  private Address file() {
    return Address.parse("unix:" + path).orElseThrow();
  }

  private static Address local(String transport) throws Exception {
    int port;
    if (transport.equals("udp")) {
      try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
        port = socket.getLocalPort();
      }
    } else {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = socket.getLocalPort();
      }
    }
    return Address.parse(transport + ":127.0.0.1:" + port).orElseThrow();
  }

  private Opened listen(String holder, Address address) throws Exception {
    return heard.onLoop(() -> kernel.listen(holder, address, 0666, 16, null));
  }

  private int listening(Address address) throws Exception {
    Opened opened = listen("web", address);
    assertEquals(Errno.OK, opened.errno());
    return opened.descriptor();
  }

  private void await(int descriptor) throws Exception {
    assertEquals(Errno.OK, heard.onLoop(() -> kernel.awaitDemand(descriptor, arrived::release)));
  }

  private boolean arrives() throws InterruptedException {
    return arrived.tryAcquire(Heard.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Whatever would be told by now has been told. */
  private void settle() throws Exception {
    for (int turn = 0; turn < 3; turn++) heard.onLoop(() -> null);
  }

  private static SocketChannel connect(Address address) throws Exception {
    SocketAddress there =
        address.isFile()
            ? UnixDomainSocketAddress.of(address.path())
            : new InetSocketAddress(InetAddress.getByAddress(address.host()), address.port());
    return SocketChannel.open(there);
  }

  private int child(List<Integer> descriptors, String... words) throws Exception {
    Stream file = new Stream.File(output.toString());
    List<String> environment = List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin");
    Spawn request =
        new Spawn(
            List.of(words),
            environment,
            directory.toString(),
            null,
            null,
            -1,
            Stream.NULL,
            file,
            file);
    Spawn with = request.with(List.of("LISTEN_FDS=" + descriptors.size()), descriptors);
    Spawned spawned = heard.onLoop(() -> kernel.spawn(with));
    assertTrue(spawned instanceof Spawned.Child, spawned::toString);
    return ((Spawned.Child) spawned).pid();
  }

  @Test
  void aConnectionIsToldOnceAndStaysForTheProgram() throws Exception {
    Address address = local("tcp");
    int descriptor = listening(address);
    await(descriptor);
    settle();
    assertEquals(0, arrived.availablePermits());
    try (SocketChannel first = connect(address);
        SocketChannel second = connect(address)) {
      assertTrue(first.isConnected() && second.isConnected());
      assertTrue(arrives());
      settle();
      assertEquals(0, arrived.availablePermits(), "told again");
      await(descriptor);
      assertTrue(arrives(), "they still wait");
    }
  }

  @Test
  void aDatagramIsDemandToo() throws Exception {
    Address address = local("udp");
    await(listening(address));
    try (DatagramChannel sender = DatagramChannel.open(StandardProtocolFamily.INET)) {
      InetAddress host = InetAddress.getByAddress(address.host());
      sender.send(ByteBuffer.wrap(new byte[] {1}), new InetSocketAddress(host, address.port()));
      assertTrue(arrives());
    }
  }

  @Test
  void datagramsHaveOneReceiver() throws Exception {
    Address address = local("udp");
    try (DatagramSocket other = new DatagramSocket(null)) {
      other.setReuseAddress(true);
      other.bind(new InetSocketAddress(InetAddress.getByAddress(address.host()), address.port()));
      assertEquals(EADDRINUSE, listen("web", address).errno().number());
    }
    assertEquals(Errno.OK, listen("web", address).errno());
  }

  @Test
  void aUnixSocketHasItsModeWhateverTheUmaskIs() throws Exception {
    path = directory.resolve("made/on/the/way.sock");
    listening(file());
    assertEquals("rw-rw-rw-", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    connect(file()).close();
  }

  @Test
  void aUnixSocketBelongsToTheServicesUser() throws Exception {
    User nobody = heard.onLoop(() -> kernel.user("nobody"));
    assumeTrue(nobody != null && (int) Files.getAttribute(directory, "unix:uid") == 0);
    Opened opened = heard.onLoop(() -> kernel.listen("web", file(), 0600, 16, nobody));
    assertEquals(Errno.OK, opened.errno());
    assertEquals(nobody.uid(), Files.getAttribute(path, "unix:uid"));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
  }

  @Test
  void anAbstractNameHasNoFile() throws Exception {
    Address address =
        Address.parse("unix:@svc-test-" + ProcessHandle.current().pid()).orElseThrow();
    await(listening(address));
    assertEquals(EADDRINUSE, listen("other", address).errno().number());
  }

  @Test
  void theSameHolderFindsItOpenAndNobodyElseDoes() throws Exception {
    int descriptor = listening(file());
    assertEquals(descriptor, listening(file()));
    assertEquals(EADDRINUSE, listen("other", file()).errno().number());
    heard.onLoop(
        () -> {
          kernel.closeListeners("other", List.of());
          kernel.closeListeners("web", List.of(file()));
          return null;
        });
    assertEquals(descriptor, listening(file()));
  }

  @Test
  void aSocketThatWasLeftIsReplacedAndAFileIsNot() throws Exception {
    try (var left = java.nio.channels.ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      left.bind(UnixDomainSocketAddress.of(path));
    }
    assertTrue(Files.exists(path));
    listening(file());
    connect(file()).close();
    path = Files.writeString(directory.resolve("a-file"), "precious");
    assertEquals(EADDRINUSE, listen("web", file()).errno().number());
    assertEquals("precious", Files.readString(path));
  }

  @Test
  void whatCannotBeOpenedLeavesNothingOpen() throws Exception {
    Address taken = local("tcp");
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByAddress(taken.host()), taken.port()));
      long before = descriptors();
      for (int i = 0; i < 20; i++) assertEquals(EADDRINUSE, listen("web", taken).errno().number());
      assertTrue(descriptors() <= before + 5, "descriptors left");
    }
    assertEquals(Errno.OK, listen("web", taken).errno());
  }

  private static long descriptors() throws Exception {
    try (var all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  @Test
  void aClosedOneIsGone() throws Exception {
    Address address = local("tcp");
    int descriptor = listening(address);
    await(descriptor);
    listening(file());
    heard.onLoop(
        () -> {
          kernel.closeListeners("web", List.of());
          return null;
        });
    assertFalse(Files.exists(path));
    try {
      connect(address).close();
      throw new AssertionError("somebody listens");
    } catch (java.net.ConnectException refused) {
      assertEquals(0, arrived.availablePermits());
    }
  }

  @Test
  void allAddressesAreThoseOfBothFamilies() throws Exception {
    int port = local("tcp").port();
    Address all = Address.parse("tcp:*:" + port).orElseThrow();
    await(listening(all));
    connect(Address.parse("tcp:127.0.0.1:" + port).orElseThrow()).close();
    assertTrue(arrives());
  }

  @Test
  void theChildHasThemFromThreeOnInOrderAndNothingElse() throws Exception {
    List<Integer> given = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      path = directory.resolve(i + ".sock");
      given.add(0, listening(file()));
    }
    String script =
        "echo $LISTEN_PID $$ $LISTEN_FDS; ls /proc/$$/fd | tr '\\n' ' '; exec cat /proc/net/unix";
    assertEquals(ExitStatus.exited(0), heard.exit(child(given, "sh", "-c", script)));
    List<String> lines = Files.readAllLines(output);
    String[] words = lines.get(0).split(" ");
    assertEquals(words[1], words[0], "LISTEN_PID");
    assertEquals("5", words[2]);
    assertTrue(lines.get(1).startsWith("0 1 2 3 4 5 6 7 "), lines.get(1));
  }

  @Test
  void argumentsAndStatusPassTheShellUnchanged() throws Exception {
    int descriptor = listening(file());
    String script = "printf '%s|' \"$0\" \"$@\"; echo \"$1\"; exit 7";
    int pid = child(List.of(descriptor), "sh", "-c", script, "a b", "$HOME", "'\"\\", "*");
    assertEquals(ExitStatus.exited(7), heard.exit(pid));
    assertEquals("a b|$HOME|'\"\\|*|$HOME", Files.readString(output).strip());
  }

  @Test
  void aProgramThatIsNotThereIsSaidAtOnce() throws Exception {
    int descriptor = listening(file());
    Spawn request =
        new Spawn(
                List.of("no-such-program"),
                List.of("PATH=/bin"),
                directory.toString(),
                null,
                null,
                -1,
                Stream.NULL,
                Stream.NULL,
                Stream.NULL)
            .with(List.of(), List.of(descriptor));
    Spawned.Failure failure = (Spawned.Failure) heard.onLoop(() -> kernel.spawn(request));
    assertEquals(Spawned.Stage.EXEC, failure.stage());
  }

  @Test
  void aSuccessorTakesASocketOutOfTheProgramThatHasIt() throws Exception {
    Address address = local("tcp");
    int pid = child(List.of(listening(address), listening(file())), "sleep", "1000");
    try (PosixKernel successor = PosixKernel.start(fault::complete)) {
      Heard there = new Heard(successor);
      awaitProgram(pid, "sleep");
      kernel.close();
      Opened wrong = there.onLoop(() -> successor.takeListener("web", file(), pid, 3));
      assertEquals(EADDRNOTAVAIL, wrong.errno().number());
      Opened none = there.onLoop(() -> successor.takeListener("web", file(), pid, 5));
      assertNotEquals(Errno.OK, none.errno());
      Opened taken = there.onLoop(() -> successor.takeListener("web", file(), pid, 4));
      assumeTrue(!taken.errno().equals(Errno.EPERM), "pidfd_getfd is not permitted here");
      assertEquals(Errno.OK, taken.errno());
      there.onLoop(() -> successor.awaitDemand(taken.descriptor(), arrived::release));
      connect(file()).close();
      assertTrue(arrives());
      there.onLoop(() -> successor.kill(pid, Signal.KILL));
    }
  }

  private static void awaitProgram(int pid, String name) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Heard.PATIENCE_SECONDS);
    while (!Files.readString(Path.of("/proc/" + pid + "/comm")).strip().equals(name)) {
      assertTrue(System.nanoTime() < end, "no " + name);
      Thread.onSpinWait();
    }
  }
}
