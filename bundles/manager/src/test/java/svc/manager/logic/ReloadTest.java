package svc.manager.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static svc.manager.logic.Declared.service;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import svc.service.Declaration;
import svc.service.Declaration.Entry;
import svc.service.ServiceState;
import svc.service.Status;

/** Other declarations while services run. */
class ReloadTest {

  private final List<Action> out = new ArrayList<>();
  private final Map<String, String> types = new HashMap<>();
  private Conductor conductor;
  private long generation = 1;

  private void of(Declaration... declarations) {
    conductor = new Conductor(Declared.graph(declarations), declarations[0].name());
    conductor.supervisorReady("main", List.of(), out);
    conductor.supervisorReady("aux", List.of(), out);
    conductor.begin(out);
    obey();
  }

  /** The supervisors do what they are told, until nothing more is asked of them. */
  private List<String> obey() {
    List<String> orders = new ArrayList<>();
    while (!out.isEmpty()) {
      Action action = out.remove(0);
      if (action instanceof Action.Order order) {
        orders.add(order.wish().name().toLowerCase() + " " + order.declaration().name());
        obey(order);
      }
    }
    return orders;
  }

  private void obey(Action.Order order) {
    String name = order.declaration().name();
    switch (order.wish()) {
      case START -> {
        types.put(name, order.declaration().type());
        says(name, ServiceState.UP, true);
      }
      case STOP -> says(name, ServiceState.DOWN, false);
      case RESTART, FORGET, DECLARE -> {}
    }
    conductor.ordered(name, "", out);
  }

  private void says(String service, ServiceState state, boolean wanted) {
    String type = types.getOrDefault(service, "daemon");
    conductor.statusChanged(
        new Status(service, type, state, wanted, 0, 9, 0, null, "", false), out);
  }

  private Reload plan(Declaration... declarations) {
    return conductor.plan(Declared.graph(declarations));
  }

  private List<String> reload(Declaration... declarations) {
    conductor.reload(7, plan(declarations), Declared.graph(declarations), ++generation, out);
    return obey();
  }

  private static List<String> words(Reload plan) {
    List<String> words = new ArrayList<>();
    for (Reload.Change change : plan.changes())
      words.add(change.kind() + " " + change.service() + " " + change.effect());
    return words;
  }

  private static Declaration with(
      Declaration declaration, String section, String key, String value) {
    List<Entry> entries = new ArrayList<>(declaration.entries());
    entries.add(new Entry(section, key, value, 20));
    return new Declaration(declaration.name(), declaration.file(), entries);
  }

  private ServiceState state(String service) {
    return conductor.view(service).status().state();
  }

  @Test
  void whatHasNotChangedIsLeftAlone() {
    of(service("t", "requires a"), service("a"));
    Reload same = plan(service("t", "requires a"), service("a"));
    assertEquals(List.of(), same.changes());
    assertEquals(2, same.unchanged());
    assertEquals(List.of(), reload(service("t", "requires a"), service("a")));
  }

  @Test
  void whereALineStandsDoesNotMatter() {
    Declaration before =
        new Declaration("a", "/a.ini", List.of(new Entry("service", "user", "x", 2)));
    Declaration after =
        new Declaration("a", "/a.ini", List.of(new Entry("service", "user", "x", 9)));
    assertEquals(List.of(), Reload.differences(before, after));
    assertEquals(
        List.of("service.directory"),
        Reload.differences(before, new Declaration("a", "/b/a.ini", before.entries())));
  }

  @Test
  void whatIsNewAndNeededIsStarted() {
    of(service("t", "requires a"), service("a"));
    Declaration[] next = {service("t", "requires a b"), service("a"), service("b"), service("c")};
    assertEquals(List.of("added b start", "added c none", "changed t at-once"), words(plan(next)));
    assertEquals(List.of("start b", "declare t"), reload(next));
    assertEquals(ServiceState.DOWN, state("c"));
  }

  @Test
  void whatIsNotDeclaredAnyMoreIsStoppedInOrderAndForgotten() {
    of(service("t", "requires a"), service("a"), service("b"), service("c", "requires b"));
    conductor.start(1, List.of("c"), out);
    obey();
    Declaration[] next = {service("t", "requires a"), service("a")};
    assertEquals(List.of("removed b stop", "removed c stop"), words(plan(next)));
    assertEquals(List.of("stop c", "forget c", "stop b", "forget b"), reload(next));
    assertFalse(conductor.knows("b"));
    assertEquals("", conductor.supervisor("b"));
    assertTrue(conductor.settled());
  }

  @Test
  void whatIsLeavingIsShownSo() {
    of(service("t", "wants a"), service("a"));
    Declaration[] next = {service("t")};
    conductor.reload(7, plan(next), Declared.graph(next), 2, out);
    assertEquals("not declared any more", conductor.view("a").status().reason());
    assertEquals("main", conductor.supervisor("a"));
    assertFalse(conductor.settled());
  }

  @Test
  void aServiceThatIsDeclaredAgainBeforeItIsGoneStays() {
    of(service("t", "wants a"), service("a"));
    Declaration[] without = {service("t")};
    conductor.reload(7, plan(without), Declared.graph(without), 2, out);
    out.clear();
    Declaration[] with = {service("t", "wants a"), service("a")};
    assertEquals(List.of("added a start", "changed t at-once"), words(plan(with)));
    conductor.reload(8, plan(with), Declared.graph(with), 3, out);
    says("a", ServiceState.DOWN, false);
    conductor.ordered("a", "", out);
    obey();
    assertEquals(ServiceState.UP, state("a"));
  }

