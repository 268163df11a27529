package svc.plugin.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import svc.service.Declaration;
import svc.service.Declaration.Entry;
import svc.service.Keys;

class ManagerTypeTest {

  private final ManagerType type = new ManagerType("/opt/svc", "/run/x");

  private static Declaration declaration(Entry... entries) {
    return new Declaration("shop", "/etc/svc/shop.ini", List.of(entries));
  }

  @Test
  void itLivesBelowTheRunDirectoryOfTheManagerAbove() {
    Declaration shop = declaration(new Entry("manager", "declarations", "shop.d", 3));
    assertEquals(List.of(), type.check(shop));
    assertEquals("/run/x/managers/shop/sock", type.socket(shop));
    assertEquals("/run/x/managers/shop", type.procedure(shop).directory());
    assertEquals(
        "/opt/svc/bin/svc-manager /etc/svc/shop.d --target default"
            + " --socket /run/x/managers/shop/sock"
            + " --run-dir /run/x/managers/shop/run --log-dir /run/x/managers/shop/log",
        String.join(" ", type.procedure(shop).start()));
  }

  @Test
  void itsDirectoriesComeInTheirOrder() {
    Declaration shop =
        declaration(
            new Entry("manager", "declarations", "local", 3),
            new Entry("manager", "declarations", "/usr/lib/shop", 4));
    assertEquals(
        List.of("/opt/svc/bin/svc-manager", "/etc/svc/local", "/usr/lib/shop", "--target"),
        type.procedure(shop).start().subList(0, 4));
  }

  @Test
  void itsStopMayTakeLonger() {
    assertEquals("5m", Keys.complete(declaration(), type.keys()).text(Keys.STOP_TIMEOUT));
  }

  @Test
  void withoutDeclarationsThereIsNothingToBringUp() {
    assertEquals(
        "/etc/svc/shop.ini: manager.declarations: missing; a manager needs the directory to bring"
            + " up",
        type.check(declaration()).get(0).toString());
  }
}
