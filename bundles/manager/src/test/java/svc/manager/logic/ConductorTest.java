package svc.manager.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static svc.manager.logic.Declared.service;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import svc.os.ExitStatus;
import svc.service.Declaration;
import svc.service.ServiceState;
import svc.service.Status;

/** Events in, orders out: each test one decision. */
class ConductorTest {

  private final List<Action> out = new ArrayList<>();
  private Graph graph;
  private Conductor conductor;

  private void of(Declaration... declarations) {
    graph = Graph.of(List.of(declarations));
    conductor = new Conductor(graph, declarations[0].name());
    conductor.supervisorReady("main", List.of(), out);
    out.clear();
  }

  /** The orders since the last look, as {@code start a}. */
  private List<String> orders() {
    List<String> orders = new ArrayList<>();
    for (Action action : out) {
      if (action instanceof Action.Order order)
        orders.add(order.wish().name().toLowerCase() + " " + order.declaration().name());
    }
    out.clear();
    return orders.stream().sorted().toList();
  }

  private List<Action> answers() {
    return out.stream().filter(Action.Answer.class::isInstance).toList();
  }

  private void start(String... services) {
    conductor.start(1, List.of(services), out);
  }

  private void says(String service, ServiceState state, boolean wanted, String reason) {
    conductor.statusChanged(
        new Status(service, "daemon", state, wanted, 0, 0, 0, null, reason, false), out);
  }

  /** Its supervisor does what it was told. */
  private void comesUp(String service) {
    says(service, ServiceState.UP, true, "");
    conductor.ordered(service, "", out);
  }

  /** Its supervisor begins to do it. */
  private void begins(String service) {
    says(service, ServiceState.STARTING, true, "");
    conductor.ordered(service, "", out);
  }

  private void goesDown(String service) {
    says(service, ServiceState.STOPPING, false, "");
    conductor.ordered(service, "", out);
    says(service, ServiceState.DOWN, false, "");
  }

  private void fails(String service, String reason) {
    says(service, ServiceState.FAILED, false, reason);
  }

  private String shown(String service) {
    Status status = conductor.view(service).status();
    return status.state() + " " + status.reason();
  }

  // Start

  @Test
  void whatRequiresNothingStartsAtOnceAndTogether() {
    of(service("app", "requires db cache"), service("db"), service("cache"));
    start("app");
    assertEquals(List.of("start cache", "start db"), orders());
    comesUp("db");
    assertEquals(List.of(), orders());
    assertEquals(List.of("cache"), conductor.view("app").waitingFor());
    comesUp("cache");
    assertEquals(List.of("start app"), orders());
    comesUp("app");
    assertTrue(conductor.reached() && conductor.settled());
  }

  @Test
  void afterWaitsForWhatIsStartedTooAndForNothingElse() {
    of(service("a", "after b c"), service("b"), service("c"));
    start("a", "b");
    assertEquals(List.of("start b"), orders());
    comesUp("b");
    assertEquals(List.of("start a"), orders());
  }

  @Test
  void aRequestIsAnsweredWhenItsServicesAreUp() {
    of(service("a", "requires b"), service("b"));
    start("a");
    comesUp("b");
    assertEquals(List.of(), answers());
    comesUp("a");
    assertEquals(List.of(new Action.Answer(1, "")), answers());
  }

  @Test
  void aSupervisorIsAskedForOnce() {
    of(
        service("a", "requires b c"),
        service("b", "supervisor aux"),
        service("c", "supervisor aux"));
    start("a");
    assertEquals(
        List.of(new Action.NeedSupervisor("aux")),
        out.stream().filter(Action.NeedSupervisor.class::isInstance).toList());
    assertEquals(List.of(), orders());
    conductor.supervisorReady("aux", List.of(), out);
    assertEquals(List.of("start b", "start c"), orders());
  }

