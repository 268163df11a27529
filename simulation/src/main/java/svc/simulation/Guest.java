package svc.simulation;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiFunction;
import svc.type.ServiceType;

/**
 * A service type that takes part in the histories beside svc's own: about half of the services are
 * of it. Its commands are words that {@link Programs} knows: {@code run}, {@code task 20 0}, {@code
 * fork PIDFILE}, {@code undo 20 0}.
 *
 * @param type in place of one of the same name
 * @param declarations makes a declaration of a service's name and of chance: all that the type
 *     needs, with its sections and {@code type =}. The common keys {@code supervisor}, {@code
 *     start-timeout}, {@code stop-timeout} and those of {@code [depend]} and {@code [restart]} are
 *     added to it
 */
public record Guest(ServiceType type, BiFunction<String, Random, String> declarations) {

  String declare(String service, Random random) {
    return declarations.apply(service, random).strip() + "\n";
  }

  /**
   * Lives through one history. What svc's roles say meanwhile on standard error is not heard.
   *
   * @return what has become of it, the same for the same seed
   * @throws AssertionError with the last lines of what happened, when a rule was broken
   */
  public String history(long seed) {
    PrintStream err = System.err;
    System.setErr(new PrintStream(OutputStream.nullOutputStream()));
    try {
      return live(seed);
    } finally {
      System.setErr(err);
    }
  }

  private String live(long seed) {
    Simulation simulation = new Simulation(seed, Sabotage.NONE, Optional.of(this));
    try {
      return simulation.run().toString();
    } catch (BrokenRule | RuntimeException e) {
      throw new AssertionError("seed " + seed + ": " + e + "\n" + simulation, e);
    }
  }
}
