package svc.os;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExactTextTest {

  private static String same(byte... bytes) {
    String text = ExactText.of(bytes);
    assertArrayEquals(bytes, ExactText.bytes(text), text);
    return text;
  }

  @Test
  void utf8IsItself() {
    for (String text : new String[] {"", "plain", "wört", "\uD83D\uDE00", "\uFFFD", "a\0b"}) {
      assertEquals(text, same(text.getBytes(StandardCharsets.UTF_8)));
      assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), ExactText.bytes(text));
    }
  }

  @Test
  void whatIsNoUtf8IsKept() {
    assertEquals("w\uDCF6rt", same((byte) 'w', (byte) 0xf6, (byte) 'r', (byte) 't'));
    assertEquals("\uDCFF\uDCFE", same((byte) 0xff, (byte) 0xfe));
    assertEquals("\uDCC3", same((byte) 0xc3)); // cut short
    assertEquals("\uFFFD\uDC80", same((byte) 0xef, (byte) 0xbf, (byte) 0xbd, (byte) 0x80));
  }

  @Test
  void anyBytesAreGivenBack() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(12)];
      for (int j = 0; j < bytes.length; j++) {
        boolean high = random.nextInt(3) > 0;
        bytes[j] = (byte) (high ? 0x80 + random.nextInt(0x80) : random.nextInt(0x80));
      }
      same(bytes);
    }
  }
}