  @Test
  void aChangedServiceIsToldAndRunsOn() {
    of(service("t", "requires a"), service("a"));
    Declaration other = with(service("a"), "service", "exec", "sleep 2");
    assertEquals(List.of("changed a next-start"), words(plan(service("t", "requires a"), other)));
    assertEquals(List.of("declare a"), reload(service("t", "requires a"), other));
    assertEquals(other, conductor.view("a").declaration());
    assertTrue(conductor.goals().stale().isEmpty());
  }

  @Test
  void whatOnlyTheManagerReadsCountsAtOnce() {
    of(service("t", "requires a"), service("a"));
    Declaration other = with(service("a"), "service", "description", "the same");
    assertEquals(List.of("changed a at-once"), words(plan(service("t", "requires a"), other)));
  }

  @Test
  void aServiceOfAnotherTypeIsRestartedAndItsDependentsStay() {
    of(service("t", "requires a"), service("a"));
    Declaration other = with(service("a"), "service", "type", "oneshot");
    assertEquals(List.of("changed a restart"), words(plan(service("t", "requires a"), other)));
    assertEquals(List.of("stop a", "start a"), reload(service("t", "requires a"), other));
    assertEquals(ServiceState.UP, state("t"));
    assertTrue(conductor.settled());
  }

  @Test
  void aServiceOfAnotherSupervisorIsEndedThereFirst() {
    of(service("t", "requires a"), service("a"));
    Declaration[] next = {service("t", "requires a"), service("a", "supervisor aux")};
    assertEquals(List.of("changed a restart"), words(plan(next)));
    conductor.reload(7, plan(next), Declared.graph(next), 2, out);
    Action.Move move =
        (Action.Move) out.stream().filter(Action.Move.class::isInstance).findFirst().get();
    assertEquals("main", move.supervisor());
    assertEquals(ServiceState.UP, move.status().state());
    assertEquals(List.of(), obey());
    conductor.released("a", out);
    assertEquals(List.of("start a"), obey());
    assertEquals(ServiceState.UP, state("t"));
  }

  @Test
  void whileItIsBeingMovedItIsNotMovedAgain() {
    of(service("t", "requires a"), service("a"));
    Declaration[] next = {service("t", "requires a"), service("a", "supervisor aux")};
    conductor.reload(7, plan(next), Declared.graph(next), 2, out);
    Reload again = plan(service("t", "requires a"), service("a"));
    assertEquals(1, again.problems().size());
  }

  @Test
  void whatARunningServiceRequiresFromNowOnIsStarted() {
    of(service("t"), service("a"), service("b"));
    conductor.start(1, List.of("a"), out);
    obey();
    Declaration[] next = {service("t"), service("a", "requires b"), service("b")};
    assertEquals(List.of("changed a at-once", "wanted b start"), words(plan(next)));
    assertTrue(reload(next).contains("start b"));
    assertEquals(ServiceState.UP, state("a"));
  }

  @Test
  void whatWasStoppedByHandStaysDown() {
    of(service("t", "wants a"), service("a"));
    conductor.stop(1, List.of("a"), out);
    obey();
    Declaration[] next = {service("t", "wants a b"), service("a"), service("b")};
    assertEquals(List.of("added b start", "changed t at-once"), words(plan(next)));
    assertFalse(reload(next).contains("start a"));
  }

  @Test
  void aTargetWithConflictsIsRefused() {
    of(service("t", "wants a"), service("a"));
    Declaration[] next = {service("t", "wants a b"), service("a", "conflicts b"), service("b")};
    assertEquals(1, plan(next).problems().size());
  }

  @Test
  void ofTwoThatConflictFromNowOnTheTargetsStays() {
    of(service("t", "wants a"), service("a"), service("b"));
    conductor.start(1, List.of("b"), out);
    obey();
    reload(service("t", "wants a"), service("a", "conflicts b"), service("b"));
    assertEquals(ServiceState.UP, state("a"));
    assertEquals(ServiceState.DOWN, state("b"));
  }

  @Test
  void aReloadIsAnsweredWhenAllOfItIsThrough() {
    of(service("t", "wants a"), service("a"));
    Declaration[] next = {service("t", "wants b"), service("b")};
    conductor.reload(7, plan(next), Declared.graph(next), 2, out);
    assertTrue(out.stream().noneMatch(Action.Answer.class::isInstance));
    List<Action> answers = new ArrayList<>();
    while (!out.isEmpty()) {
      Action action = out.remove(0);
      if (action instanceof Action.Order order) obey(order);
      if (action instanceof Action.Answer) answers.add(action);
    }
    assertEquals(List.of(new Action.Answer(7, "")), answers);
  }

  @Test
  void anotherManagerGoesOnWithIt() {
    of(service("t", "wants a"), service("a"), service("w"));
    Goals before = conductor.goals();
    Declaration[] next = {service("t", "wants w"), service("w")};
    Conductor successor = new Conductor(Declared.graph(next), "t");
    successor.restore(before);
    successor.resume(2, List.of("w"), List.of("t"), List.of(service("a")));
    conductor = successor;
    List<Status> statuses = List.of(up("t"), up("a"));
    successor.adopted("main", statuses);
    successor.begin(out);
    List<String> orders = obey();
    assertTrue(orders.containsAll(List.of("stop a", "forget a", "start w")), orders.toString());
    assertFalse(successor.knows("a"));
    assertEquals(2, successor.goals().generation());
  }

  private static Status up(String service) {
    return new Status(service, "daemon", ServiceState.UP, true, 0, 9, 0, null, "", false);
  }
}
