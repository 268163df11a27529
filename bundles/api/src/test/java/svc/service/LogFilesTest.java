package svc.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogFilesTest {

  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z' ").withZone(ZoneOffset.UTC);

  private static String iso(long millis) {
    byte[] stamp = new byte[25];
    assertEquals(25, LogFiles.iso(millis, stamp));
    return new String(stamp, StandardCharsets.US_ASCII);
  }

  @Test
  void stampsAreWhatTheJdkHas() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      long millis = random.nextLong(-2_000_000_000_000L, 100_000_000_000_000L);
      assertEquals(ISO.format(Instant.ofEpochMilli(millis)), iso(millis));
    }
  }

  @Test
  void tai64nIsTenSecondsAhead() {
    byte[] stamp = new byte[26];
    LogFiles.tai64n(1_000_000_000_123L, stamp);
    assertEquals("@400000003b9aca0a0754d4c0 ", new String(stamp, StandardCharsets.US_ASCII));
  }

  @Test
  void olderFilesSortByTheirTime() {
    String older = LogFiles.older("web", 1_795_700_641_123L);
    assertEquals("web.log.20261126T134401.123Z", older);
    assertTrue(LogFiles.isOlder("web", older));
    assertTrue(LogFiles.isOlder("web", older + ".gz"));
    for (String other : List.of("web.log", "web.log.1", older + ".gz.new", "a" + older))
      assertFalse(LogFiles.isOlder("web", other), other);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "25, 2026-11-26T13:44:01.123Z text",
        "25, \"2026-11-26T13:44:01.123Z \"",
        "26, @400000003b9aca0a0754d4c0 text",
        "0, 2026-11-26T13:44:01.123Z",
        "0, 2026-11-26 13:44:01.123Z text",
        "0, @400000003b9aca0a0754d4cx text",
        "0, text"
      })
  void aStampIsKnown(int length, String line) {
    byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);
    assertEquals(length, LogFiles.stamp(bytes, bytes.length));
  }

  @Test
  void sizesHaveUnits() {
    assertEquals(10L << 20, Sizes.bytes("10M"));
    assertEquals(2L << 30, Sizes.bytes("2G"));
    assertEquals(4096, Sizes.bytes("4096"));
    for (String text : List.of("", "M", "1m", "-1", "1.5M", "1KB"))
      assertEquals(-1, Sizes.bytes(text));
  }

  @Test
  void settingsAreTheDefaultsWhereAValueIsNone() {
    Declaration none = new Declaration("a", "/a.ini", List.of());
    Declaration wrong =
        new Declaration(
            "a",
            "/a.ini",
            List.of(
                new Declaration.Entry("log", "keep", "many", 1),
                new Declaration.Entry("log", "mode", "rw", 2)));
    assertEquals(LogSettings.of(none), LogSettings.of(wrong));
    assertEquals(10L << 20, LogSettings.of(none).maxSize());
    assertTrue(LogSettings.wants(none));
  }
}
