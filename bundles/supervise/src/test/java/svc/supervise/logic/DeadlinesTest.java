package svc.supervise.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import svc.os.Kernel;
import svc.supervise.logic.Deadlines.Due;

class DeadlinesTest {

  private final Deadlines deadlines = new Deadlines();

  @Test
  void nothingIsDueAtFirst() {
    assertEquals(Kernel.NEVER, deadlines.earliest());
    assertNull(deadlines.take(Kernel.NEVER - 1));
  }

  @Test
  void whatIsOverIsTakenOnceAndNotBefore() {
    deadlines.set(Due.CHECK, 10);
    assertEquals(10, deadlines.earliest());
    assertNull(deadlines.take(9));
    assertEquals(Due.CHECK, deadlines.take(10));
    assertNull(deadlines.take(10));
    assertFalse(deadlines.isSet(Due.CHECK));
  }

  @Test
  void ofSeveralThatAreOverTheStatesIsTheFirst() {
    deadlines.set(Due.CLOCK, 1);
    deadlines.set(Due.STEP, 2);
    deadlines.set(Due.STATE, 3);
    assertEquals(1, deadlines.earliest());
    assertEquals(Due.STATE, deadlines.take(5));
    assertEquals(Due.STEP, deadlines.take(5));
    assertEquals(Due.CLOCK, deadlines.take(5));
  }

  @Test
  void whatIsExtendedIsNeverMadeShorterAndNothingBecomesDueByIt() {
    deadlines.set(Due.STATE, 10);
    deadlines.extend(Due.STATE, 5);
    assertEquals(10, deadlines.get(Due.STATE));
    deadlines.extend(Due.STATE, 15);
    assertEquals(15, deadlines.get(Due.STATE));
    deadlines.extend(Due.RELOAD, 15);
    assertFalse(deadlines.isSet(Due.RELOAD));
  }

  @Test
  void nothingOutlivesAState() {
    for (Due due : Due.values()) deadlines.set(due, 1);
    deadlines.clear();
    for (Due due : Due.values()) assertTrue(!deadlines.isSet(due), due::name);
  }
}
