package svc.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "7us, 7000",
    "500ms, 500000000",
    "10s, 10000000000",
    "2m, 120000000000",
    "1h, 3600000000000",
    "1d, 86400000000000",
    "0s, 0"
  })
  void aNumberAndItsUnit(String text, long nanos) {
    assertEquals(nanos, Durations.parse(text).orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "s", "-1s", "1.5s", "10 s", "1s2", "1S", "9999999999s", "None"})
  void everythingElseIsNoDuration(String text) {
    assertTrue(Durations.parse(text).isEmpty());
  }

  @Test
  void noneIsATimeThatNeverComes() {
    long none = Durations.parse("none").orElseThrow();
    assertEquals(Durations.FOREVER, Durations.after(1_000, none));
    assertEquals(1_007, Durations.after(1_000, 7));
  }

  @Test
  void theLargestOneDoesNotOverflow() {
    assertTrue(Durations.parse("999999999d").orElseThrow() > 0);
  }

  @ParameterizedTest
  @CsvSource({"0s, 0ms", "350ms, 350ms", "12s, 12s", "150s, 2m 30s", "185m, 3h 5m", "49h, 2d 1h"})
  void peopleReadTheTwoLargestUnits(String text, String shown) {
    assertEquals(shown, Durations.format(Durations.parse(text).orElseThrow()));
  }
}
