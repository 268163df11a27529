package svc.launch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.SynchronousBundleListener;
import svc.launch.logic.Action;
import svc.launch.logic.Health;
import svc.launch.logic.Outcome;
import svc.launch.logic.Plan;
import svc.launch.logic.Step;

/** One update on its way. Used once, by one thread. */
final class Replacement {

  /** How often is looked whether a bundle that has been started is well. */
  private static final long LOOK_MILLIS = 10;

  private final Updater updater;
  private final Plan plan;
  private final Bundle old;
  private final Examination examination;
  private final List<String> notes = new ArrayList<>();
  private final Set<Thread> threadsBefore = LeftThreads.alive();
  private final Set<Long> moved = Collections.synchronizedSet(new HashSet<>());
  private Health before;

  /** The contract's content is the new one's, or may be. */
  private boolean exchanged;

  /**
   * @param old null when a bundle is added
   */
  Replacement(Updater updater, Plan plan, Bundle old) {
    this.updater = updater;
    this.plan = plan;
    this.old = old;
    this.examination = updater.examination();
  }

  Outcome apply() throws IOException {
    SynchronousBundleListener listener =
        event -> {
          if (event.getType() == BundleEvent.STARTED) moved.add(event.getBundle().getBundleId());
        };
    updater.system().addBundleListener(listener);
    try {
      return plan.action() == Action.REFRESH ? refresh() : beside();
    } finally {
      updater.system().removeBundleListener(listener);
    }
  }

  // Side by side

  private Outcome beside() throws IOException {
    Path previous = null;
    Path copy = updater.copy(Path.of(plan.jar()));
    Bundle fresh = null;
    try {
      before = examination.now(Step.INSTALL);
      previous = old == null ? null : previous();
      fresh = updater.install(copy);
      prove(fresh);
      if (old != null) leave(fresh);
    } catch (BundleException | IOException | RuntimeException e) {
      return undone(fresh, copy, previous, new Rejected(Step.INSTALL, Rejected.text(e)));
    } catch (Rejected e) {
      return undone(fresh, copy, previous, e);
    }
    if (old != null) farewell();
    return done(copy, previous);
  }

  private Path previous() throws IOException {
    Path file = updater.fresh();
    Contents.write(old, file);
    return file;
  }

  private void prove(Bundle fresh) throws Rejected {
    String problem = updater.resolution().problem(fresh);
    if (!problem.isEmpty()) throw new Rejected(Step.RESOLVE, problem);
    start(Step.PROBATION, fresh);
    awaitWell(Step.PROBATION, fresh);
    stop(Step.PROBATION, fresh);
    List<String> left = LeftThreads.of(fresh, old, threadsBefore).await();
    if (!left.isEmpty()) throw new Rejected(Step.PROBATION, "it does not end its threads " + left);
    start(Step.START, fresh);
    awaitWell(Step.CHECK, fresh);
  }

  private void leave(Bundle fresh) throws Rejected {
    stop(Step.STOP_OLD, old);
    awaitWell(Step.CHECK_AGAIN, fresh);
  }

  private void farewell() {
    List<String> left = LeftThreads.ofOld(old, threadsBefore).await();
    if (!left.isEmpty()) notes.add("the old one has not ended its threads " + left);
    uninstall(old);
  }

  private Outcome done(Path jar, Path previous) {
    String kept = old == null ? "" : keep(jar);
    if (!kept.isEmpty()) notes.add(kept);
    String back = previous == null ? "" : previous.toString();
    return new Outcome(Step.DONE, "", restarted(), notes, back);
  }

  private String keep(Path jar) {
    try {
      return updater.keeper().keep(old.getLocation(), plan.bundle(), plan.to(), jar);
    } catch (IOException e) {
      return "the next start has the old one again: " + e;
    }
  }

  private List<String> restarted() {
    Set<String> names = new TreeSet<>();
    for (Bundle bundle : updater.system().getBundles()) {
      boolean other = !bundle.equals(old) && !plan.bundle().equals(bundle.getSymbolicName());
      if (other && moved.contains(bundle.getBundleId())) names.add(Names.of(bundle));
    }
    return List.copyOf(names);
  }

