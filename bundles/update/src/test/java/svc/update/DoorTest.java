package svc.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import svc.ipc.ErrorCode;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.ipc.Peer;
import svc.nv.NvList;

@Timeout(60)
class DoorTest {

  private static final NvList ITSELF = NvList.builder().string("runtime", "manager").build();

  /** Works with a kernel, which UpgradeIT has. */
  private static final Whole WHOLE = null;

  private final BlockingQueue<NvList> answers = new LinkedBlockingQueue<>();
  private final BlockingQueue<Map<String, Object>> asked = new LinkedBlockingQueue<>();
  private final Peer peer =
      new Peer() {
        @Override
        public String id() {
          return "peer-7";
        }

        @Override
        public boolean send(NvList message) {
          return answers.add(message);
        }

        @Override
        public void close() {}
      };

  private static NvList update(String method, String jar) {
    return Message.request(5, method).string("jar", jar).build();
  }

  private Map<String, Object> updater(Map<String, Object> request) {
    asked.add(request);
    Map<String, Object> words = new HashMap<>();
    words.put("bundle", "svc.a");
    words.put("ok", true);
    words.put("refreshed", List.of("svc.b"));
    words.put("notes", List.of());
    return words;
  }

  private Door door() {
    NvList bundle = NvList.builder().string("name", "svc.a").build();
    return new Door(ITSELF, WHOLE, this::updater, () -> List.of(bundle));
  }

  private Message answer() throws InterruptedException {
    return Message.of(answers.take());
  }

  @Test
  void whatTheLauncherSaysGoesOnTheWire() throws Exception {
    door().received(peer, update(Method.UPDATE, "/a.jar"));
    Message answer = answer();
    assertTrue(answer.ok() && answer.reply() && answer.id() == 5);
    assertEquals("manager", answer.list().string("runtime", ""));
    assertEquals("svc.a", answer.list().string("bundle", ""));
    assertTrue(answer.list().bool("ok", false));
    assertEquals(List.of("svc.b"), answer.list().strings("refreshed"));
    assertTrue(!answer.list().exists("notes"));
    assertEquals(
        Map.of("method", "update", "jar", "/a.jar", "id", "peer-7/5"), asked.take(), "once");
    door().received(peer, update(Method.UPDATE_PLAN, "/a.jar"));
    assertTrue(answer().ok());
    assertEquals("plan", asked.take().get("method"));
  }

  @Test
  void bundlesAreListed() throws Exception {
    door().received(peer, Message.request(5, Method.BUNDLES).build());
    assertEquals("svc.a", answer().list().lists("bundles").get(0).string("name", ""));
  }

  @Test
  void whatIsNoRequestIsRefused() throws Exception {
    door().received(peer, Message.request(5, "dance").build());
    assertEquals(ErrorCode.NO_METHOD, answer().error());
    door().received(peer, update(Method.UPDATE, "a.jar"));
    assertEquals(ErrorCode.INVALID, answer().error());
    door().received(peer, NvList.EMPTY);
    assertEquals(ErrorCode.INVALID, answer().error());
    Door broken = new Door(ITSELF, WHOLE, any -> Map.of("ok", 1 / Integer.parseInt("0")), List::of);
    broken.received(peer, update(Method.UPDATE, "/a.jar"));
    assertEquals(ErrorCode.FAILED, answer().error());
  }

  @Test
  void oneThatIsReplacedAnswersNothingMoreAndItsThreadEnds() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch left = new CountDownLatch(1);
    Door door =
        new Door(
            ITSELF,
            WHOLE,
            request -> {
              entered.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                left.countDown();
              }
              return Map.of();
            },
            List::of);
    door.received(peer, update(Method.UPDATE, "/a.jar"));
    entered.await();
    door.close();
    assertTrue(left.await(30, TimeUnit.SECONDS));
    door.received(peer, update(Method.UPDATE, "/a.jar"));
    assertNull(answers.poll(100, TimeUnit.MILLISECONDS));
  }
}
