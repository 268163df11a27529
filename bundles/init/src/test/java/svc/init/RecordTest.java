package svc.init;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordTest {

  private static final String US = "1 42";

  @Test
  void whatIsWrittenIsRead() {
    Map<String, String> texts = Map.of("state", "RUNNING", "target", "a=b");
    Map<String, String> read = Record.texts(US, Record.text(US, texts));
    assertEquals("RUNNING", read.get("state"));
    assertEquals("a=b", read.get("target"));
  }

  @Test
  void oneThatIsTornAtAnyPlaceIsNone() {
    String text = Record.text(US, Map.of("state", "RUNNING"));
    for (int end = 0; end < text.length(); end++)
      assertNull(Record.texts(US, text.substring(0, end)));
    for (int at = 0; at < text.length(); at++) {
      String changed = text.substring(0, at) + '#' + text.substring(at + 1);
      assertNull(Record.texts(US, changed), changed);
    }
  }

  @Test
  void anotherProcesssIsNone() {
    String text = Record.text("1 41", Map.of("state", "RUNNING"));
    assertNull(Record.texts(US, text));
  }
}