  /** The old one works again before the new one goes. */
  private Outcome undone(Bundle fresh, Path copy, Path previous, Rejected why) throws IOException {
    if (old != null && old.getState() != Bundle.ACTIVE) tryTo(() -> start(Step.START, old));
    if (fresh != null) {
      tryTo(() -> stop(Step.PROBATION, fresh));
      List<String> left = LeftThreads.of(fresh, old, threadsBefore).await();
      if (!left.isEmpty()) notes.add("it has not ended its threads " + left);
      uninstall(fresh);
    }
    if (before != null) mend();
    Files.deleteIfExists(copy);
    if (previous != null) Files.deleteIfExists(previous);
    return new Outcome(why.step(), why.getMessage(), restarted(), notes, "");
  }

  /** What was active is active again, whatever the new one has done. */
  private void mend() {
    for (long id : before.active().keySet()) {
      Bundle bundle = updater.system().getBundle(id);
      if (bundle != null) tryTo(() -> start(Step.START, bundle));
    }
    tryTo(() -> awaitUnharmed(Step.DONE));
  }

  private interface Attempt {
    void run() throws Rejected;
  }

  private void tryTo(Attempt attempt) {
    try {
      attempt.run();
    } catch (Rejected e) {
      notes.add("after going back: " + e.getMessage());
    }
  }

  private void uninstall(Bundle bundle) {
    try {
      bounded(Step.DONE, "uninstalling it", bundle, bundle::uninstall);
      updater.discard(bundle);
      release(bundle);
      UseCounts.forget(updater.system().getBundle(), bundle);
    } catch (Rejected e) {
      notes.add(Names.of(bundle) + " " + bundle.getVersion() + " stays: " + e.getMessage());
    }
  }

  /** Nobody is wired to it, so this moves nobody; its class loader and its file are let go. */
  private void release(Bundle bundle) throws Rejected {
    if (updater.resolution().dependents(bundle).isEmpty()) wireAnew(Step.DONE, bundle);
  }

  // Contracts

  private Outcome refresh() throws IOException {
    Path copy = updater.copy(Path.of(plan.jar()));
    Path previous = previous();
    List<Bundle> users = users();
    try {
      before = examination.now(Step.REFRESH);
      exchange(users, copy);
      awaitUnharmed(Step.CHECK);
    } catch (RuntimeException e) {
      return back(users, copy, previous, new Rejected(Step.REFRESH, Rejected.text(e)));
    } catch (Rejected e) {
      return back(users, copy, previous, e);
    }
    Outcome outcome = done(copy, previous);
    Files.deleteIfExists(copy);
    return outcome;
  }

  /** Those that are active and use it, in the order in which they were installed. */
  private List<Bundle> users() {
    List<Bundle> users = new ArrayList<>(updater.resolution().dependents(old));
    users.removeIf(bundle -> bundle.getState() != Bundle.ACTIVE);
    users.sort(Comparator.comparingLong(Bundle::getBundleId));
    return users;
  }

  /**
   * We stop and start ourselves what a refresh would: it does so in a thread of the framework's, in
   * which a bundle that hangs would keep it from ever refreshing again.
   */
  private void exchange(List<Bundle> users, Path jar) throws Rejected {
    for (int i = users.size() - 1; i >= 0; i--) stop(Step.REFRESH, users.get(i));
    exchanged = true;
    bounded(Step.REFRESH, "updating " + plan.bundle(), null, () -> put(jar));
    wireAnew(Step.REFRESH, old);
    if (old.getState() != Bundle.ACTIVE) start(Step.REFRESH, old);
    for (Bundle user : users) start(Step.REFRESH, user);
  }

  private void put(Path jar) throws IOException, BundleException {
    try (InputStream bytes = Files.newInputStream(jar)) {
      old.update(bytes);
    }
  }

