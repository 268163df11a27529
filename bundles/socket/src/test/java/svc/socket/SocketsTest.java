package svc.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import svc.ipc.ErrorCode;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.ipc.Peer;
import svc.ipc.Responder;
import svc.nv.NvLimits;
import svc.nv.NvList;
import svc.posix.PosixLocalSockets;

/** Real sockets in a directory of the test's own. */
@Timeout(60)
class SocketsTest {

  @TempDir Path directory;

  private final BlockingQueue<Integer> exits = new LinkedBlockingQueue<>();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final Recorder recorder = new Recorder();
  private Sockets sockets;
  private Path path;

  /** Keeps what it hears, and answers each request with its id. */
  private static final class Recorder implements Responder {
    final BlockingQueue<Peer> speakers = new LinkedBlockingQueue<>();
    final BlockingQueue<NvList> heard = new LinkedBlockingQueue<>();
    final BlockingQueue<Peer> closed = new LinkedBlockingQueue<>();

    @Override
    public void received(Peer peer, NvList message) {
      Message request = Message.of(message);
      // first, so that what a test sends comes after
      if (!request.reply()) peer.send(request.answer().build());
      speakers.add(peer);
      heard.add(message);
    }

    @Override
    public void closed(Peer peer) {
      closed.add(peer);
    }
  }

  @BeforeEach
  void listen() throws IOException {
    sockets = sockets();
    path = directory.resolve("sock");
    bind(sockets, recorder, path);
  }

  private Sockets sockets() throws IOException {
    return new Sockets(
        new PosixLocalSockets(), exits::add, stopping::get, null, Limits.GRACE_NANOS);
  }

  private static void bind(Sockets sockets, Responder responder, Path path) {
    sockets.bindResponder(responder, Map.of(Responder.SOCKET, path.toString()));
  }

  @AfterEach
  void end() throws IOException {
    sockets.deactivate();
    assertFalse(Files.exists(path));
  }

  private static byte[] request(long id) {
    return Message.request(id, "status").build().pack();
  }

  private static Peer take(BlockingQueue<Peer> peers) throws InterruptedException {
    Peer peer = peers.poll(30, TimeUnit.SECONDS);
    assertTrue(peer != null, "waited in vain");
    return peer;
  }

  @Test
  void aRequestIsAnsweredOnTheSameConnection() throws Exception {
    try (Client client = Client.to(path)) {
      client.write(request(7));
      Message reply = client.read();
      assertEquals(7, reply.id());
      assertTrue(reply.reply());
    }
    take(recorder.closed);
  }

  @Test
  void messagesAreCutOutOfTheStreamHoweverTheyArrive() throws Exception {
    try (Client client = Client.to(path)) {
      for (byte single : request(1)) client.write(new byte[] {single});
      assertEquals(1, client.read().id());
      byte[] two =
          ByteBuffer.allocate(2 * request(2).length).put(request(2)).put(request(3)).array();
      client.write(two);
      assertEquals(2, client.read().id());
      assertEquals(3, client.read().id());
    }
  }

  @Test
  void aLargeMessageArrivesWhole() throws Exception {
    byte[] load = new byte[900_000];
    load[load.length - 1] = 42;
    try (Client client = Client.to(path)) {
      client.write(Message.request(1, "load").binary("load", load).build().pack());
      assertEquals(1, client.read().id());
      assertEquals(42, recorder.heard.take().binary("load", new byte[0])[load.length - 1]);
      client.write(request(2));
      assertEquals(2, client.read().id());
    }
  }

  @Test
  void whatIsNoListIsRefusedWithOffsetAndReason() throws Exception {
    refused("00".repeat(19), "offset 0: not the magic of a list");
    // a megabyte and a byte
    refused(
        "6c0000" + "00".repeat(8) + "0100100000000000",
        "offset 11: a packet longer than the limit");
    refused(
        "6c0000" + "0100000000000000" + "00".repeat(8),
        "offset 3: more descriptors than the limit");
    assertTrue(recorder.heard.isEmpty());
  }

  private void refused(String hex, String reason) throws Exception {
    try (Client client = Client.to(path)) {
      client.write(HexFormat.of().parseHex(hex));
      Message reply = client.read();
      assertEquals(ErrorCode.INVALID, reply.error());
      assertEquals("not a list: " + reason, reply.errorText());
      assertTrue(client.ended());
    }
    take(recorder.closed);
  }