  @Test
  void nothingStartsBesideARequirementThatIsBeingRestarted() {
    of(service("a", "requires b"), service("b"));
    start("b");
    comesUp("b");
    orders();
    conductor.restart(2, List.of("b"), out);
    start("a");
    assertEquals(List.of("restart b"), orders());
    says("b", ServiceState.STARTING, true, "");
    conductor.ordered("b", "", out);
    assertEquals(List.of(), orders());
    says("b", ServiceState.UP, true, "");
    assertEquals(List.of("start a"), orders());
  }

  // Stop

  @Test
  void stoppingGoesTheOtherWayRound() {
    of(
        service("app", "requires db cache"),
        service("db", "requires disk"),
        service("cache"),
        service("disk"));
    start("app");
    for (String service : List.of("disk", "db", "cache", "app")) comesUp(service);
    orders();
    conductor.stop(2, List.of("disk"), out);
    assertEquals(List.of("stop app"), orders());
    goesDown("app");
    assertEquals(List.of("stop db"), orders());
    goesDown("db");
    assertEquals(List.of("stop disk"), orders());
    goesDown("disk");
    assertEquals(ServiceState.UP, conductor.view("cache").status().state());
  }

  @Test
  void aShutdownStopsAllInOrderAndDismissesOnce() {
    of(service("a", "requires b"), service("b"));
    start("a");
    comesUp("b");
    comesUp("a");
    orders();
    conductor.shutdown(out);
    assertEquals(List.of("stop a"), orders());
    goesDown("a");
    assertEquals(List.of("stop b"), orders());
    goesDown("b");
    assertEquals(1, out.stream().filter(Action.Dismiss.class::isInstance).count());
    start("a");
    assertEquals(List.of(), orders());
  }

  @Test
  void aRestartLeavesAloneWhatRequiresIt() {
    of(service("a", "requires b"), service("b"));
    start("a");
    comesUp("b");
    comesUp("a");
    orders();
    conductor.restart(2, List.of("b"), out);
    assertEquals(List.of("restart b"), orders());
  }

  // Failure

  @Test
  void aFailureTakesAlongWhatRequiresItAndSaysSo() {
    of(service("a", "requires b"), service("b", "requires c"), service("c"));
    start("a");
    comesUp("c");
    comesUp("b");
    comesUp("a");
    orders();
    fails("c", "exit status 1");
    assertEquals(List.of("stop a"), orders());
    goesDown("a");
    goesDown("b");
    assertEquals("failed exit status 1", shown("c"));
    assertEquals("failed requires c, which failed", shown("b"));
    assertEquals("failed requires b, which failed", shown("a"));
    assertFalse(conductor.reached());
    assertTrue(conductor.settled());
  }

  @Test
  void aCleanEndTakesAlongToo() {
    of(service("a", "requires b"), service("b"));
    start("a");
    comesUp("b");
    comesUp("a");
    says("b", ServiceState.DOWN, false, "exit status 0");
    goesDown("a");
    assertEquals("failed requires b, which ended", shown("a"));
  }

  @Test
  void aRequestIsRefusedWithTheReasonOfTheFailure() {
    of(service("a", "requires b"), service("b"));
    start("a");
    begins("b");
    fails("b", "exit status 1");
    assertEquals(List.of(new Action.Answer(1, "a is failed: requires b, which failed")), answers());
  }

  @Test
  void theFailureOfWhatIsOnlyWantedDoesNotMatter() {
    of(service("a", "wants b", "after b"), service("b"));
    start("a");
    begins("b");
    orders();
    fails("b", "exit status 1");
    assertEquals(List.of("start a"), orders());
    comesUp("a");
    assertTrue(conductor.reached());
  }

  @Test
  void aServiceThatIsTriedAgainTouchesNobody() {
    of(service("a", "requires b"), service("b"));
    start("a");
    comesUp("b");
    comesUp("a");
    orders();
    says("b", ServiceState.BACKING_OFF, true, "exit status 1");
    assertEquals(List.of(), orders());
    assertFalse(conductor.settled());
  }

