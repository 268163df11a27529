package svc.os;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Texts that give back the bytes that they were made of. What Linux calls a name, an argument or a
 * variable is bytes, nearly always UTF-8; a byte that is none becomes the lone surrogate U+DC00
 * plus its value, which no UTF-8 can mean.
 */
public final class ExactText {

  private static final char ESCAPE = 0xDC00;
  private static final char FIRST = 0xDC80;
  private static final char LAST = 0xDCFF;
  private static final char REPLACEMENT = 0xFFFD;

  private ExactText() {}

  /**
   * Makes a text of what Linux gave.
   *
   * @param bytes any bytes
   * @return a text that {@link #bytes} turns back
   */
  public static String of(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.indexOf(REPLACEMENT) < 0 ? text : escaped(bytes);
  }

  private static String escaped(byte[] bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // reports what is malformed
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      if (result.isUnderflow()) break;
      for (int i = 0; i < result.length(); i++) out.put((char) (ESCAPE + (in.get() & 0xff)));
    }
    return out.flip().toString();
  }

  /**
   * Makes what Linux is given.
   *
   * @param text any text, or one of {@link #of}
   * @return UTF-8, and the bytes that were none
   */
  public static byte[] bytes(String text) {
    int next = escape(text, 0);
    if (next == text.length()) return text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + 16);
    for (int from = 0; from < text.length(); from = next + 1) {
      next = escape(text, from);
      bytes.writeBytes(text.substring(from, next).getBytes(StandardCharsets.UTF_8));
      if (next < text.length()) bytes.write(text.charAt(next) - ESCAPE);
    }
    return bytes.toByteArray();
  }

  /** Where the next byte that is no UTF-8 stands, or the text's end. */
  private static int escape(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean alone = i == from || !Character.isHighSurrogate(text.charAt(i - 1));
      if (c >= FIRST && c <= LAST && alone) return i;
    }
    return text.length();
  }
}
