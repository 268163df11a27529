package svc.nv;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;

/**
 * The text of {@code nvlist_fdump(3)}: a line for each pair, four spaces deeper in each list. Names
 * and strings are written as the bytes they are, so what a stranger sent may contain anything.
 */
public final class NvDump {
  private NvDump() {}

  /**
   * Writes the dump; an empty list has none. The stream is neither flushed nor closed.
   *
   * @param list any list
   * @param target is not closed
   * @throws IOException when the target fails
   */
  public static void write(NvList list, OutputStream target) throws IOException {
    Walk.through(list, new Lines(target));
  }

  /** The dump as UTF-8. */
  static String text(NvList list) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      write(list, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toString(UTF_8);
  }

  private static final class Lines implements Walk.Visitor<IOException> {
    private static final byte[] INDENT = "    ".getBytes(UTF_8);

    private final OutputStream target;
    private int level;

    Lines(OutputStream target) {
      this.target = target;
    }

    @Override
    public void value(NvPair pair) throws IOException {
      title(pair);
      put(" ");
      value(pair.type(), pair.held());
      put("\n");
    }

    @Override
    public void begin(NvPair pair, int index, int count, NvList list) throws IOException {
      if (index == 0) {
        title(pair);
        put(pair.type() == NvType.NVLIST ? "\n" : " " + count + "\n");
      }
      level++;
    }

    @Override
    public void end(NvPair pair, int index, int count) throws IOException {
      if (pair.type() == NvType.NVLIST_ARRAY) {
        indent();
        put(",\n");
      }
      level--;
    }

    private void title(NvPair pair) throws IOException {
      indent();
      target.write(pair.nameText().bytes);
      put(" (" + pair.type().text() + "):");
    }

    private void value(NvType type, Object value) throws IOException {
      switch (type) {
        case NULL -> put("null");
        case BOOL -> put(bool((Boolean) value));
        case NUMBER -> put(number((Long) value));
        case STRING -> text("[", (NvText) value, "]");
        case DESCRIPTOR -> put(value.toString());
        case BINARY -> binary((byte[]) value);
        case BOOL_ARRAY -> bools((boolean[]) value);
        case NUMBER_ARRAY -> numbers((long[]) value);
        case STRING_ARRAY -> texts((NvText[]) value);
        case DESCRIPTOR_ARRAY -> descriptors((int[]) value);
        case NVLIST, NVLIST_ARRAY -> throw new IllegalStateException("a list is no plain value");
      }
    }

    private void binary(byte[] bytes) throws IOException {
      put(bytes.length + " " + HexFormat.of().formatHex(bytes));
    }

    private void bools(boolean[] values) throws IOException {
      for (int i = 0; i < values.length; i++) {
        put(separator(i) + bool(values[i]));
      }
      put(" ]");
    }

    private void numbers(long[] values) throws IOException {
      for (int i = 0; i < values.length; i++) {
        put(separator(i) + number(values[i]));
      }
      put(" ]");
    }

    private void texts(NvText[] values) throws IOException {
      for (int i = 0; i < values.length; i++) {
        text(separator(i) + '"', values[i], "\"");
      }
      put(" ]");
    }

    private void descriptors(int[] values) throws IOException {
      for (int i = 0; i < values.length; i++) {
        put(separator(i) + values[i]);
      }
      put(" ]");
    }

    private static String separator(int index) {
      return index == 0 ? "[ " : ", ";
    }

    private static String bool(boolean value) {
      return value ? "TRUE" : "FALSE";
    }

    private static String number(long value) {
      return "%s (%d) (0x%x)".formatted(Long.toUnsignedString(value), value, value);
    }

    private void text(String before, NvText text, String after) throws IOException {
      put(before);
      target.write(text.bytes);
      put(after);
    }

    private void indent() throws IOException {
      for (int i = 0; i < level; i++) {
        target.write(INDENT);
      }
    }

    private void put(String text) throws IOException {
      target.write(text.getBytes(UTF_8));
    }
  }
}
