package svc.testkit;

import java.util.Random;
import java.util.function.BiFunction;
import svc.simulation.Guest;
import svc.type.ServiceType;

/**
 * Has svc's manager and supervisors run services of a type in histories that seeds make: services
 * that need each other, clients, time, and faults of every kind, up to supervisors and managers
 * that die and types that leave and return. Rules look at every step: never two instances of a
 * service, nothing said that is not so, every exit counted once, what is wanted reached when the
 * faults cease, nothing left after a shutdown.
 *
 * <p>No process is run. What a service's processes do is chance's choice among what the type's
 * procedure expects: a child that runs, or ends; a start command that leaves a daemon behind and
 * writes its pid file, late or wrongly; commands that succeed, fail or hang.
 *
 * <pre>{@code
 * @Test
 * void survives() {
 *   Histories.of(new MyType(), (name, random) -> "[service]\ntype = my\nexec = x\n").run();
 * }
 * }</pre>
 */
public final class Histories {

  private static final int DEFAULT_SEEDS = 200;

  private final Guest guest;
  private long first;
  private int count = DEFAULT_SEEDS;

  private Histories(Guest guest) {
    this.guest = guest;
  }

  /**
   * Histories with services of a type.
   *
   * @param type is asked for its procedures, verdicts and problems; the commands are not run
   * @param declarations makes the text of a declaration file of a service's name and of chance,
   *     without the common keys {@code supervisor}, {@code start-timeout}, {@code stop-timeout} and
   *     those of {@code [depend]} and {@code [restart]}, which are added to it. Pid files have to
   *     differ between services
   * @return 200 histories
   */
  public static Histories of(ServiceType type, BiFunction<String, Random, String> declarations) {
    return new Histories(new Guest(Staged.of(type), declarations));
  }

  /**
   * Changes how many histories there are.
   *
   * @param count 200 if it is not changed; a history takes some milliseconds
   * @return this
   */
  public Histories seeds(int count) {
    this.count = count;
    return this;
  }

  /**
   * Has one history alone, to see one again that failed.
   *
   * @param seed as it was named
   * @return this
   */
  public Histories only(long seed) {
    first = seed;
    return seeds(1);
  }

  /**
   * Lives through them. What svc's roles write to standard error meanwhile is dropped.
   *
   * @throws AssertionError of the first that broke a rule, with its seed, its declarations and the
   *     last lines of what happened
   */
  public void run() {
    for (long seed = first; seed < first + count; seed++) guest.history(seed);
  }
}
