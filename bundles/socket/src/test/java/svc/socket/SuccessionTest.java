package svc.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
import svc.nv.NvList;
import svc.posix.PosixLocalSockets;

/** Responders of one path that come after each other, and clients who do not notice. */
@Timeout(120)
class SuccessionTest {

  @TempDir Path directory;

  private final BlockingQueue<Integer> exits = new LinkedBlockingQueue<>();
  private Sockets sockets;
  private Path path;

  @BeforeEach
  void open() throws IOException {
    sockets =
        new Sockets(new PosixLocalSockets(), exits::add, () -> false, null, Limits.GRACE_NANOS);
    path = directory.resolve("sock");
  }

  @AfterEach
  void end() throws IOException {
    sockets.deactivate();
    assertFalse(Files.exists(path));
    assertTrue(exits.isEmpty());
  }

  private <R extends Responder> R bind(R responder) {
    sockets.bindResponder(responder, Map.of(Responder.SOCKET, path.toString()));
    return responder;
  }

  private static void ask(Client client, String method, long... ids) throws IOException {
    for (long id : ids) client.write(Message.request(id, method).build().pack());
  }

  private static void hears(Client client, long... ids) throws Exception {
    for (long id : ids) assertEquals(id, client.read().id());
  }

  @Test
  void whatIsUnansweredIsGivenToTheNextAndAnsweredOnceInOrder() throws Exception {
    Role old = bind(new Role());
    try (Client client = Client.to(path)) {
      ask(client, "status", 1, 2, 3, 4);
      Role.Heard first = old.next(1);
      old.next(2).answer();
      Role.Heard third = old.next(3);
      old.next(4);
      sockets.unbindResponder(old);
      assertTrue(third.answer(), "what one who left still says leaves");
      ask(client, "status", 5);

      Role young = bind(new Role());
      for (long id : new long[] {1, 4, 5}) {
        Role.Heard again = young.next(id);
        assertEquals(first.peer().id(), again.peer().id());
        assertTrue(again.answer());
      }
      assertFalse(first.answer(), "it has been answered by the next");
      ask(client, "status", 6);
      young.next(6).answer();
      hears(client, 2, 3, 1, 4, 5, 6);
      assertTrue(old.heardNothingMore());
    }
    assertTrue(old.closed.isEmpty(), "one who left hears nothing");
  }

  @Test
  void theNewestServesAndWhenItLeavesTheOneBeforeIt() throws Exception {
    Role old = bind(new Role());
    try (Client client = Client.to(path)) {
      ask(client, "status", 1, 2);
      Role.Heard first = old.next(1);
      old.next(2);
      Role young = bind(new Role());
      young.next(1).answer();
      young.next(2);
      assertFalse(first.answer());

      sockets.unbindResponder(young);
      old.next(2).answer();
      ask(client, "status", 3);
      old.next(3).answer();
      hears(client, 1, 2, 3);
      sockets.unbindResponder(old);
    }
  }

  @Test
  void allThatAreThereHearOfAnEndOnceEach() throws Exception {
    Role old = bind(new Role());
    Peer before;
    Peer after;
    Role young;
    try (Client client = Client.to(path)) {
      ask(client, "status", 1);
      before = old.next(1).peer();
      young = bind(new Role());
      after = young.next(1).peer();
    }
    assertSame(before, old.closed.poll(30, TimeUnit.SECONDS));
    assertSame(after, young.closed.poll(30, TimeUnit.SECONDS));
    assertTrue(old.closed.isEmpty() && young.closed.isEmpty());
  }

  @Test
  void peersAreLetInWhileNobodyIsThere() throws Exception {
    sockets.unbindResponder(bind(new Role()));
    try (Client one = Client.to(path);
        Client other = Client.to(path)) {
      ask(one, "status", 1);
      ask(other, "status", 2);
      Role young = bind(new Role());
      Role.Heard first = young.next();
      Role.Heard second = young.next();
      first.answer();
      second.answer();
      hears(one, 1);
      hears(other, 2);
      assertNotEquals(first.peer().id(), second.peer().id());
    }
  }

