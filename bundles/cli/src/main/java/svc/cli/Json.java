package svc.cli;

import java.util.HexFormat;
import java.util.List;
import svc.nv.NvList;
import svc.nv.NvPair;
import svc.service.Problem;

/**
 * Writes JSON (RFC 8259) on one line. The caller opens and closes what belongs together; commas
 * come by themselves.
 */
final class Json {

  private final StringBuilder text = new StringBuilder();

  Json open(char bracket) {
    separate();
    text.append(bracket);
    return this;
  }

  Json close(char bracket) {
    text.append(bracket);
    return this;
  }

  Json name(String name) {
    string(name);
    text.append(':');
    return this;
  }

  Json string(String value) {
    separate();
    text.append('"');
    for (int i = 0; i < value.length(); i++) character(value.charAt(i));
    text.append('"');
    return this;
  }

  Json bool(boolean value) {
    return literal(value ? "true" : "false");
  }

  Json nothing() {
    return literal("null");
  }

  Json number(long value) {
    return literal(Long.toString(value));
  }

  Json field(String name, String value) {
    return name(name).string(value);
  }

  Json field(String name, boolean value) {
    return name(name).bool(value);
  }

  Json field(String name, long value) {
    return name(name).number(value);
  }

  Json field(String name, Iterable<String> values) {
    name(name).open('[');
    for (String value : values) string(value);
    return close(']');
  }

  Json problems(String name, List<Problem> problems) {
    name(name).open('[');
    for (Problem problem : problems) {
      open('{').field("file", problem.file()).field("line", problem.line());
      field("key", problem.key()).field("text", problem.text()).close('}');
    }
    return close(']');
  }

  /** A list as an object, its names as they are on the wire, without the message's envelope. */
  Json list(NvList list) {
    return open('{').fields(list).close('}');
  }

  /** The same, into an object that is open. */
  Json fields(NvList list) {
    for (NvPair pair : list.pairs()) {
      String name = pair.name();
      if (name.startsWith("ipc:")) continue;
      name(name);
      value(pair);
    }
    return this;
  }

  Json lists(List<NvList> lists) {
    open('[');
    for (NvList list : lists) list(list);
    return close(']');
  }

  private void value(NvPair pair) {
    Object value = pair.value();
    switch (pair.type()) {
      case NULL -> nothing();
      case BOOL -> bool((Boolean) value);
      case NUMBER -> unsigned((Long) value);
      case STRING -> string((String) value);
      case DESCRIPTOR -> number((Integer) value);
      case BINARY -> string(HexFormat.of().formatHex((byte[]) value));
      case NVLIST -> list((NvList) value);
      case NVLIST_ARRAY -> lists(pairLists(value));
      case BOOL_ARRAY -> bools((boolean[]) value);
      case NUMBER_ARRAY -> numbers((long[]) value);
      case STRING_ARRAY -> texts((List<?>) value);
      case DESCRIPTOR_ARRAY -> descriptors((int[]) value);
    }
  }

  @SuppressWarnings("unchecked")
  private static List<NvList> pairLists(Object value) {
    return (List<NvList>) value;
  }

  private void bools(boolean[] values) {
    open('[');
    for (boolean value : values) bool(value);
    close(']');
  }

  private void numbers(long[] values) {
    open('[');
    for (long value : values) unsigned(value);
    close(']');
  }

  private void texts(List<?> values) {
    open('[');
    for (Object value : values) string((String) value);
    close(']');
  }

  private void descriptors(int[] values) {
    open('[');
    for (int value : values) number(value);
    close(']');
  }

  private void unsigned(long value) {
    literal(Long.toUnsignedString(value));
  }

  private Json literal(String literal) {
    separate();
    text.append(literal);
    return this;
  }

  /** A comma, unless this is the first in its bracket or the value of a name. */
  private void separate() {
    if (text.length() == 0) return;
    char last = text.charAt(text.length() - 1);
    if (last != '{' && last != '[' && last != ':') text.append(',');
  }

  private void character(char c) {
    switch (c) {
      case '"' -> text.append("\\\"");
      case '\\' -> text.append("\\\\");
      case '\n' -> text.append("\\n");
      case '\t' -> text.append("\\t");
      default -> {
        if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') escape(c);
        else text.append(c);
      }
    }
  }

  private void escape(char c) {
    text.append("\\u").append(HexFormat.of().toHexDigits(c));
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
