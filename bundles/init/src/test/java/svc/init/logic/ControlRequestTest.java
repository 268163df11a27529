package svc.init.logic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import svc.init.logic.ControlRequest.Kind;

/** Against bytes drawn by hand from sysvinit's initreq.h. */
class ControlRequestTest {

  /** struct init_request, with the integers as a little-endian machine has them in memory. */
  static byte[] drawn(int command, int level, int sleep, String data) {
    byte[] bytes = new byte[384];
    byte[] head = {
      0x69,
      0x19,
      0x09,
      0x03, // INIT_MAGIC 0x03091969
      (byte) command,
      0,
      0,
      0, // cmd
      (byte) level,
      0,
      0,
      0, // runlevel
      (byte) sleep,
      (byte) (sleep >> 8),
      0,
      0 // sleeptime
    };
    System.arraycopy(head, 0, bytes, 0, head.length);
    byte[] text = data.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(text, 0, bytes, head.length, text.length);
    return bytes;
  }

  private static ControlRequest read(byte[] bytes) {
    return ControlRequest.read(bytes, 0);
  }

  @Test
  void aRunlevelAsTelinitAsksForIt() {
    byte[] bytes = drawn(1, '2', 300, "");
    assertEquals(new ControlRequest(Kind.RUNLEVEL, '2', 300, ""), read(bytes));
    assertArrayEquals(bytes, ControlRequest.runlevel('2', 300).bytes());
    assertEquals(384, ControlRequest.SIZE);
  }

  @Test
  void everyCommand() {
    assertNull(read(drawn(0, '2', 0, "")), "START");
    assertEquals(Kind.RUNLEVEL, read(drawn(1, 'S', 0, "")).kind());
    assertEquals(Kind.POWER_FAILS, read(drawn(2, 0, 0, "")).kind());
    assertEquals(Kind.POWER_FAILS_NOW, read(drawn(3, 0, 0, "")).kind());
    assertEquals(Kind.POWER_IS_BACK, read(drawn(4, 0, 0, "")).kind());
    assertNull(read(drawn(5, 0, 0, "")), "BSD");
    assertEquals(
        new ControlRequest(Kind.SET, (char) 0, 0, "INIT_HALT=POWEROFF"),
        read(drawn(6, 0, 0, "INIT_HALT=POWEROFF")));
    assertEquals(
        new ControlRequest(Kind.UNSET, (char) 0, 0, "INIT_HALT"),
        read(drawn(7, 0, 0, "INIT_HALT")));
    for (int command : new int[] {8, 127, 255}) assertNull(read(drawn(command, '2', 0, "")));
    byte[] negative = drawn(1, '2', 0, "");
    negative[7] = (byte) 0x80;
    assertNull(read(negative));
  }

  @Test
  void onlyALevelThatTelinitTakesIsOne() {
    for (char level : "0123456789SsQqUuAaBbCc".toCharArray()) {
      assertEquals(level, read(drawn(1, level, 0, "")).level());
      assertTrue(ControlRequest.isLevel(String.valueOf(level)));
    }
    for (int level : new int[] {0, 'd', ' ', '/', 0xff}) assertNull(read(drawn(1, level, 0, "")));
    byte[] wide = drawn(1, '2', 0, "");
    wide[9] = 1; // '2' + 256
    assertNull(read(wide));
    for (String text : List.of("", "10", "x")) assertFalse(ControlRequest.isLevel(text));
  }

  @Test
  void aTextThatNothingEndsIsNone() {
    assertNull(read(drawn(6, 0, 0, "x".repeat(368))));
    assertEquals(367, read(drawn(6, 0, 0, "x".repeat(367))).text().length());
  }

  @Test
  void aSleepThatIsNegativeIsNone() {
    byte[] bytes = drawn(1, '0', 0, "");
    bytes[15] = (byte) 0xff;
    assertEquals(0, read(bytes).sleepSeconds());
  }

  @Test
  void everythingWrittenIsReadTheSame() {
    for (ControlRequest request :
        List.of(
            ControlRequest.runlevel('6', 5),
            new ControlRequest(Kind.POWER_FAILS_NOW, (char) 0, 0, ""),
            new ControlRequest(Kind.SET, (char) 0, 0, "NAME=wért"),
            new ControlRequest(Kind.UNSET, (char) 0, 0, "NAME"))) {
      assertEquals(request, read(request.bytes()));
    }
  }

  @Test
  void aTextThatIsTooLongIsCutAndStillEnds() {
    ControlRequest request = new ControlRequest(Kind.SET, (char) 0, 0, "x".repeat(500));
    assertEquals("x".repeat(367), read(request.bytes()).text());
  }
}
