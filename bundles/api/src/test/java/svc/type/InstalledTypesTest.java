package svc.type;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import org.junit.jupiter.api.Test;
import svc.service.Declaration;
import svc.service.Key;
import svc.service.Problem;

class InstalledTypesTest {

  /** Two that are equal, as records are, are two all the same. */
  private record Named(String name) implements ServiceType {
    @Override
    public List<Key> keys() {
      return List.of();
    }

    @Override
    public List<Problem> check(Declaration declaration) {
      return List.of();
    }

    @Override
    public Procedure procedure(Declaration declaration) {
      return Procedure.commands(List.of(), List.of());
    }
  }

  private final InstalledTypes types = new InstalledTypes();
  private final ServiceType first = new Named("a");
  private final ServiceType second = new Named("a");

  @Test
  void theLastThatArrivedServes() {
    assertNull(types.get("a"));
    types.arrived(first);
    types.arrived(second);
    assertSame(second, types.get("a"));
    types.left(first);
    assertSame(second, types.get("a"));
    types.left(second);
    assertNull(types.get("a"));
  }

  @Test
  void whenItLeavesTheOneBeforeServesAgain() {
    types.arrived(first);
    types.arrived(second);
    types.left(second);
    assertSame(first, types.get("a"));
    types.left(second);
    assertSame(first, types.get("a"));
    types.left(new Named("b"));
    assertNull(types.get("b"));
  }
}
