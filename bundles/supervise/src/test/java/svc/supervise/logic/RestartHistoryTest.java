package svc.supervise.logic;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RestartHistoryTest {

  private final RestartHistory history = new RestartHistory();

  @Test
  void asManyAsTheLimitWithinAPeriod() {
    assertTrue(history.add(0, 2, 100));
    assertTrue(history.add(1, 2, 100));
    assertFalse(history.add(99, 2, 100));
  }

  @Test
  void whatIsAPeriodAgoDoesNotCount() {
    assertTrue(history.add(0, 1, 100));
    assertFalse(history.add(99, 1, 100));
    assertTrue(history.add(100, 1, 100));
  }

  @Test
  void aRefusedOneDoesNotCount() {
    assertTrue(history.add(0, 1, 100));
    assertFalse(history.add(50, 1, 100));
    assertTrue(history.add(100, 1, 100));
  }

  @Test
  void aLimitOfNothingAllowsNothing() {
    assertFalse(history.add(0, 0, 100));
  }

  @Test
  void clearedItBeginsAnew() {
    assertTrue(history.add(0, 1, 100));
    history.clear();
    assertTrue(history.add(1, 1, 100));
  }
}