  @Test
  void whoDoesNotReadIsCutOffAndTheOthersAreNot() throws Exception {
    try (Client slow = Client.to(path);
        Client other = Client.to(path)) {
      slow.write(request(1));
      Peer peer = take(recorder.speakers);
      NvList news = NvList.builder().binary("news", new byte[100_000]).build();
      int sent = 0;
      while (peer.send(news)) assertTrue(++sent < 1000, "no bound");
      assertTrue(sent * 100_000L <= Limits.QUEUED_BYTES + (1 << 20), sent + " were queued");
      assertFalse(peer.send(news));
      assertEquals(peer, take(recorder.closed));
      other.write(request(2));
      assertEquals(2, other.read().id());
    }
  }

  @Test
  void noMoreAreLetInThanTheLimit() throws Exception {
    List<Client> clients = new ArrayList<>();
    try {
      for (int i = 0; i < Limits.CONVERSATIONS; i++) {
        clients.add(Client.to(path));
        clients.get(i).write(Message.request(i, Method.EVENTS).build().pack());
        assertEquals(i, clients.get(i).read().id());
      }
      try (Client tooMany = Client.to(path)) {
        Message reply = tooMany.read();
        assertEquals(ErrorCode.FAILED, reply.error());
        assertEquals("256 clients are connected", reply.errorText());
        assertTrue(tooMany.ended());
      }
    } finally {
      for (Client client : clients) client.close();
    }
  }

  @Test
  void whoAsksForNothingMakesRoomForOthers() throws Exception {
    List<Client> clients = new ArrayList<>();
    try {
      for (int i = 0; i < Limits.CONVERSATIONS; i++) {
        clients.add(Client.to(path));
        String method = i == 0 ? Method.EVENTS : Method.STATUS;
        clients.get(i).write(Message.request(i, method).build().pack());
        assertEquals(i, clients.get(i).read().id());
      }
      for (int more = 1; more < 20; more++) {
        try (Client another = Client.to(path)) {
          another.write(request(1_000 + more));
          assertEquals(1_000 + more, another.read().id());
        }
        // an earlier one that left has made room, or this one had to go
        if (more == 1) assertEquals(ErrorCode.FAILED, clients.get(1).read().error());
      }
      assertTrue(clients.get(1).ended());
      clients.get(0).write(request(7));
      assertEquals(7, clients.get(0).read().id());
    } finally {
      for (Client client : clients) client.close();
    }
  }

  @Test
  void aMessageThatDoesNotComeToItsEndIsNotWaitedForForEver() throws Exception {
    Path hasty = directory.resolve("hasty");
    Sockets other =
        new Sockets(
            new PosixLocalSockets(),
            exits::add,
            stopping::get,
            null,
            Limits.GRACE_NANOS,
            200_000_000L);
    try {
      bind(other, recorder, hasty);
      try (Client slow = Client.to(hasty);
          Client silent = Client.to(hasty)) {
        silent.write(request(1));
        assertEquals(1, silent.read().id());
        byte[] request = request(2);
        slow.write(Arrays.copyOf(request, request.length - 1));
        Message reply = slow.read();
        assertEquals("a message that does not come to its end", reply.errorText());
        assertTrue(slow.ended());
        silent.write(request(3)); // it has taken its time between two messages
        assertEquals(3, silent.read().id());
      }
    } finally {
      other.deactivate();
    }
  }

  @Test
  void togetherPeersHoldNoMoreThanTheLimitAndTheQuickOnesStay() throws Exception {
    List<Client> slow = new ArrayList<>();
    try (Client quick = Client.to(path)) {
      NvList news = NvList.builder().binary("news", new byte[1 << 20]).build();
      for (int i = 0; i < 30; i++) {
        slow.add(Client.to(path));
        slow.get(i).write(request(i));
        Peer peer = take(recorder.speakers);
        for (int sent = 0; sent < 2; sent++) peer.send(news);
      }
      quick.write(request(100));
      assertEquals(100, quick.read().id());
      take(recorder.closed); // one of those that hold the most
    } finally {
      for (Client client : slow) client.close();
    }
  }