  @Test
  void anOrderThatIsRefusedIsAFailure() {
    of(service("a", "requires b"), service("b"));
    start("a");
    conductor.ordered("b", "/b.ini:3: no such key", out);
    assertEquals("failed /b.ini:3: no such key", shown("b"));
    assertEquals("failed requires b, which failed", shown("a"));
  }

  @Test
  void whatWaitsForItsTypeIsNoFailure() {
    of(service("a", "requires b"), service("b"));
    start("a");
    says("b", ServiceState.NO_TYPE, true, "type x is not installed");
    conductor.ordered("b", "", out);
    assertTrue(conductor.settled());
    says("b", ServiceState.UP, true, "");
    assertEquals(List.of("start a"), orders().stream().filter("start a"::equals).toList());
  }

  // Conflict

  @Test
  void aStartSendsAwayWhatItConflictsWithFirst() {
    of(service("a", "conflicts b"), service("b"));
    start("b");
    comesUp("b");
    orders();
    start("a");
    assertEquals(List.of("stop b"), orders());
    goesDown("b");
    assertEquals(List.of("start a"), orders());
  }

  @Test
  void conflictingServicesAreRefusedTogether() {
    of(service("a", "conflicts b"), service("b"));
    assertEquals(
        "a and b conflict, and both are to be started", conductor.refusal(List.of("a", "b")));
    assertEquals("", conductor.refusal(List.of("a")));
  }

  // Supervisors

  @Test
  void whatTheSuccessorOfASupervisorKnowsNothingOfIsStartedAgain() {
    of(service("a"));
    start("a");
    comesUp("a");
    orders();
    conductor.supervisorSilent("main", out);
    assertEquals(List.of(), orders());
    conductor.supervisorReady("main", List.of(), out);
    assertEquals(List.of("start a"), orders());
  }

  @Test
  void whatTheSuccessorOfASupervisorHasUpIsLeftAlone() {
    of(service("a", "requires b"), service("b"));
    start("a");
    comesUp("b");
    comesUp("a");
    orders();
    conductor.supervisorSilent("main", out);
    conductor.supervisorReady(
        "main", List.of(of("a", ServiceState.UP, true), of("b", ServiceState.UP, true)), out);
    assertEquals(List.of(), orders());
    assertTrue(conductor.settled());
  }

  @Test
  void aServiceThatFailedWhileItsSupervisorWasSilentIsGivenUp() {
    of(service("a", "requires b"), service("b"));
    start("a");
    comesUp("b");
    comesUp("a");
    orders();
    conductor.supervisorSilent("main", out);
    conductor.supervisorReady(
        "main", List.of(of("a", ServiceState.UP, true), of("b", ServiceState.FAILED, false)), out);
    assertEquals(List.of("stop a"), orders());
  }

  private void isUpSince(String service, long since) {
    conductor.statusChanged(upSince(service, since), out);
  }

  private static Status upSince(String service, long since) {
    return new Status(service, "daemon", ServiceState.UP, true, 7, since, 0, null, "", false);
  }

  @Test
  void anOrderToRestartThatWasNotTakenIsGivenAgainAndOneThatWasIsNot() {
    of(service("a"));
    start("a");
    comesUp("a");
    isUpSince("a", 1_000);
    for (long since : new long[] {1_000, 2_000}) {
      conductor.restart(2, List.of("a"), out);
      out.clear();
      conductor.supervisorSilent("main", out);
      conductor.supervisorReady("main", List.of(upSince("a", since)), out);
      assertEquals(since == 1_000 ? List.of("restart a") : List.of(), orders());
      conductor.ordered("a", "", out);
      isUpSince("a", 1_000);
    }
  }

  private void anotherManager() {
    Goals goals = conductor.goals();
    conductor = new Conductor(graph, conductor.target());
    conductor.restore(goals);
    assertEquals(goals, conductor.goals());
    out.clear();
  }

