package svc.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitTest {

  private static Limit limit(String text) {
    return Limit.parse(Resource.NOFILE, text).orElseThrow();
  }

  @Test
  void oneValueIsBoth() {
    assertEquals(new Limit(Resource.NOFILE, 1024, 1024), limit("1024"));
    assertEquals(new Limit(Resource.NOFILE, 0, Limit.UNLIMITED), limit("0:unlimited"));
    assertEquals(new Limit(Resource.NOFILE, 64L << 20, 1L << 40), limit("64M:1T"));
    assertEquals("nofile = 1024:unlimited", limit("1K : unlimited").toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "1:",
        ":1",
        "1:2:3",
        "-1",
        "2:1",
        "unlimited:1",
        "1k",
        "1.5",
        "M",
        "999999999999T"
      })
  void anythingElseIsNone(String text) {
    assertTrue(Limit.parse(Resource.NOFILE, text).isEmpty());
  }

  @Test
  void processorsAreNumbersAndRanges() {
    assertEquals(List.of(0, 1, 2, 3, 5), Processors.parse("5,0-3").orElseThrow().numbers());
    assertEquals("7", Processors.parse("7-7").orElseThrow().toString());
    for (String text : List.of("", ",", "1,", "3-1", "-1", "a", "8192", "1-")) {
      assertTrue(Processors.parse(text).isEmpty(), text);
    }
  }
}
