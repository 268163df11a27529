package svc.manager.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static svc.manager.logic.Declared.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import svc.service.ServiceState;
import svc.service.Status;

/** A service that is pinned stays as it is, whatever is asked of others. */
class PinTest {

  private final List<Action> out = new ArrayList<>();
  private final List<Action.Answer> answers = new ArrayList<>();
  private Conductor conductor =
      new Conductor(
          Declared.graph(
              service("t", "wants web"),
              service("web", "requires db"),
              service("db"),
              service("rival", "conflicts web")),
          "t");

  @BeforeEach
  void begin() {
    conductor.supervisorReady("main", List.of(), out);
    conductor.begin(out);
    obey();
  }

  private List<String> obey() {
    List<String> orders = new ArrayList<>();
    while (!out.isEmpty()) {
      Action action = out.remove(0);
      if (action instanceof Action.Answer answer) answers.add(answer);
      if (!(action instanceof Action.Order order)) continue;
      String name = order.declaration().name();
      orders.add(order.wish().name().toLowerCase() + " " + name);
      boolean up = order.wish() != Action.Wish.STOP;
      says(name, up ? ServiceState.UP : ServiceState.DOWN, up);
      conductor.ordered(name, "", out);
    }
    return orders;
  }

  private void says(String service, ServiceState state, boolean wanted) {
    conductor.statusChanged(
        new Status(service, "daemon", state, wanted, 0, 9, 0, null, "", false), out);
  }

  private Status status(String service) {
    return conductor.view(service).status();
  }

  @Test
  void whatIsPinnedUpStaysWhenItsRequirementGoes() {
    conductor.pinUp(1, List.of("web"), out);
    obey();
    conductor.stop(2, List.of("db"), out);
    assertEquals(List.of("stop db"), obey());
    assertEquals(ServiceState.UP, status("web").state());
    assertEquals(Pin.UP, conductor.view("web").pin());
    assertTrue(conductor.settled());
  }

  @Test
  void whatIsPinnedUpStaysWhenItsRequirementFails() {
    conductor.pinUp(1, List.of("web"), out);
    obey();
    says("db", ServiceState.FAILED, false);
    assertEquals(List.of(), obey());
    assertEquals(ServiceState.UP, status("web").state());
  }

  @Test
  void whatIsPinnedUpIsNotStopped() {
    conductor.pinUp(1, List.of("web"), out);
    obey();
    assertEquals("web is pinned up; svc unpin web", conductor.refusalToStop(List.of("web")));
    conductor.target(2, "rival", out);
    assertEquals(List.of("stop t", "stop db"), obey());
    assertEquals(ServiceState.FAILED, status("rival").state());
    assertEquals("conflicts with web, which is pinned up", status("rival").reason());
  }

  @Test
  void unpinnedItGoesDownWithWhatItRequires() {
    conductor.pinUp(1, List.of("web"), out);
    conductor.stop(2, List.of("db"), out);
    obey();
    conductor.unpin(3, List.of("web"), out);
    assertEquals(List.of("stop web"), obey());
    assertEquals("requires db, which is not to be up", status("web").reason());
  }

  @Test
  void whatIsPinnedDownIsNotStartedAndNeitherIsWhatRequiresIt() {
    conductor.pinDown(1, List.of("db"), out);
    assertEquals(List.of("stop web", "stop db"), obey());
    assertEquals("db is pinned down", conductor.refusal(List.of("db")));
    assertEquals("web requires db, which cannot be started", conductor.refusal(List.of("web")));
    conductor.start(2, List.of("t"), out);
    assertEquals(List.of(), obey());
    assertEquals("requires db, which cannot be started", status("web").reason());
    conductor.unpin(3, List.of("db"), out);
    assertEquals(List.of(), obey());
    conductor.start(4, List.of("t"), out);
    assertEquals(List.of("start db", "start web"), obey());
  }

  @Test
  void whatIsPinnedUpAndEndsIsNotStartedWithoutWhatItRequires() {
    conductor.pinUp(1, List.of("web"), out);
    obey();
    conductor.stop(2, List.of("db"), out);
    obey();
    conductor.supervisorReady("main", List.of(up("t")), out);
    assertEquals(List.of(), obey());
    assertEquals("requires db, which is not to be up", status("web").reason());
    assertTrue(conductor.settled());
  }

  private static Status up(String service) {
    return new Status(service, "daemon", ServiceState.UP, true, 0, 9, 0, null, "", false);
  }

  @Test
  void aShutdownTakesAllDown() {
    conductor.pinUp(1, List.of("web"), out);
    obey();
    conductor.shutdown(out);
    assertTrue(obey().containsAll(List.of("stop web", "stop db", "stop t")));
  }

  @Test
  void anotherManagerKnowsWhatIsPinned() {
    conductor.pinUp(1, List.of("web"), out);
    conductor.pinDown(2, List.of("rival"), out);
    obey();
    assertEquals(Map.of("web", Pin.UP, "rival", Pin.DOWN), conductor.goals().pins());
    Conductor next = new Conductor(conductor.graph(), "t");
    next.restore(conductor.goals());
    assertEquals(Pin.UP, next.pin("web"));
    assertEquals(Pin.DOWN, next.pin("rival"));
  }
}