  @Test
  void whatWasStoppedByHandStaysStoppedUnderTheNextManager() {
    of(service("target", "wants a b"), service("a"), service("b"));
    start("target");
    comesUp("a");
    comesUp("b");
    conductor.stop(2, List.of("a"), out);
    goesDown("a");
    anotherManager();
    conductor.adopted(
        "main", List.of(of("a", ServiceState.DOWN, false), of("b", ServiceState.UP, true)));
    conductor.begin(out);
    assertEquals(List.of(), orders().stream().filter(order -> order.endsWith("a")).toList());
    assertEquals(ServiceState.DOWN, conductor.view("a").status().state());
  }

  @Test
  void whatWasNotYetStartedIsStartedByTheNextManager() {
    of(service("a"));
    start("a");
    anotherManager();
    conductor.adopted("main", List.of());
    conductor.begin(out);
    assertEquals(List.of("start a"), orders());
  }

  @Test
  void whatFailedWhileThereWasNoManagerIsNotStartedAgain() {
    of(service("a"));
    start("a");
    comesUp("a");
    anotherManager();
    conductor.adopted("main", List.of(of("a", ServiceState.FAILED, false)));
    conductor.begin(out);
    assertEquals(List.of(), orders());
  }

  @Test
  void anEndThatWasBegunIsGoneOnWithByTheNextManager() {
    of(service("a"));
    start("a");
    comesUp("a");
    conductor.shutdown(out);
    anotherManager();
    conductor.adopted("main", List.of(of("a", ServiceState.UP, true)));
    conductor.begin(out);
    assertEquals(List.of("stop a"), orders());
  }

  @Test
  void nothingStartsOnTheWordOfASupervisorThatEnded() {
    of(service("a", "requires b"), service("b", "supervisor aux"));
    conductor.supervisorReady("aux", List.of(), out);
    start("b");
    comesUp("b");
    orders();
    conductor.supervisorSilent("aux", out);
    start("a");
    assertEquals(List.of(), orders());
    assertEquals("up ", shown("b"));
  }

  @Test
  void whatAnAdoptedSupervisorRunsIsNotStartedAgain() {
    of(service("a"), service("b", "supervisor aux"));
    start("b");
    orders();
    Status up = new Status("b", "daemon", ServiceState.UP, true, 7, 0, 0, null, "", false);
    conductor.supervisorReady("aux", List.of(up), out);
    assertEquals(List.of(), orders());
    assertEquals(7, conductor.view("b").status().pid());
  }

  // Taking over

  private static Status of(String service, ServiceState state, boolean wanted) {
    return new Status(service, "daemon", state, wanted, 0, 0, 0, null, "", false);
  }

  private void takesOver(Status... statuses) {
    conductor.adopted("main", List.of(statuses));
    assertEquals(List.of(), orders());
  }

  @Test
  void whatIsFoundUpStaysUpAndTheRestOfTheTargetIsStarted() {
    of(service("app", "requires db cache"), service("db"), service("cache"), service("apart"));
    takesOver(of("db", ServiceState.UP, true), of("apart", ServiceState.UP, true));
    start("app");
    assertEquals(List.of("start cache"), orders());
  }

  @Test
  void whatIsFoundUpHasWhatItRequiresStartedAgain() {
    of(service("target"), service("app", "requires db"), service("db"));
    takesOver(of("app", ServiceState.UP, true), of("db", ServiceState.FAILED, false));
    start("target");
    assertEquals(List.of("start db", "start target"), orders());
  }

  @Test
  void aWishToEndThatComesFirstTakesDownInOrderWhatIsFound() {
    of(service("app", "requires db"), service("db"));
    takesOver(of("app", ServiceState.UP, true), of("db", ServiceState.UP, true));
    conductor.shutdown(out);
    assertEquals(List.of("stop app"), orders());
    goesDown("app");
    assertEquals(List.of("stop db"), orders());
  }

