package svc.simulation;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import svc.nv.NvList;

/**
 * What {@code svc why} tells an operator to do lets the service start, and no proper subset of it
 * does: at the end of histories of manager, supervisors and programs, in which clients ask for this
 * and that. (That each proper subset fails is checked in {@code
 * svc.manager.logic.ExplanationHistoriesTest}.) What nobody has tried cannot be known to be broken,
 * so a remedy may show the need of another; each has to tell something new.
 */
final class ExplanationTest {

  private static final int SEEDS =
      Integer.getInteger("svc.explained", Boolean.getBoolean("svc.quick") ? 3 : 30);

  @Test
  void whatIsNamedStartsItAndNothingLessDoes() {
    PrintStream err = System.err;
    System.setErr(new PrintStream(OutputStream.nullOutputStream()));
    int checked = 0;
    try {
      for (long seed = 0; seed < SEEDS; seed++) checked += check(seed, Faults.WISHES_ONLY, true);
      // where the world said no by chance it need not the next time, so less may be enough
      for (long seed = 0; seed < SEEDS / 3; seed++) checked += check(seed, Faults.SOME, false);
    } finally {
      System.setErr(err);
    }
    assertTrue(checked > SEEDS / 2, checked + " services were not up");
  }

  private static Simulation atRest(long seed, Faults faults) {
    Simulation simulation = new Simulation(seed, Sabotage.NONE, Optional.empty(), faults);
    simulation.rest();
    return simulation;
  }

  private static int check(long seed, Faults faults, boolean less) {
    int checked = 0;
    for (String service : atRest(seed, faults).services()) {
      Simulation simulation = atRest(seed, faults);
      if (simulation.isUp(service) || separates(simulation.why(service))) continue;
      checked++;
      List<NvList> applied = new ArrayList<>();
      Set<String> mended = new HashSet<>();
      while (!simulation.isUp(service)) {
        NvList why = simulation.why(service);
        List<NvList> remedies = why.lists("remedies");
        if (remedies.stream().anyMatch(each -> isKind(each, "meet")))
          break; // nobody does that here
        boolean fresh = applied.isEmpty() && !remedies.isEmpty();
        for (NvList each : remedies)
          if (isKind(each, "mend")) fresh |= mended.add(each.string("subject", ""));
        assertTrue(fresh, () -> "seed " + seed + ": " + service + ": " + why + "\n" + applied);
        if (less && !isByChance(remedies)) checkLess(seed, faults, service, applied, remedies);
        remedies.forEach(each -> apply(simulation, each));
        applied.addAll(remedies);
      }
    }
    return checked;
  }

  /** Another declaration is needed, and there is none in a history. */
  private static boolean separates(NvList why) {
    return why.lists("remedies").stream().anyMatch(each -> isKind(each, "separate"));
  }

  /** Whether a program says in time that it is ready differs from run to run. */
  private static boolean isByChance(List<NvList> remedies) {
    return remedies.stream().anyMatch(each -> each.string("text", "").contains("not up within"));
  }

  private static boolean isKind(NvList remedy, String kind) {
    return remedy.string("kind", "").equals(kind);
  }

  private static void apply(Simulation simulation, NvList remedy) {
    String subject = remedy.string("subject", "");
    switch (remedy.string("kind", "")) {
      case "mend" -> simulation.mend(subject);
      case "unpin" -> simulation.unpin(subject);
      case "start" -> simulation.start(subject);
      default -> throw new AssertionError(remedy);
    }
  }

  /** Doing more never hinders, so it is enough that each one is needed. */
  private static void checkLess(
      long seed, Faults faults, String service, List<NvList> before, List<NvList> remedies) {
    if (remedies.size() == 1) return; // nothing is what has just been done
    for (NvList left : remedies) {
      Simulation simulation = atRest(seed, faults);
      before.forEach(each -> apply(simulation, each));
      for (NvList each : remedies) if (each != left) apply(simulation, each);
      assertFalse(
          simulation.isUp(service),
          () -> "seed " + seed + ": " + service + " starts without " + left + "\n" + simulation);
    }
  }
}
