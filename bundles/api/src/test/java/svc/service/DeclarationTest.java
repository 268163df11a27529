package svc.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import svc.os.Signal;
import svc.service.Declaration.Entry;

class DeclarationTest {

  private static Declaration of(Entry... entries) {
    return new Declaration("a", "/etc/a.ini", List.of(entries));
  }

  @Test
  void whatIsNotSaidIsTheDefault() {
    Declaration declaration = of();
    assertEquals("daemon", declaration.type());
    assertEquals(10_000_000_000L, declaration.nanos(Keys.STOP_TIMEOUT));
    assertEquals(Signal.TERM, declaration.signal(Keys.STOP_SIGNAL));
    assertEquals(5, declaration.number(Keys.LIMIT));
    assertEquals(0, declaration.line(Keys.LIMIT));
    assertFalse(declaration.has(Keys.LIMIT));
  }

  @Test
  void namesOfSeveralLinesAddUpEachOnce() {
    Declaration declaration =
        of(new Entry("depend", "requires", "b, c", 1), new Entry("depend", "requires", "c  d", 2));
    assertEquals(List.of("b", "c", "d"), declaration.names(Keys.REQUIRES));
  }

  @Test
  void aProblemStandsOnTheLineOfItsKey() {
    Declaration declaration = of(new Entry("service", "user", "nobody", 7));
    assertEquals(
        "/etc/a.ini:7: service.user: unknown",
        declaration.problem(Keys.USER, "unknown").toString());
    assertEquals(
        "/etc/a.ini: service.group: missing",
        declaration.problem(Keys.GROUP, "missing").toString());
  }

  @Test
  void anUncheckedValueIsOurOwnMistake() {
    Declaration declaration = of(new Entry("service", "stop-timeout", "soon", 7));
    assertThrows(IllegalStateException.class, () -> declaration.nanos(Keys.STOP_TIMEOUT));
  }
}
