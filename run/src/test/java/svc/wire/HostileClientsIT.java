package svc.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import svc.installed.Asked;
import svc.installed.Installed;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.nv.NvList;

/**
 * Clients that are slow, greedy or hostile, at the installed tree's manager. Each costs only
 * itself: beside it the command does its work, the service keeps its process, and the manager its
 * own.
 */
@Timeout(400)
class HostileClientsIT {

  private static final int SERVICES = 50;

  @TempDir Path directory;
  private Installed installed;
  private Process manager;
  private int pid;

  @BeforeEach
  void start() throws Exception {
    installed = new Installed(directory);
    Path declarations = Files.createDirectory(directory.resolve("etc"));
    for (int i = 0; i < SERVICES; i++) {
      String text =
          "[service]\ntype = oneshot\nexec = true\ndescription = " + "x".repeat(500) + "\n";
      Files.writeString(declarations.resolve("s" + i + ".ini"), text);
    }
    Files.writeString(declarations.resolve("sleeper.ini"), "[service]\nexec = sleep 1000\n");
    manager = installed.start("up", "svc", "up", declarations.toString());
    Installed.await(
        "the target", () -> installed.service("default").path("state").asText().equals("up"));
    pid = installed.service("sleeper").path("pid").asInt();
    assertTrue(pid > 0);
  }

  @AfterEach
  void end() throws Exception {
    manager.destroy();
    assertTrue(manager.waitFor(90, TimeUnit.SECONDS));
    installed.close();
  }

  /** Somebody else is served, now, and nothing has happened to what runs. */
  private void assertServed() throws Exception {
    Installed.Result restarted = installed.run("svc", "restart", "s0");
    assertEquals(0, restarted.status(), () -> restarted.err() + said());
    JsonNode sleeper = installed.service("sleeper");
    assertEquals(pid, sleeper.path("pid").asInt());
    assertEquals(0, sleeper.path("restarts").asInt());
    assertTrue(manager.isAlive());
    assertFalse(said().contains("OutOfMemory"), this::said);
  }

  /** What the manager said. */
  private String said() {
    try {
      return Files.readString(directory.resolve("up.err"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(installed.socket()));
  }

  private static byte[] request(long id, String method) {
    return Message.request(id, method).build().pack();
  }

  private static boolean isClosed(SocketChannel channel) {
    try {
      return channel.read(ByteBuffer.allocate(1 << 16)) < 0;
    } catch (IOException reset) {
      return true;
    }
  }

  /** A byte a second is a message that never ends: after half a minute it is told so. */
  @Test
  void whoSendsAByteASecondIsSentAwayAndNobodyWaitsForIt() throws Exception {
    byte[] request = request(1, Method.STATUS);
    try (SocketChannel slow = connect();
        Selector answered = Selector.open()) {
      slow.configureBlocking(false);
      slow.register(answered, SelectionKey.OP_READ);
      boolean told = false;
      for (int sent = 0; !told && sent < request.length - 1; sent++) {
        slow.write(ByteBuffer.wrap(request, sent, 1));
        if (sent == 3) assertServed();
        told = answered.select(1_000) > 0;
      }
      assertTrue(told, "it is still waited for");
    }
    assertServed();
  }

  @Test
  void whoNeverReadsIsCutOff() throws Exception {
    List<SocketChannel> greedy = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        SocketChannel channel = connect();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
        channel.configureBlocking(false);
        greedy.add(channel);
      }
      int written = 0;
      for (int round = 0; round < 100; round++)
        for (SocketChannel each : greedy) written += write(each, request(round, Method.STATUS));
      assertTrue(written > 0);
      assertServed();
      for (SocketChannel each : greedy) write(each, request(1_000, Method.EVENTS));
      for (int i = 0; i < 5; i++) assertServed();
    } finally {
      for (SocketChannel channel : greedy) channel.close();
    }
    assertServed();
  }

  /** Less than all of it means that the other end does not take it any more. */
  private static int write(SocketChannel channel, byte[] bytes) {
    try {
      return channel.write(ByteBuffer.wrap(bytes));
    } catch (IOException cutOff) {
      return 0;
    }
  }

  @Test
  void whoOpensAThousandConnectionsShutsNobodyOut() throws Exception {
    List<SocketChannel> crowd = new ArrayList<>();
    try {
      for (int i = 0; i < 1_000; i++) {
        crowd.add(connect());
        if (i % 250 == 249) assertServed();
      }
      assertServed();
      assertTrue(descriptors(manager.pid()) < 600, "descriptors are left");
    } finally {
      for (SocketChannel channel : crowd) channel.close();
    }
    assertServed();
  }

  private static long descriptors(long pid) throws IOException {
    try (var all = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return all.count();
    }
  }

  @Test
  void depthBombsSizesAndNonsenseEndOneConversationEach() throws Exception {
    NvList bomb = NvList.builder().number("x", 1).build();
    for (int depth = 0; depth < 60; depth++) bomb = NvList.builder().list("l", bomb).build();
    byte[] deep = Message.request(1, Method.STATUS).list("bomb", bomb).build().pack();
    byte[] huge = request(1, Method.STATUS);
    ByteBuffer.wrap(huge).putLong(11, Long.reverseBytes(1L << 40));
    byte[] nonsense = new byte[200];
    for (byte[] packet : List.of(deep, huge, nonsense)) {
      try (SocketChannel channel = connect()) {
        channel.write(ByteBuffer.wrap(packet));
        Message answer = Asked.answer(channel);
        assertFalse(answer.ok());
        assertTrue(answer.errorText().startsWith("not a list: "), answer.errorText());
        assertTrue(isClosed(channel));
      }
    }
    assertServed();
  }

  /** Many at once, and each hears its answers in the order in which it asked. */
  @Test
  void answersComeInOrderHoweverManyAsk() throws Exception {
    int clients = 40;
    int requests = 50;
    List<SocketChannel> channels = new ArrayList<>();
    try {
      for (int i = 0; i < clients; i++) channels.add(connect());
      for (int id = 0; id < requests; id++)
        for (SocketChannel each : channels)
          each.write(
              ByteBuffer.wrap(
                  Message.request(id, Method.STATUS)
                      .strings("services", List.of("s" + id % SERVICES))
                      .build()
                      .pack()));
      for (SocketChannel each : channels) {
        for (int id = 0; id < requests; id++) {
          Message answer = Asked.answer(each);
          assertEquals(id, answer.id());
          NvList service = answer.list().lists("services").get(0);
          assertEquals("s" + id % SERVICES, service.string("service", ""));
        }
      }
    } finally {
      for (SocketChannel channel : channels) channel.close();
    }
    assertServed();
  }
}
