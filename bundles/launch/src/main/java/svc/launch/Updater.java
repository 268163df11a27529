package svc.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import svc.launch.logic.Action;
import svc.launch.logic.Outcome;
import svc.launch.logic.Plan;
import svc.launch.logic.Step;

/**
 * Replaces, adds and removes bundles of a framework that runs. It stands outside of all bundles, so
 * it is there whatever is replaced.
 *
 * <p>A bundle whose packages nobody uses is replaced <em>side by side</em>: the new one is
 * installed, resolved, started on probation (which must leave no thread), started for good,
 * checked, and only then is the old one stopped, everything checked again, and the old one
 * uninstalled. One whose packages are in use is <em>refreshed</em>: those that use them stop, get
 * wired to the new packages, and start. Whatever fails is undone at once, and the outcome says at
 * which step and why.
 *
 * <p>A check finds: components that failed or lack what the old one's had, a self-check ({@link
 * Examination#SELF_CHECK}) that is not content, and harm to any other bundle. Whatever foreign code
 * does is waited for no longer than the deadline.
 *
 * <p>Any thread; one thing is done at a time.
 */
public final class Updater {

  private final BundleContext system;
  private final Resolution resolution;
  private final Components components;
  private final Keeper keeper;
  private final long deadline;
  private final Path copies;
  private final AtomicLong count = new AtomicLong();
  private final ReentrantLock turn = new ReentrantLock(true);

  /**
   * @param system the system bundle's; the framework has to allow several versions of a bundle
   *     ({@code org.osgi.framework.bsnversion=multiple})
   * @param deadline nanoseconds that any one call of a bundle's code may take
   */
  public Updater(BundleContext system, Keeper keeper, long deadline) throws IOException {
    this.system = system;
    this.keeper = keeper;
    this.deadline = deadline;
    this.resolution = new Resolution(system);
    this.components = new Components(system);
    this.copies = system.getDataFile("updates").toPath();
    Files.createDirectories(copies);
  }

  /** What {@link #apply} would do; nothing is changed by asking. */
  public Plan plan(Path jar) {
    turn.lock();
    try {
      return plan(Candidate.read(jar));
    } catch (IOException e) {
      return Plan.not(Action.REFUSED, jar.toString(), "", "", "", Rejected.text(e));
    } finally {
      turn.unlock();
    }
  }

  private Plan plan(Candidate candidate) throws IOException {
    Bundle old = installed(candidate.name());
    if (old == null) return not(candidate, null, Action.ABSENT, "it is not in this runtime");
    Set<Bundle> dependents = resolution.dependents(old);
    String natives = natives(old, dependents);
    if (!natives.isEmpty()) return not(candidate, old, Action.RUNTIME, natives);
    String problem = dryRun(candidate, old);
    if (!problem.isEmpty()) return not(candidate, old, Action.REFUSED, problem);
    return new Plan(
        candidate.jar().toString(),
        candidate.name(),
        old.getVersion().toString(),
        candidate.version().toString(),
        old.getBundleId(),
        dependents.isEmpty() ? Action.BESIDE : Action.REFRESH,
        dependents.stream().map(Names::of).sorted().toList(),
        dependents.isEmpty() ? components.holding(old).stream().sorted().toList() : List.of(),
        "");
  }

  private static Plan not(Candidate candidate, Bundle old, Action action, String reason) {
    String from = old == null ? "" : old.getVersion().toString();
    String to = candidate.version().toString();
    return Plan.not(action, candidate.jar().toString(), candidate.name(), from, to, reason);
  }

  /** A native library is loaded once in a process: its bundle cannot be there a second time. */
  private static String natives(Bundle old, Set<Bundle> dependents) {
    if (hasLibraries(old)) return "it has native libraries";
    for (Bundle bundle : dependents) {
      if (hasLibraries(bundle)) return Names.of(bundle) + " uses it and has native libraries";
    }
    return "";
  }

  private static boolean hasLibraries(Bundle bundle) {
    return bundle.findEntries("/", "*.so", true) != null;
  }

  /** Installs and resolves it, and takes it away again. */
  private String dryRun(Candidate candidate, Bundle old) throws IOException {
    Path copy = copy(candidate.jar());
    try {
      Bundle trial = install(copy);
      try {
        String problem = resolution.problem(trial);
        return problem.isEmpty() ? resolution.problemOfDependents(old, trial) : problem;
      } finally {
        trial.uninstall();
      }
    } catch (BundleException e) {
      return Rejected.text(e);
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  /** Does what was planned, or nothing. Takes several deadlines at worst. */
  public Outcome apply(Plan plan) {
    turn.lock();
    try {
      if (!plan.possible()) return Outcome.failed(Step.PLAN, plan.reason());
      Bundle old = system.getBundle(plan.old());
      if (old == null) return Outcome.failed(Step.PLAN, "it is not there any more: plan again");
      return new Replacement(this, plan, old).apply();
    } catch (IOException | RuntimeException e) {
      return Outcome.failed(Step.INSTALL, Rejected.text(e));
    } finally {
      turn.unlock();
    }
  }

  /**
   * Installs a bundle that is not there yet, with the same checks.
   *
   * @return the outcome; when it is well, {@link #installed} finds the bundle
   */
  public Outcome add(Path jar) {
    turn.lock();
    try {
      Candidate candidate = Candidate.read(jar);
      if (installed(candidate.name()) != null)
        return Outcome.failed(Step.PLAN, candidate.name() + " is there already");
      return new Replacement(this, adding(candidate), null).apply();
    } catch (IOException | RuntimeException e) {
      return Outcome.failed(Step.INSTALL, Rejected.text(e));
    } finally {
      turn.unlock();
    }
  }

  private static Plan adding(Candidate candidate) {
    return new Plan(
        candidate.jar().toString(),
        candidate.name(),
        "",
        candidate.version().toString(),
        -1,
        Action.BESIDE,
        List.of(),
        List.of(),
        "");
  }

  /** Stops and uninstalls a bundle. */
  public Outcome remove(Bundle bundle) {
    turn.lock();
    try {
      return Replacement.remove(this, bundle);
    } finally {
      turn.unlock();
    }
  }

  /** The newest bundle of this name, or null. */
  public Bundle installed(String name) {
    Bundle found = null;
    for (Bundle bundle : system.getBundles()) {
      if (name.equals(bundle.getSymbolicName())) found = bundle;
    }
    return found;
  }

  // For a replacement

  BundleContext system() {
    return system;
  }

  Resolution resolution() {
    return resolution;
  }

  Examination examination() {
    return new Examination(system, components, deadline);
  }

  Keeper keeper() {
    return keeper;
  }

  long deadline() {
    return deadline;
  }

  /** A copy that nobody else writes to: what was checked is what runs. */
  Path copy(Path jar) throws IOException {
    return Files.copy(jar, fresh());
  }

  /** A file of our own that is not there yet. */
  Path fresh() {
    return copies.resolve(count.incrementAndGet() + ".jar");
  }

  Bundle install(Path copy) throws BundleException {
    return system.installBundle("reference:" + copy.toUri());
  }

  /** Removes a file when it is one of ours. */
  void discard(Bundle bundle) {
    String location = bundle.getLocation();
    if (!location.startsWith("reference:file:")) return;
    Path file = Path.of(java.net.URI.create(location.substring("reference:".length())));
    try {
      if (file.startsWith(copies)) Files.deleteIfExists(file);
    } catch (IOException e) {
      System.err.println("svc: " + file + " stays: " + e.getMessage());
    }
  }
}
