package svc.supervise.logic;

import java.util.List;
import svc.service.Declaration;
import svc.service.Keys;

/**
 * How it is known that a process can do its work.
 *
 * @param descriptor where it writes a line, or 0
 * @param check asks, or empty
 * @param interval between two checks, nanoseconds
 */
public record Readiness(By by, int descriptor, List<String> check, long interval) {

  /** Who says so. */
  public enum By {
    /** It runs. */
    START,
    /** It writes a line to a descriptor, as s6's services do. */
    DESCRIPTOR,
    /** It says READY=1 (sd_notify(3)). */
    NOTIFY,
    /** A command ends with 0. */
    CHECK
  }

  public static Readiness of(Declaration declaration) {
    By by = By.valueOf(declaration.text(Keys.READY_BY).toUpperCase(java.util.Locale.ROOT));
    return new Readiness(
        by,
        by == By.DESCRIPTOR ? declaration.number(Keys.READY_DESCRIPTOR) : 0,
        declaration.words(Keys.READY_CHECK),
        declaration.nanos(Keys.READY_INTERVAL));
  }

  /** What is waited for, for people. */
  String waitsFor() {
    return switch (by) {
      case START -> "";
      case DESCRIPTOR -> "waits for its line on descriptor " + descriptor;
      case NOTIFY -> "waits for its READY=1";
      case CHECK -> "waits for its check";
    };
  }
}