  @Test
  void aServiceOfWhichSomethingUnknownRunsWaitsForTheEndOfThat() {
    of(service("db"));
    conductor.occupied("db");
    start("db");
    assertEquals(List.of(), orders());
    assertFalse(conductor.settled());
    conductor.released("db", out);
    assertEquals(List.of("start db"), orders());
  }

  // Another target

  @Test
  void anotherTargetStartsItsOwnAndStopsAllElseInOrder() {
    of(service("default", "requires a b"), service("a", "requires b"), service("b"), service("c"));
    start("default");
    comesUp("b");
    comesUp("a");
    comesUp("default");
    out.clear();
    conductor.target(2, "c", out);
    assertEquals(List.of("start c", "stop default"), orders());
    comesUp("c");
    goesDown("default");
    assertEquals(List.of("stop a"), orders());
    goesDown("a");
    goesDown("b");
    assertEquals(List.of(new Action.Answer(2, "")), answers());
    assertTrue(conductor.reached());
    assertEquals("c", conductor.target());
  }

  @Test
  void theTargetThatIsTheTargetAlreadyIsToldAgain() {
    of(service("a"));
    start("a");
    comesUp("a");
    out.clear();
    conductor.target(2, "a", out);
    assertEquals(List.of(new Action.Answer(2, ""), new Action.Settled()), List.copyOf(out));
  }

  // Services that matter most

  private void failsWith(String service, ExitStatus last) {
    conductor.statusChanged(
        new Status(service, "daemon", ServiceState.FAILED, false, 0, 0, 0, last, "died", false),
        out);
  }

  private int dismissed() {
    return out.stream()
        .filter(Action.Dismiss.class::isInstance)
        .mapToInt(action -> ((Action.Dismiss) action).status())
        .findFirst()
        .orElse(-1);
  }

  private void loses(ExitStatus last) {
    of(service("app", "on-failure shutdown"), service("db"));
    start("app", "db");
    comesUp("db");
    comesUp("app");
    out.clear();
    failsWith("app", last);
    assertTrue(out.contains(new Action.Ending("app failed: died")));
    assertEquals(List.of("stop db"), orders());
    goesDown("db");
  }

  @Test
  void aServiceThatMattersMostTakesEverythingAlongAndItsStatusIsTheManagers() {
    loses(ExitStatus.exited(3));
    assertEquals(3, dismissed());
  }

  @Test
  void deathByASignalIsToldAsAShellTellsIt() {
    loses(ExitStatus.killed(9));
    assertEquals(137, dismissed());
  }

  @Test
  void aFailureWithoutAnExitStatusIsOne() {
    loses(null);
    assertEquals(1, dismissed());
  }

  @Test
  void othersMayFail() {
    of(service("app"), service("db"));
    start("app");
    comesUp("app");
    failsWith("app", ExitStatus.exited(3));
    assertFalse(conductor.ending());
  }

  @Test
  void whatWaitsForATypeInVainHoldsUpNobodyWhoOnlyGoesAfterIt() {
    of(service("a", "after b"), service("b", "requires c"), service("c"));
    start("b", "a");
    assertEquals(List.of("start c"), orders());
    says("c", ServiceState.NO_TYPE, true, "");
    conductor.ordered("c", "", out);
    assertEquals(List.of("start a"), orders());
  }

  /** One service after another is looked at, and never all the paths between them. */
  @Test
  void aDeepGraphIsNotWalkedPathByPath() {
    List<Declaration> all = new ArrayList<>();
    for (int layer = 0; layer < 60; layer++)
      for (String side : List.of("a", "b", "c")) all.add(layered(side + layer, layer));
    of(all.toArray(Declaration[]::new));
    start("a59");
    for (int layer = 0; layer < 59; layer++)
      for (String side : List.of("a", "b", "c")) comesUp(side + layer);
    comesUp("a59");
    assertTrue(conductor.settled());
  }

  private static Declaration layered(String name, int layer) {
    int below = layer - 1;
    return layer == 0
        ? service(name)
        : service(name, "requires a%1$d b%1$d c%1$d".formatted(below));
  }
}
