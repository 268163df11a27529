package svc.manager.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static svc.manager.logic.Declared.service;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import svc.service.Declaration;
import svc.service.ServiceState;
import svc.service.Status;

/** A service that follows another is stopped and started again with it. */
class FollowTest {

  private final List<Action> out = new ArrayList<>();
  private Graph graph;
  private Conductor conductor;

  private void upWith(Declaration... declarations) {
    graph = Graph.of(List.of(declarations));
    conductor = new Conductor(graph, declarations[0].name());
    conductor.supervisorReady("main", List.of(), out);
    conductor.begin(out);
    obey(10);
    out.clear();
  }

  private void appFollowsDb() {
    upWith(service("app", "follows db"), service("db"));
  }

  private List<String> orders() {
    List<String> orders = new ArrayList<>();
    for (Action action : out)
      if (action instanceof Action.Order order)
        orders.add(order.wish().name().toLowerCase() + " " + order.declaration().name());
    return orders;
  }

  private List<String> takeOrders() {
    List<String> orders = orders();
    out.removeIf(Action.Order.class::isInstance);
    return orders;
  }

  /** The supervisor does all that it is told, until there is nothing more. */
  private List<String> obey(long since) {
    List<String> all = new ArrayList<>();
    for (List<String> next = takeOrders(); !next.isEmpty(); next = takeOrders()) {
      all.addAll(next);
      for (String order : next) obey(order.split(" ")[0], order.split(" ")[1], since);
    }
    return all;
  }

  private void obey(String wish, String service, long since) {
    if (wish.equals("stop")) says(service, ServiceState.DOWN, since);
    else says(service, ServiceState.UP, since);
    conductor.ordered(service, "", out);
  }

  private void says(String service, ServiceState state, long since) {
    conductor.statusChanged(status(service, state, since), out);
  }

  private static Status status(String service, ServiceState state, long since) {
    boolean wanted = state != ServiceState.DOWN && state != ServiceState.FAILED;
    return new Status(service, "daemon", state, wanted, 0, since, 0, null, "", false);
  }

  private List<String> answers() {
    return out.stream()
        .filter(Action.Answer.class::isInstance)
        .map(action -> ((Action.Answer) action).problem())
        .toList();
  }

  @Test
  void aRestartWaitsUntilItsFollowersAreDownAndUpAgain() {
    appFollowsDb();
    conductor.restart(1, List.of("db"), out);
    assertEquals(List.of("stop app"), takeOrders());
    assertEquals(List.of("app"), conductor.view("db").waitingFor());
    obey("stop", "app", 20);
    assertEquals(List.of("restart db"), takeOrders());
    obey("restart", "db", 30);
    assertEquals(List.of(), answers());
    assertEquals(List.of("start app"), obey(40));
    assertEquals(List.of(""), answers());
    assertEquals(List.of("app"), conductor.followersOf(List.of("db")));
  }

  @Test
  void anEndIsFollowedAtOnce() {
    appFollowsDb();
    says("db", ServiceState.BACKING_OFF, 20);
    assertEquals(List.of("stop app"), obey(21));
    assertEquals(List.of("db"), conductor.view("app").waitingFor());
    says("db", ServiceState.UP, 30);
    assertEquals(List.of("start app"), obey(31));
  }

  @Test
  void anEndThatNobodyToldIsSeenByTheTime() {
    appFollowsDb();
    conductor.supervisorSilent("main", out);
    conductor.supervisorReady(
        "main",
        List.of(status("db", ServiceState.UP, 20), status("app", ServiceState.UP, 10)),
        out);
    assertEquals(List.of("stop app", "start app"), obey(30));
  }

  @Test
  void whoSaysNothingNewIsNotFollowed() {
    appFollowsDb();
    conductor.supervisorSilent("main", out);
    conductor.supervisorReady(
        "main",
        List.of(status("db", ServiceState.UP, 10), status("app", ServiceState.UP, 10)),
        out);
    assertEquals(List.of(), orders());
  }

  @Test
  void aFollowerThatIsRestartedAlongIsRestartedOnce() {
    appFollowsDb();
    conductor.restart(1, List.of("app", "db"), out);
    assertEquals(List.of("stop app", "restart db", "start app"), obey(20));
  }

  @Test
  void onlyWhoFollowsIsMoved() {
    upWith(
        service("web", "requires app"), service("app", "follows db"), service("db"), service("x"));
    conductor.restart(1, List.of("db"), out);
    assertEquals(List.of("stop app", "restart db", "start app"), obey(20));
    assertEquals(ServiceState.UP, conductor.view("web").status().state());
  }

  @Test
  void aManagerThatComesAfterGoesOnWithIt() {
    appFollowsDb();
    conductor.restart(1, List.of("db"), out);
    Goals goals = conductor.goals();
    assertTrue(goals.setAside().contains("app"), goals.toString());
    succeed(goals, status("db", ServiceState.UP, 10), status("app", ServiceState.STOPPING, 20));
    says("app", ServiceState.DOWN, 21);
    assertEquals(List.of("restart db", "start app"), obey(30));
  }

  @Test
  void aManagerThatComesAfterSeesWhatBeganMeanwhile() {
    appFollowsDb();
    Goals goals = conductor.goals();
    succeed(goals, status("db", ServiceState.UP, 20), status("app", ServiceState.UP, 10));
    assertEquals(List.of("stop app", "start app"), obey(30));
  }

  @Test
  void whatNobodyKnowsIsTakenAsItIs() {
    appFollowsDb();
    conductor = new Conductor(graph, "app");
    conductor.adopted(
        "main", List.of(status("db", ServiceState.UP, 20), status("app", ServiceState.UP, 10)));
    conductor.begin(out);
    assertEquals(List.of(), orders());
    says("db", ServiceState.BACKING_OFF, 30);
    assertEquals(List.of("stop app"), orders());
  }

  private void succeed(Goals goals, Status... statuses) {
    out.clear();
    conductor = new Conductor(graph, "app");
    conductor.restore(goals);
    conductor.adopted("main", List.of(statuses));
    conductor.begin(out);
  }

  @Test
  void aStopMeanwhileIsAStop() {
    appFollowsDb();
    says("db", ServiceState.BACKING_OFF, 20);
    obey(21);
    conductor.stop(1, List.of("app"), out);
    says("db", ServiceState.UP, 30);
    assertEquals(List.of(), orders());
    assertEquals(ServiceState.DOWN, conductor.view("app").status().state());
  }

  @Test
  void aReloadPlansWhoFollows() {
    appFollowsDb();
    Graph next = Graph.of(List.of(service("app", "follows db"), service("db", "type oneshot")));
    Reload plan = conductor.plan(next);
    assertEquals(
        List.of("follows app restart", "changed db restart"),
        plan.changes().stream()
            .map(each -> each.kind() + " " + each.service() + " " + each.effect())
            .toList());
    assertEquals(0, plan.unchanged());
  }
}
