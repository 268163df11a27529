package svc.init.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is found in bytes that anybody wrote. */
class ControlStreamTest implements ControlStream.Found {

  private static final long SECOND = 1_000_000_000L;
  private static final ControlRequest TWO = ControlRequest.runlevel('2', 0);
  private static final ControlRequest SIX = ControlRequest.runlevel('6', 5);

  private final ControlStream stream = new ControlStream();
  private final List<ControlRequest> requests = new ArrayList<>();
  private final List<String> refusals = new ArrayList<>();

  @Override
  public void request(ControlRequest request) {
    requests.add(request);
  }

  @Override
  public void refused(String why) {
    refusals.add(why);
  }

  private static byte[] bytes(Object... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Object part : parts) {
      if (part instanceof ControlRequest request) all.writeBytes(request.bytes());
      else all.writeBytes((byte[]) part);
    }
    return all.toByteArray();
  }

  private static byte[] half(ControlRequest request, int length) {
    return Arrays.copyOf(request.bytes(), length);
  }

  private static byte[] garbage(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 'i'); // the magic's first byte
    return bytes;
  }

  private void take(Object... parts) {
    stream.take(bytes(parts), 0, this);
  }

  @Test
  void aRequestWrittenInOnePiece() {
    take(ControlRequestTest.drawn(1, '2', 0, ""));
    assertEquals(List.of(TWO), requests);
    assertEquals(List.of(), refusals);
    assertEquals(Lifecycle.NEVER, stream.deadline());
  }

  @Test
  void severalInOnePiece() {
    take(TWO, SIX, TWO);
    assertEquals(List.of(TWO, SIX, TWO), requests);
  }

  @Test
  void oneByteAtATime() {
    for (byte each : bytes(TWO, SIX)) take(new byte[] {each});
    assertEquals(List.of(TWO, SIX), requests);
    assertEquals(List.of(), refusals);
  }

  @Test
  void inPiecesOfEverySize() {
    for (int size = 1; size < 800; size++) {
      requests.clear();
      byte[] all = bytes(TWO, SIX);
      for (int at = 0; at < all.length; at += size) {
        take(Arrays.copyOfRange(all, at, Math.min(all.length, at + size)));
      }
      assertEquals(List.of(TWO, SIX), requests, "pieces of " + size);
    }
  }

  @Test
  void garbageBeforeAndAfterIsSkippedAndTold() {
    take(garbage(1000), TWO, garbage(7));
    assertEquals(List.of(TWO), requests);
    // the last may be the first of a request
    assertEquals(List.of("1006 bytes that are no request"), refusals);
  }

  @Test
  void aWrongMagicIsNoRequest() {
    for (int i = 0; i < 4; i++) {
      byte[] wrong = TWO.bytes();
      wrong[i] ^= 1;
      take(wrong);
    }
    assertEquals(List.of(), requests);
    take(SIX);
    assertEquals(List.of(SIX), requests);
  }

  @Test
  void aRequestThatMeansNothingIsToldAndTheNextIsRead() {
    take(ControlRequestTest.drawn(99, '2', 0, ""), TWO);
    assertEquals(List.of("a request that means nothing"), refusals);
    assertEquals(List.of(TWO), requests);
  }

  @Test
  void aHalfRequestThatAnotherInterruptsIsDroppedWhereverItWasCut() {
    for (int length = 1; length < ControlRequest.SIZE; length++) {
      requests.clear();
      refusals.clear();
      take(half(TWO, length), SIX);
      assertEquals(SIX, requests.get(requests.size() - 1), "cut after " + length);
      boolean whole = length > ControlRequest.SIZE - 4; // but for bytes that mean nothing
      assertTrue(whole || requests.size() == 1, "cut after " + length);
    }
  }

  @Test
  void aHalfRequestIsWaitedForAndThenDropped() {
    stream.take(half(TWO, 200), 5, this);
    assertEquals(5 + SECOND, stream.deadline());
    stream.woken(4 + SECOND, this);
    assertEquals(List.of(), refusals);
    stream.woken(5 + SECOND, this);
    assertEquals(List.of("the first 200 bytes of a request without the rest"), refusals);
    assertEquals(Lifecycle.NEVER, stream.deadline());
    take(SIX);
    assertEquals(List.of(SIX), requests);
  }

  @Test
  void theRestOfADroppedRequestIsGarbage() {
    byte[] bytes = TWO.bytes();
    stream.take(Arrays.copyOf(bytes, 10), 0, this);
    stream.woken(2 * SECOND, this);
    take(Arrays.copyOfRange(bytes, 10, bytes.length), SIX);
    assertEquals(List.of(SIX), requests);
  }

  @Test
  void nothingIsWokenThatDoesNotWait() {
    stream.woken(Lifecycle.NEVER - 1, this);
    assertEquals(List.of(), refusals);
  }

  @Test
  void whateverIsWrittenTheNextGoodRequestIsRead() {
    Random random = new Random(20261126);
    byte[] magic = half(TWO, 4);
    for (int round = 0; round < 20_000; round++) {
      byte[] noise = new byte[random.nextInt(900)];
      random.nextBytes(noise);
      // beginnings in it, whole or cut by the end
      for (int i = random.nextInt(4); i > 0 && noise.length > 0; i--) {
        int at = random.nextInt(noise.length);
        int room = Math.min(magic.length, noise.length - at);
        System.arraycopy(magic, 0, noise, at, room);
      }
      requests.clear();
      take(noise, SIX);
      assertFalse(requests.isEmpty(), "round " + round);
      assertEquals(SIX, requests.get(requests.size() - 1), "round " + round);
    }
  }
}
