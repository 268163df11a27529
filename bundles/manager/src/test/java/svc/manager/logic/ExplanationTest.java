package svc.manager.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static svc.manager.logic.Declared.service;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import svc.os.ExitStatus;
import svc.service.Declaration;
import svc.service.ServiceState;
import svc.service.Status;

/** What {@code svc why} says, case by case. */
class ExplanationTest {

  private final List<Action> out = new ArrayList<>();
  private Conductor conductor;

  private void of(Declaration... declarations) {
    conductor = new Conductor(Declared.graph(declarations), declarations[0].name());
    conductor.supervisorReady("main", List.of(), out);
  }

  private void says(
      String service, ServiceState state, boolean wanted, ExitStatus exit, String reason) {
    conductor.statusChanged(
        new Status(service, "daemon", state, wanted, 0, 0, 0, exit, reason, false), out);
    conductor.ordered(service, "", out);
  }

  private void up(String... services) {
    for (String service : services) says(service, ServiceState.UP, true, null, "");
  }

  private void fails(String service, ExitStatus exit) {
    says(service, ServiceState.FAILED, false, exit, exit.toString());
  }

  private void start(String... services) {
    conductor.start(1, List.of(services), out);
  }

  private Explanation why(String service) {
    return conductor.why(service, type -> true);
  }

  /** The lines, indented, roots marked. */
  private List<String> causes(String service) {
    return why(service).causes().stream()
        .map(each -> "  ".repeat(each.depth()) + (each.root() ? "*" : "") + each.text())
        .toList();
  }

  private List<String> remedies(String service) {
    return why(service).remedies().stream().map(Remedy::text).toList();
  }

  @Test
  void whatIsUpSaysWhoWantedIt() {
    of(service("app", "requires web"), service("web", "wants db"), service("db"));
    start("app");
    up("db", "web", "app");
    assertEquals(
        List.of("db is up", "  wanted: somebody started app; app requires web; web wants db"),
        causes("db"));
    assertTrue(why("db").up());
    assertEquals(List.of(), remedies("db"));
  }

  @Test
  void theTargetIsWhoWantsWhatItBrings() {
    of(service("default", "requires db"), service("db"));
    conductor.begin(out);
    up("db");
    assertEquals("  wanted: the target is default; default requires db", causes("db").get(1));
  }

  @Test
  void whatWaitsNamesTheWholeChainToItsRoot() {
    of(service("app", "requires web"), service("web", "requires db"), service("db"));
    start("app");
    says("db", ServiceState.STARTING, true, null, "");
    assertEquals(
        List.of(
            "app is down, waiting for web",
            "  wanted: somebody started app",
            "  web is down, waiting for db",
            "    *db is starting"),
        causes("app"));
    assertEquals(List.of(), remedies("app"), "it comes up by itself");
  }

  @Test
  void whatFailedIsTheRootAndHasToBeMendedAndStarted() {
    of(service("app", "requires web"), service("web", "requires db"), service("db"));
    start("app");
    fails("db", ExitStatus.exited(1));
    assertEquals(
        List.of(
            "app is failed: requires web, which failed",
            "  web is failed: requires db, which failed",
            "    *db is failed: exit status 1"),
        causes("app"));
    assertEquals(List.of("mend db: exit status 1", "start app"), remedies("app"));
    assertEquals("svc start app", why("app").remedies().get(1).command());
    assertEquals("/etc/svc/db.ini", why("app").remedies().get(0).file());
  }

  @Test
  void whatWasKilledFromOutsideIsStartedAgain() {
    of(service("app", "requires db"), service("db"));
    start("app");
    fails("db", ExitStatus.killed(9));
    assertEquals(List.of("start app"), remedies("app"));
  }

  @Test
  void whatSupervisionKilledForBeingLateIsNot() {
    of(service("db"));
    start("db");
    says("db", ServiceState.FAILED, false, ExitStatus.killed(9), "not up within 60s");
    assertEquals(List.of("mend db: not up within 60s", "start db"), remedies("db"));
  }

  @Test
  void whatIsTriedAgainAllTheTimeHasOnlyToBeMended() {
    of(service("app", "requires db"), service("db"));
    start("app");
    says("db", ServiceState.BACKING_OFF, true, ExitStatus.exited(3), "exit status 3");
    assertEquals(List.of("mend db: exit status 3"), remedies("app"));
  }

  @Test
  void whatEndsByItselfDoesNotStayUp() {
    of(service("app", "requires db"), service("db"));
    start("app");
    up("db", "app");
    says("db", ServiceState.DOWN, false, ExitStatus.exited(0), "");
    says("app", ServiceState.DOWN, false, ExitStatus.killed(15), "");
    assertEquals(List.of("mend db: it ended by itself", "start app"), remedies("app"));
    assertEquals("app is failed: requires db, which ended", causes("app").get(0));
  }