  /** Who answers may be faster than the loop: here it keeps the loop waiting. */
  @Test
  void whatIsTooMuchIsLetGoBeforeTheLoopIsFree() throws Exception {
    List<Peer> peers = new ArrayList<>();
    BlockingQueue<Long> left = new LinkedBlockingQueue<>();
    NvList news = NvList.builder().binary("news", new byte[2 << 20]).build();
    Responder generous =
        new Responder() {
          @Override
          public void received(Peer peer, NvList message) {
            peers.add(peer);
            if (peers.size() < 40) return;
            for (Peer each : peers) each.send(news);
            left.add(peers.stream().filter(each -> each.send(NvList.EMPTY)).count());
          }

          @Override
          public void closed(Peer peer) {}
        };
    Path other = directory.resolve("generous");
    bind(sockets, generous, other);
    List<Client> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        slow.add(Client.to(other));
        slow.get(i).write(request(i));
      }
      long served = left.poll(30, TimeUnit.SECONDS);
      assertTrue(served >= 8 && served < 12, served + " of them are held 2 MiB each");
    } finally {
      for (Client client : slow) client.close();
    }
  }

  @Test
  void whereAllStopsAResponderTakesItsSocketAlongAndItsPeersHearTheEnd() throws Exception {
    try (Client client = Client.to(path)) {
      client.write(request(1));
      Peer peer = take(recorder.speakers);
      for (int i = 2; i < 40; i++) peer.send(Message.request(i, "news").build());
      stopping.set(true);
      sockets.unbindResponder(recorder);
      for (int i = 1; i < 40; i++) assertEquals(i, client.read().id());
      assertTrue(client.ended());
    }
    assertFalse(Files.exists(path));
    assertThrows(IOException.class, () -> Client.to(path));
  }

  @Test
  void whatIsAskedOfALoopIsDoneEvenWhenItEnds() throws Exception {
    Loop loop = new Loop(new PosixLocalSockets(), Limits.MESSAGE_NANOS);
    List<String> done = Collections.synchronizedList(new ArrayList<>());
    loop.execute(() -> done.add("before"));
    loop.close();
    loop.execute(() -> done.add("after"));
    assertEquals(List.of("before", "after"), done);
  }

  @Test
  void aSocketInUseIsLeftToItsOwner() throws Exception {
    Sockets second = sockets();
    bind(second, new Recorder(), path);
    assertEquals(1, exits.take());
    second.deactivate();
    try (Client client = Client.to(path)) {
      client.write(request(1));
      assertEquals(1, client.read().id());
    }
  }

  @Test
  void aSocketThatWasLeftIsReplacedAndAFileIsNot() throws Exception {
    Path left = directory.resolve("left");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(left));
    }
    Recorder second = new Recorder();
    bind(sockets, second, left);
    try (Client client = Client.to(left)) {
      client.write(request(1));
      assertEquals(1, client.read().id());
    }
    sockets.unbindResponder(second);
    assertTrue(exits.isEmpty());

    Path file = Files.writeString(directory.resolve("file"), "precious");
    bind(sockets, second, file);
    assertEquals(1, exits.take());
    assertEquals("precious", Files.readString(file));
  }

  @Test
  void theSocketIsForItsOwnerAlone() throws Exception {
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    Path deep = directory.resolve("a").resolve("b").resolve("sock");
    Recorder second = new Recorder();
    bind(sockets, second, deep);
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(deep.getParent())));
    sockets.unbindResponder(second);
  }

  @Test
  void aStrangerIsRefusedEvenWhereTheFileWouldLetHimIn() throws Exception {
    assumeTrue(
        "root".equals(System.getProperty("user.name")), "needs root, to become another user");
    for (String program : List.of("setpriv", "socat")) {
      assumeTrue(Files.isExecutable(Path.of("/usr/bin", program)), "needs " + program);
    }
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
    Process stranger =
        new ProcessBuilder(
                "setpriv",
                "--reuid=65534",
                "--clear-groups",
                "socat",
                "-u",
                "UNIX-CONNECT:" + path,
                "-")
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .start();
    ByteBuffer said = ByteBuffer.wrap(stranger.getInputStream().readAllBytes());
    Message reply = Message.of(NvList.unpack(said, NvLimits.DEFAULT));
    assertEquals(ErrorCode.DENIED, reply.error());
    assertEquals("user 65534 may not speak to this svc", reply.errorText());
    stranger.waitFor();
    assertTrue(recorder.heard.isEmpty());
  }

  @Test
  void connectingIsTheSameFromTheOtherEnd() throws Exception {
    Recorder caller = new Recorder();
    Peer manager = sockets.connect(path.toString(), caller);
    assertTrue(manager.send(Message.request(9, "status").build()));
    assertEquals(9, Message.of(caller.heard.take()).id());
    manager.close();
    assertEquals(manager, take(caller.closed));
    take(recorder.closed);
    assertFalse(manager.send(Message.request(10, "status").build()));
    assertThrows(
        IOException.class, () -> sockets.connect(directory.resolve("none").toString(), caller));
  }

  @Test
  void fuzzedBytesNeverSilenceTheLoop() throws Exception {
    Random random = new Random(1);
    byte[] good = request(5);
    for (int i = 0; i < 500; i++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      try (Client client = Client.to(path)) {
        client.write(bad);
      }
    }
    try (Client client = Client.to(path)) {
      client.write(good);
      assertEquals(5, client.read().id());
    }
  }
}