  @Test
  void whoComesTooLateFindsNobody() throws Exception {
    Sockets impatient =
        new Sockets(
            new PosixLocalSockets(),
            exits::add,
            () -> false,
            null,
            TimeUnit.MILLISECONDS.toNanos(50));
    Path brief = directory.resolve("brief");
    Map<String, Object> properties = Map.of(Responder.SOCKET, brief.toString());
    Role old = new Role();
    impatient.bindResponder(old, properties);
    try (Client client = Client.to(brief)) {
      ask(client, "status", 1);
      old.next(1);
      impatient.unbindResponder(old);
      assertTrue(client.ended());
    }
    while (Files.exists(brief)) Thread.onSpinWait();
    assertTrue(old.closed.isEmpty());

    Role young = new Role();
    impatient.bindResponder(young, properties);
    try (Client client = Client.to(brief)) {
      ask(client, "status", 2);
      young.next(2).answer();
      hears(client, 2);
    }
    impatient.deactivate();
  }

  @Test
  void oneWhoLeftMayEndTheConversation() throws Exception {
    Role old = bind(new Role());
    try (Client client = Client.to(path)) {
      ask(client, "status", 1);
      Role.Heard first = old.next(1);
      sockets.unbindResponder(old);
      first.peer().close();
      assertTrue(client.ended());
    }
  }

  @Test
  void whoWantsEventsHearsThemFromTheNext() throws Exception {
    Role old = bind(new Role());
    try (Client client = Client.to(path)) {
      ask(client, Method.EVENTS, 7);
      Role.Heard events = old.next(7);
      events.answer();
      events.answer();
      hears(client, 7, 7);
      for (int i = 0; i < 10; i++) {
        sockets.unbindResponder(old);
        old = bind(new Role());
        Role.Heard again = old.next(7);
        assertEquals(events.peer().id(), again.peer().id());
        again.answer();
        hears(client, 7);
        assertFalse(events.answer());
        events = again;
      }
    }
  }

  @Test
  void whoWasRefusedEventsIsNotAskedForAgain() throws Exception {
    Role old = bind(new Role());
    try (Client client = Client.to(path)) {
      ask(client, Method.EVENTS, 7);
      Role.Heard events = old.next(7);
      events.peer().send(events.message().refusal(ErrorCode.NO_METHOD, "no"));
      hears(client, 7);
      sockets.unbindResponder(old);
      ask(client, "status", 8);
      Role young = bind(new Role());
      young.next(8).answer();
      hears(client, 8);
    }
  }

  @Test
  void moreRequestsThanTheLimitEndTheConversationAndNoOther() throws Exception {
    Role role = bind(new Role());
    try (Client greedy = Client.to(path);
        Client other = Client.to(path)) {
      for (int i = 0; i <= Limits.UNANSWERED; i++) ask(greedy, "status", i);
      Message end = greedy.read();
      assertEquals(ErrorCode.INVALID, end.error());
      assertEquals("too many requests wait for an answer", end.errorText());
      assertTrue(greedy.ended());
      for (int i = 0; i < Limits.UNANSWERED; i++) role.next(i);
      ask(other, "status", 5);
      role.next(5).answer();
      hears(other, 5);
    }
  }

  @Test
  void moreBytesThanTheLimitEndTheConversation() throws Exception {
    bind(new Role());
    NvList large = Message.request(1, "load").binary("load", new byte[1_000_000]).build();
    try (Client greedy = Client.to(path)) {
      for (int i = 0; i <= Limits.UNANSWERED_BYTES / large.packedSize(); i++)
        greedy.write(large.pack());
      assertEquals("too many requests wait for an answer", greedy.read().errorText());
      assertTrue(greedy.ended());
    }
  }

  @Test
  void aResponderThatThrowsHarmsNobody() throws Exception {
    Role role =
        bind(
            new Role() {
              private boolean thrown;

              @Override
              public void received(Peer peer, NvList message) {
                if (!thrown) {
                  thrown = true;
                  throw new IllegalStateException("thrown by the test");
                }
                super.received(peer, message);
              }
            });
    try (Client client = Client.to(path)) {
      ask(client, "status", 1, 2);
      role.next(2).answer();
      hears(client, 2);
    }
  }

  @Test
  void clientsNoticeNothingOfAHundredSuccessions() throws Exception {
    Worker old = bind(new Worker());
    Hammer hammer = new Hammer(path, 8);
    for (int i = 0; i < 100; i++) {
      hammer.await(20);
      Worker young = new Worker();
      if (i % 2 == 0) bind(young);
      sockets.unbindResponder(old);
      old.close();
      if (i % 2 != 0) bind(young);
      old = young;
    }
    assertTrue(hammer.end() >= 2_000);
    sockets.unbindResponder(old);
    old.close();
  }
}