  @Test
  void aTypeThatIsMissingIsInstalledAndTheRestFollows() {
    of(service("app", "requires scan"), service("scan", "type clam"));
    start("app");
    says("scan", ServiceState.NO_TYPE, true, null, "");
    assertEquals(
        List.of(
            "app is down, waiting for scan",
            "  wanted: somebody started app",
            "  *scan is no-type: type clam is not installed"),
        causes("app"));
    assertEquals(
        List.of("install the service type clam, a bundle, in the plugin directory"),
        remedies("app"));
  }

  @Test
  void aTypeIsMissedBeforeItsServiceIsTried() {
    of(service("app", "requires scan"), service("scan", "type clam"));
    assertEquals(
        List.of("clam", "app"),
        conductor.why("app", type -> type.equals("daemon")).remedies().stream()
            .map(Remedy::subject)
            .toList());
  }

  @Test
  void whoStoppedItIsTold() {
    of(service("app", "requires web"), service("web", "requires db"), service("db"));
    start("app");
    up("db", "web", "app");
    conductor.stop(2, List.of("db"), out);
    for (String each : List.of("app", "web", "db"))
      says(each, ServiceState.DOWN, false, ExitStatus.killed(15), "");
    assertEquals(
        List.of(
            "app is down", "  *not wanted: somebody stopped db; app requires web; web requires db"),
        causes("app"));
    assertEquals(List.of("start app"), remedies("app"));
  }

  @Test
  void whatNobodyAskedForIsJustStarted() {
    of(service("app"));
    assertEquals(List.of("app is down", "  *not wanted: nobody has asked for it"), causes("app"));
    assertEquals(List.of("start app"), remedies("app"));
  }

  @Test
  void aConflictStopsOneAndStartingItAgainStopsTheOther() {
    of(service("app", "requires a"), service("a", "conflicts b"), service("b"));
    start("app");
    up("a", "app");
    start("b");
    says("app", ServiceState.DOWN, false, null, "");
    says("a", ServiceState.DOWN, false, null, "");
    up("b");
    assertEquals(
        "  *not wanted: b was started, which conflicts with a; app requires a",
        causes("app").get(1));
    assertEquals(List.of("start app, which stops b"), remedies("app"));
  }

  @Test
  void aConflictOfWhatIsStartedTogetherHasToBeTakenOut() {
    of(service("app", "requires a b"), service("a"), service("b", "conflicts a"));
    Remedy first = why("app").remedies().get(0);
    assertEquals("remove the conflict between a and b: both are started with app", first.text());
    assertEquals("/etc/svc/b.ini:2", first.file() + ":" + first.line());
    assertEquals(List.of("separate", "start"), kinds("app"));
  }

  private List<String> kinds(String service) {
    return why(service).remedies().stream().map(each -> each.kind().text()).toList();
  }

  @Test
  void whatIsToGoDownWaitsForThoseThatNeedIt() {
    of(service("app", "requires db"), service("db"));
    start("app");
    up("db", "app");
    conductor.stop(2, List.of("db"), out);
    says("app", ServiceState.STOPPING, false, null, "");
    assertEquals(
        List.of(
            "db is up, waiting until these are down: app",
            "  not wanted: somebody stopped db",
            "  *app is stopping"),
        causes("db").stream().map(line -> line.replace("*not", "not")).toList());
  }

  @Test
  void duringAShutdownNothingHelps() {
    of(service("app"));
    conductor.shutdown(out);
    assertEquals(List.of(), remedies("app"));
    assertEquals("everything is being shut down", why("app").hopeless());
    assertEquals("  *not wanted: everything is being shut down", causes("app").get(1));
  }

  @Test
  void aServiceThatIsNeededTwiceIsExplainedOnce() {
    of(
        service("app", "requires a b"),
        service("a", "requires db"),
        service("b", "requires db"),
        service("db"));
    start("app");
    says("db", ServiceState.STARTING, true, null, "");
    assertEquals(1, causes("app").stream().filter(line -> line.contains("db is")).count());
  }

  @Test
  void whoWantedWhatIsKnownToTheNextManager() {
    of(service("app", "requires db"), service("db"));
    start("app");
    fails("db", ExitStatus.exited(1));
    Goals goals = conductor.goals();
    of(service("app", "requires db"), service("db"));
    conductor = new Conductor(Declared.graph(service("app", "requires db"), service("db")), "app");
    conductor.restore(goals);
    conductor.adopted(
        "main",
        List.of(
            new Status(
                "db",
                "daemon",
                ServiceState.FAILED,
                false,
                0,
                1,
                0,
                ExitStatus.exited(1),
                "exit status 1",
                false)));
    conductor.begin(out);
    assertEquals(List.of("mend db: exit status 1", "start app"), remedies("app"));
    for (Motive motive : goals.motives().values())
      assertEquals(motive, Motive.parse(motive.toString()));
    assertEquals(Motive.NOBODY, Motive.parse("nonsense db"));
  }
}
