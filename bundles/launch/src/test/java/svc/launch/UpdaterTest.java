package svc.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;
import svc.launch.logic.Action;
import svc.launch.logic.Outcome;
import svc.launch.logic.Plan;
import svc.launch.logic.Step;

@Timeout(120)
class UpdaterTest {

  /** Long enough for a machine that is busy, short enough for the tests that reach it. */
  private static final long DEADLINE = TimeUnit.SECONDS.toNanos(3);

  private static final String RUNNABLE =
      "<service><provide interface=\"java.lang.Runnable\"/></service>";

  @TempDir Path directory;
  private RunningFelix felix;
  private Updater updater;
  private final List<String> kept = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    felix = new RunningFelix(directory.resolve("cache"));
    updater =
        new Updater(
            felix.context(),
            (old, name, version, jar) -> {
              kept.add(name + " " + version);
              return "";
            },
            DEADLINE);
  }

  @AfterEach
  void stop() throws Exception {
    felix.close();
  }

  private static BundleMaker component(String version, String methods) {
    return new BundleMaker("a", version).component("Worker", false, RUNNABLE, methods);
  }

  private Outcome update(BundleMaker maker) {
    Plan plan = updater.plan(maker.in(directory));
    assertTrue(plan.possible(), plan::toString);
    return updater.apply(plan);
  }

  /** What is installed of a name, as VERSION STATE. */
  private List<String> there(String name) {
    return Arrays.stream(felix.context().getBundles())
        .filter(each -> name.equals(each.getSymbolicName()))
        .map(each -> each.getVersion() + (each.getState() == Bundle.ACTIVE ? " active" : " not"))
        .toList();
  }

  private void assertUndone(Outcome outcome, Step step, String reason) {
    assertEquals(step, outcome.step(), outcome::toString);
    assertTrue(outcome.reason().contains(reason), outcome::toString);
    assertEquals(List.of("1.0.0 active"), there("a"));
    assertEquals(List.of(), kept);
    assertEquals("", outcome.previous());
    assertEquals(1, copies().size(), "only the directory itself");
  }

  private List<Path> copies() {
    try (Stream<Path> files = Files.walk(felix.context().getDataFile("updates").toPath())) {
      return files.toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  // It succeeds

  @Test
  void aComponentIsReplacedSideBySideAndNobodyElseMoves() throws Exception {
    felix.install(component("1.0.0", "").in(directory));
    Bundle other = felix.install(new BundleMaker("other", "1.0.0").quiet().in(directory));
    List<String> events = record();
    Plan plan = updater.plan(component("1.0.1", "").in(directory));
    assertEquals(
        new Plan(
            directory.resolve("a-1.0.1.jar").toString(),
            "a",
            "1.0.0",
            "1.0.1",
            plan.old(),
            Action.BESIDE,
            List.of(),
            List.of(),
            ""),
        plan);
    events.clear();
    Outcome outcome = updater.apply(plan);
    assertTrue(outcome.ok(), outcome::toString);
    assertEquals(plan.refreshed(), outcome.refreshed());
    assertEquals(List.of("1.0.1 active"), there("a"));
    assertEquals(List.of("a 1.0.1"), kept);
    assertEquals(List.of(), outcome.notes());
    assertEquals(Bundle.ACTIVE, other.getState());
    assertEquals(List.of(), events.stream().filter(each -> !each.startsWith("a ")).toList());
    // and back, from what was kept of the old one
    Outcome back = updater.apply(updater.plan(Path.of(outcome.previous())));
    assertTrue(back.ok(), back::toString);
    assertEquals(List.of("1.0.0 active"), there("a"));
  }

  private List<String> record() {
    List<String> events = new ArrayList<>();
    SynchronousBundleListener listener =
        event -> {
          String name = event.getBundle().getSymbolicName();
          if (event.getType() != BundleEvent.RESOLVED) events.add(name + " " + event.getType());
        };
    felix.context().addBundleListener(listener);
    return events;
  }

  @Test
  void theSameVersionIsReplacedToo() throws Exception {
    Bundle old = felix.install(component("1.0.0", "").in(directory));
    Path again =
        component("1.0.0", "public String toString() { return \"new\"; }")
            .in(Files.createDirectory(directory.resolve("again")));
    Outcome outcome = updater.apply(updater.plan(again));
    assertTrue(outcome.ok(), outcome::toString);
    assertEquals(List.of("1.0.0 active"), there("a"));
    assertEquals(Bundle.UNINSTALLED, old.getState());
  }

  @Test
  void aServiceIsThereAtEveryMoment() throws Exception {
    felix.install(component("1.0.0", "").in(directory));
    List<Integer> counts = new ArrayList<>();
    felix.context().addServiceListener(event -> counts.add(services()), "(component.name=Worker)");
    assertTrue(update(component("1.0.1", "")).ok());
    // on probation, off again, for good, and the old one's that leaves
    assertEquals(List.of(2, 1, 2, 1), counts);
    assertEquals(1, services());
  }

  private int services() {
    try {
      return felix.context().getServiceReferences(Runnable.class, "(component.name=Worker)").size();
    } catch (org.osgi.framework.InvalidSyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aHolderOfItsServiceIsNamedInThePlan() throws Exception {
    felix.install(component("1.0.0", "").in(directory));
    Bundle holder = felix.install(holder("static").in(directory));
    Plan plan = updater.plan(component("1.0.1", "").in(directory));
    assertEquals(List.of("Holder"), plan.restarted());
    assertEquals(List.of(), plan.refreshed());
    assertTrue(updater.apply(plan).ok());
    assertEquals(Bundle.ACTIVE, holder.getState());
    assertEquals(List.of("1.0.1 active"), there("a"));
  }

  private static BundleMaker holder(String policy) {
    return new BundleMaker("holder", "1.0.0")
        .component(
            "Holder",
            true,
            "<reference name=\"worker\" interface=\"java.lang.Runnable\" bind=\"bind\" policy=\""
                + policy
                + "\" target=\"(component.name=Worker)\"/>",
            "public void bind(Runnable worker) {}");
  }

  // It is undone

  @Test
  void oneThatDoesNotResolveIsNotEvenPlanned() throws Exception {
    felix.install(component("1.0.0", "").in(directory));
    Plan plan =
        updater.plan(component("1.0.1", "").imports("no.such;version=\"[2,3)\"").in(directory));
    assertEquals(Action.REFUSED, plan.action());
    assertEquals("it needs package no.such [2.0.0,3.0.0), which is not here", plan.reason());
    assertUndone(updater.apply(plan), Step.PLAN, "no.such");
  }

  @Test
  void whatResolvedWhenPlannedMayNotResolveWhenApplied() throws Exception {
    felix.install(component("1.0.0", "").in(directory));
    Bundle offers = felix.install(contract("1.0.0", "1.0.0").in(directory));
    Plan plan =
        updater.plan(component("1.0.1", "").imports("contract;version=\"[1,2)\"").in(directory));
    assertTrue(plan.possible(), plan::toString);
    offers.uninstall();
    assertUndone(updater.apply(plan), Step.RESOLVE, "package contract [1.0.0,2.0.0)");
  }

  @Test
  void oneWhoseActivatorThrowsIsUndone() throws Exception {
    felix.install(new BundleMaker("a", "1.0.0").quiet().in(directory));
    String throwing =
        "public void start(BundleContext c) { throw new IllegalStateException(\"no such luck\"); }"
            + "public void stop(BundleContext c) {}";
    assertUndone(
        update(new BundleMaker("a", "1.0.1").activator(throwing)), Step.PROBATION, "no such luck");
  }

  @Test
  void oneWhoseComponentThrowsIsUndone() throws Exception {
    felix.install(component("1.0.0", "").in(directory));
    String throwing =
        "public void activate() { throw new IllegalStateException(\"no such luck\"); }";
    Outcome outcome =
        update(new BundleMaker("a", "1.0.1").component("Worker", true, RUNNABLE, throwing));
    assertUndone(outcome, Step.PROBATION, "no such luck");
  }

  @Test
  void oneWhoseComponentThrowsWhenItIsFirstAskedForIsUndone() throws Exception {
    felix.install(component("1.0.0", "").in(directory));
    String throwing =
        "public void activate() { throw new IllegalStateException(\"no such luck\"); }";
    Outcome outcome = update(component("1.0.1", throwing));
    assertUndone(outcome, Step.PROBATION, "no such luck");
    assertEquals(1, services());
  }

  @Test
  void oneThatLacksWhatTheOldOneHadIsUndone() throws Exception {
    felix.install(component("1.0.0", "").in(directory));
    String reference =
        RUNNABLE + "<reference name=\"clock\" interface=\"java.time.Clock\" bind=\"bind\"/>";
    Outcome outcome =
        update(
            new BundleMaker("a", "1.0.1")
                .component(
                    "Worker", false, reference, "public void bind(java.time.Clock clock) {}"));
    assertUndone(outcome, Step.PROBATION, "component Worker lacks clock");
  }

  @Test
  void oneThatHangsInItsActivatorIsUndone() throws Exception {
    felix.install(new BundleMaker("a", "1.0.0").quiet().in(directory));
    String hanging =
        "public void start(BundleContext c) throws Exception { new Object() {"
            + " synchronized void hang() throws Exception { wait(); } }.hang(); }"
            + "public void stop(BundleContext c) {}";
    Outcome outcome = update(new BundleMaker("a", "1.0.1").activator(hanging));
    assertUndone(outcome, Step.PROBATION, "waiting in a.Activator");
    assertEquals(List.of(), outcome.notes());
  }

  @Test
  void oneThatHangsInItsComponentIsUndone() throws Exception {
    felix.install(component("1.0.0", "").in(directory));
    String hanging = "public synchronized void activate() throws Exception { wait(); }";
    Outcome outcome =
        update(new BundleMaker("a", "1.0.1").component("Worker", true, RUNNABLE, hanging));
    assertUndone(outcome, Step.PROBATION, "waiting in a.Worker.activate");
  }

  @Test
  void oneThatLeavesAThreadIsUndoneAndTheThreadNamed() throws Exception {
    felix.install(new BundleMaker("a", "1.0.0").quiet().in(directory));
    String leaking =
        "static volatile boolean end;"
            + "public void start(BundleContext c) { Thread t = new Thread(() -> {"
            + " while (!Boolean.getBoolean(\"svc.test.end\")) try { Thread.sleep(20); }"
            + " catch (InterruptedException e) {} }, \"a.leak\"); t.setDaemon(true); t.start(); }"
            + "public void stop(BundleContext c) {}";
    try {
      Outcome outcome = update(new BundleMaker("a", "1.0.1").activator(leaking));
      assertUndone(outcome, Step.PROBATION, "it does not end its threads [a.leak]");
      assertEquals(List.of("it has not ended its threads [a.leak]"), outcome.notes());
    } finally {
      System.setProperty("svc.test.end", "true");
    }
  }

  @Test
  void oneThatLeavesAPoolIsUndoneToo() throws Exception {
    felix.install(new BundleMaker("a", "1.0.0").quiet().in(directory));
    String leaking =
        "public void start(BundleContext c) { var pool ="
            + " java.util.concurrent.Executors.newFixedThreadPool(1);"
            + " pool.execute(() -> {}); }"
            + "public void stop(BundleContext c) {}";
    Outcome outcome = update(new BundleMaker("a", "1.0.1").activator(leaking));
    assertUndone(outcome, Step.PROBATION, "it does not end its threads [pool-");
    for (Thread thread : LeftThreads.alive()) {
      if (thread.getName().startsWith("pool-")) thread.interrupt();
    }
  }

  @Test
  void oneThatFailsItsSelfCheckIsUndone() throws Exception {
    felix.install(new BundleMaker("a", "1.0.0").quiet().in(directory));
    assertUndone(
        update(new BundleMaker("a", "1.0.1").activator(selfCheck("\"I cannot see\""))),
        Step.PROBATION,
        "its self-check: I cannot see");
    assertUndone(
        update(new BundleMaker("a", "1.0.1").activator(selfCheck("null + \"\".substring(9)"))),
        Step.PROBATION,
        "self-check");
    assertTrue(update(new BundleMaker("a", "1.0.1").activator(selfCheck("\"\""))).ok());
  }

  private static String selfCheck(String expression) {
    return "public void start(BundleContext c) { Supplier<String> check = () -> "
        + expression
        + "; c.registerService(Supplier.class, check,"
        + " new Hashtable<>(Map.of(\"svc.self-check\", true))); }"
        + "public void stop(BundleContext c) {}";
  }

  @Test
  void oneThatBreaksAnotherIsUndone() throws Exception {
    felix.install(component("1.0.0", "").in(directory));
    Bundle holder = felix.install(holder("dynamic").in(directory));
    // without the service that the holder cannot do without
    Outcome outcome = update(new BundleMaker("a", "1.0.1").component("Other", true, "", ""));
    assertUndone(outcome, Step.CHECK_AGAIN, "component Holder lacks worker");
    assertEquals(Bundle.ACTIVE, holder.getState());
    assertEquals(1, services());
  }

  @Test
  void oneThatStopsAnotherIsUndone() throws Exception {
    felix.install(new BundleMaker("a", "1.0.0").quiet().in(directory));
    felix.install(new BundleMaker("other", "1.0.0").quiet().in(directory));
    String stopping =
        "public void start(BundleContext c) throws Exception { for (Bundle b : c.getBundles())"
            + " if (\"other\".equals(b.getSymbolicName())) b.stop(); }"
            + "public void stop(BundleContext c) {}";
    Outcome outcome = update(new BundleMaker("a", "1.0.1").activator(stopping));
    assertUndone(outcome, Step.PROBATION, "other is not active any more");
    assertEquals(List.of("1.0.0 active"), there("other"));
  }

  @Test
  void anOldOneThatDoesNotStopStays() throws Exception {
    String staying =
        "public void start(BundleContext c) {}"
            + "public void stop(BundleContext c) throws Exception {"
            + " if (!Boolean.getBoolean(\"svc.test.go\")) new Object() {"
            + " synchronized void hang() throws Exception { wait(); } }.hang(); }";
    felix.install(new BundleMaker("a", "1.0.0").activator(staying).in(directory));
    Outcome outcome = update(new BundleMaker("a", "1.0.1").quiet());
    System.setProperty("svc.test.go", "true");
    assertUndone(outcome, Step.STOP_OLD, "waiting in a.Activator");
  }

  // Contracts

  private static BundleMaker contract(String version, String packageVersion) {
    return new BundleMaker("contract", version)
        .header("Export-Package", "contract;version=\"" + packageVersion + "\"")
        .source(
            "contract.Word",
            "public class %C { public static String said() { return \"" + version + "\"; } }");
  }

  private BundleMaker user(String name, String more) {
    return new BundleMaker(name, "1.0.0")
        .imports("contract;version=\"[1,2)\"")
        .against(contract("1.0.0", "1.0.0").in(directory))
        .activator(
            "public void start(BundleContext c) { "
                + more
                + " System.setProperty(\"svc.test."
                + name
                + "\", contract.Word.said()); }"
                + "public void stop(BundleContext c) {}");
  }

  @Test
  void aContractIsRefreshedWithAllThatUseIt() throws Exception {
    felix.install(contract("1.0.0", "1.0.0").in(directory));
    felix.install(user("one", "").in(directory));
    felix.install(user("two", "").in(directory));
    felix.install(new BundleMaker("other", "1.0.0").quiet().in(directory));
    Plan plan = updater.plan(contract("1.1.0", "1.1.0").in(directory));
    assertEquals(Action.REFRESH, plan.action(), plan::toString);
    assertEquals(List.of("one", "two"), plan.refreshed());
    List<String> events = record();
    Outcome outcome = updater.apply(plan);
    assertTrue(outcome.ok(), outcome::toString);
    assertEquals(plan.refreshed(), outcome.refreshed());
    assertTrue(events.stream().noneMatch(each -> each.startsWith("other")), events::toString);
    assertEquals(List.of("1.1.0 active"), there("contract"));
    assertEquals("1.1.0", System.getProperty("svc.test.one"));
    assertEquals("1.1.0", System.getProperty("svc.test.two"));
    Outcome back = updater.apply(updater.plan(Path.of(outcome.previous())));
    assertTrue(back.ok(), back::toString);
    assertEquals("1.0.0", System.getProperty("svc.test.one"));
  }

  @Test
  void aContractThatItsUsersCannotUseIsNotEvenPlanned() throws Exception {
    felix.install(contract("1.0.0", "1.0.0").in(directory));
    felix.install(user("one", "").in(directory));
    Plan plan = updater.plan(contract("2.0.0", "2.0.0").in(directory));
    assertEquals(Action.REFUSED, plan.action());
    assertEquals("one needs package contract [1.0.0,2.0.0)", plan.reason());
    assertEquals(List.of("1.0.0 active"), there("contract"));
  }

  @Test
  void aContractWithWhichAUserDoesNotStartIsPutBack() throws Exception {
    felix.install(contract("1.0.0", "1.0.0").in(directory));
    felix.install(user("one", "").in(directory));
    felix.install(
        user(
                "two",
                "if (contract.Word.said().equals(\"1.1.0\"))"
                    + " throw new IllegalStateException(\"I do not like it\");")
            .in(directory));
    Outcome outcome = updater.apply(updater.plan(contract("1.1.0", "1.1.0").in(directory)));
    assertEquals(Step.REFRESH, outcome.step(), outcome::toString);
    assertTrue(outcome.reason().contains("I do not like it"), outcome::toString);
    assertEquals(List.of(), outcome.notes());
    assertEquals(List.of("1.0.0 active"), there("contract"));
    assertEquals(List.of("1.0.0 active"), there("one"));
    assertEquals(List.of("1.0.0 active"), there("two"));
    assertEquals("1.0.0", System.getProperty("svc.test.one"));
  }

  // Nothing to do here

  @Test
  void whatIsNotHereOrNoBundleIsSaidSo() throws Exception {
    Plan absent = updater.plan(component("1.0.1", "").in(directory));
    assertEquals(Action.ABSENT, absent.action());
    Path text = Files.writeString(directory.resolve("text.jar"), "nothing like it");
    assertEquals(Action.REFUSED, updater.plan(text).action());
    Plan missing = updater.plan(directory.resolve("missing.jar"));
    assertTrue(missing.reason().endsWith("missing.jar: no such file"), missing::reason);
    assertEquals(Step.PLAN, updater.apply(missing).step());
  }

  @Test
  void oneIsAddedAndRemoved() throws Exception {
    Outcome added = updater.add(component("1.0.0", "").in(directory));
    assertTrue(added.ok(), added::toString);
    assertEquals(1, services());
    assertEquals(List.of("1.0.0 active"), there("a"));
    assertTrue(updater.remove(updater.installed("a")).ok());
    assertNull(updater.installed("a"));
    assertEquals(List.of(), kept);
    assertEquals(1, copies().size());
  }

  // Again and again

  @Test
  void fiftySwapsLeaveNothingBehind() throws Exception {
    felix.context().registerService(Callable.class, () -> "what it uses stays", null);
    felix.install(user("1.0.0").in(directory));
    Path jar = user("1.0.1").in(directory);
    swap(jar, 5);
    int threads = Thread.activeCount();
    long descriptors = descriptors();
    int bundles = felix.context().getBundles().length;
    List<WeakReference<Object>> gone = swap(jar, 50);
    assertEquals(bundles, felix.context().getBundles().length);
    assertTrue(Thread.activeCount() <= threads, () -> LeftThreads.alive().toString());
    long after = descriptors();
    assertTrue(after <= descriptors + 1, descriptors + " descriptors, then " + after);
    assertCollected(gone.subList(0, gone.size() - 2));
  }

  private static BundleMaker user(String version) {
    String reference = "<reference interface=\"java.util.concurrent.Callable\" bind=\"bind\"/>";
    String bind = "void bind(java.util.concurrent.Callable<?> used) {}";
    return new BundleMaker("a", version).component("Worker", true, RUNNABLE + reference, bind);
  }

  /** The class loaders and the bundles that were there, in turn. */
  private List<WeakReference<Object>> swap(Path jar, int times) throws IOException {
    List<WeakReference<Object>> there = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      Outcome outcome = updater.apply(updater.plan(jar));
      assertTrue(outcome.ok(), outcome::toString);
      Files.delete(Path.of(outcome.previous()));
      Bundle bundle = updater.installed("a");
      assertNotNull(bundle);
      there.add(new WeakReference<>(Names.loader(bundle)));
      there.add(new WeakReference<>(bundle));
    }
    return there;
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  private static void assertCollected(List<WeakReference<Object>> gone)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    long left;
    do {
      System.gc();
      left = gone.stream().filter(each -> each.get() != null).count();
    } while (left > 0 && System.nanoTime() < end);
    assertEquals(0, left, "class loaders and bundles are kept");
  }
}