  private void wireAnew(Step step, Bundle bundle) throws Rejected {
    CountDownLatch refreshed = new CountDownLatch(1);
    updater
        .resolution()
        .wiring()
        .refreshBundles(
            Set.of(bundle),
            event -> {
              if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) refreshed.countDown();
            });
    try {
      if (!refreshed.await(updater.deadline(), TimeUnit.NANOSECONDS))
        throw new Rejected(step, "the framework does not refresh");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Rejected(step, "interrupted");
    }
  }

  private Outcome back(List<Bundle> users, Path copy, Path previous, Rejected why)
      throws IOException {
    for (int i = users.size() - 1; i >= 0; i--) {
      Bundle user = users.get(i);
      tryTo(() -> stop(Step.REFRESH, user));
    }
    if (exchanged) {
      tryTo(() -> bounded(Step.REFRESH, "putting the old one back", null, () -> put(previous)));
      tryTo(() -> wireAnew(Step.REFRESH, old));
    }
    if (old.getState() != Bundle.ACTIVE) tryTo(() -> start(Step.REFRESH, old));
    for (Bundle user : users) tryTo(() -> start(Step.REFRESH, user));
    tryTo(() -> awaitUnharmed(Step.REFRESH));
    Files.deleteIfExists(copy);
    Files.deleteIfExists(previous);
    return new Outcome(why.step(), why.getMessage(), restarted(), notes, "");
  }

  // Adding has no old one; removing has no new one

  static Outcome remove(Updater updater, Bundle bundle) {
    Plan plan = Plan.not(Action.BESIDE, "", Names.of(bundle), "", "", "");
    Replacement removal = new Replacement(updater, plan, bundle);
    removal.tryTo(() -> removal.stop(Step.STOP_OLD, bundle));
    removal.farewell();
    boolean gone = bundle.getState() == Bundle.UNINSTALLED;
    String reason = gone ? "" : String.join("; ", removal.notes);
    return new Outcome(
        gone ? Step.DONE : Step.STOP_OLD, reason, List.of(), gone ? removal.notes : List.of(), "");
  }

  // What a bundle does, and how it is

  private interface Work {
    void run() throws IOException, BundleException;
  }

  private void bounded(Step step, String what, Bundle bundle, Work work) throws Rejected {
    ClassLoader loader = bundle == null ? Names.class.getClassLoader() : Names.loader(bundle);
    Bounded.call(
        step,
        updater.deadline(),
        what,
        loader,
        () -> {
          work.run();
          return null;
        });
  }

  private void start(Step step, Bundle bundle) throws Rejected {
    if (bundle.getState() == Bundle.ACTIVE) return;
    bounded(step, "starting " + named(bundle), bundle, bundle::start);
  }

  private void stop(Step step, Bundle bundle) throws Rejected {
    bounded(step, "stopping " + named(bundle), bundle, bundle::stop);
  }

  private static String named(Bundle bundle) {
    return Names.of(bundle) + " " + bundle.getVersion();
  }

  /** Components become active soon, and a self-check may have to wait for a turn of the loop. */
  private void awaitWell(Step step, Bundle fresh) throws Rejected {
    String withheld = examination.touch(step, fresh);
    long end = System.nanoTime() + updater.deadline();
    Health now = examination.now(step);
    String problem = problem(now, fresh);
    while (!problem.isEmpty() && passing(now, fresh) && System.nanoTime() < end) {
      pause(step);
      now = examination.now(step);
      problem = problem(now, fresh);
    }
    if (problem.isEmpty()) problem = withheld; // why, if components know it, tells more
    if (!problem.isEmpty()) throw new Rejected(step, problem);
  }

  private String problem(Health now, Bundle fresh) {
    long id = fresh.getBundleId();
    long replaced = old == null ? -1 : old.getBundleId();
    String own = now.problemOf(id, replaced, before);
    if (!own.isEmpty()) return own;
    List<String> pending = now.pendingOf(id);
    if (!pending.isEmpty()) return "its components " + pending + " do not become active";
    List<String> harm = now.harmSince(before, Set.of(id, replaced));
    return String.join("; ", harm);
  }

  /** A component that threw stays so; anything else may be on its way. */
  private static boolean passing(Health now, Bundle fresh) {
    return !now.hasFailed(fresh.getBundleId());
  }

  private void awaitUnharmed(Step step) throws Rejected {
    long end = System.nanoTime() + updater.deadline();
    List<String> harm = examination.now(step).harmSince(before, Set.of());
    while (!harm.isEmpty() && System.nanoTime() < end) {
      pause(step);
      harm = examination.now(step).harmSince(before, Set.of());
    }
    if (!harm.isEmpty()) throw new Rejected(step, String.join("; ", harm));
  }

  private static void pause(Step step) throws Rejected {
    try {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Rejected(step, "interrupted");
    }
  }
}
