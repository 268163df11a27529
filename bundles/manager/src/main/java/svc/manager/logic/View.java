package svc.manager.logic;

import java.util.ArrayList;
import java.util.List;
import svc.service.Declaration;
import svc.service.Durations;
import svc.service.Key;
import svc.service.Keys;
import svc.service.Status;

/**
 * A service as the manager shows it: its supervisor's word, and why the manager does not ask for
 * more.
 *
 * @param waitingFor what has to come up or go down before it is started or stopped
 * @param pin whether it stays as it is
 */
public record View(Declaration declaration, Status status, List<String> waitingFor, Pin pin) {

  private static final long NANOS_PER_MILLI = 1_000_000L;

  /** One that is not pinned. */
  public View(Declaration declaration, Status status, List<String> waitingFor) {
    this(declaration, status, waitingFor, Pin.NONE);
  }

  static View of(Node node) {
    List<String> waitingFor = new ArrayList<>();
    for (Obstacle each : node.obstacles()) waitingFor.add(each.node().name());
    return new View(node.declaration, node.shown(), waitingFor, node.pin);
  }

  /** The same, waiting for others. */
  View waitingFor(List<String> others) {
    return new View(declaration, status, others, pin);
  }

  /** How long its state may last before something else happens, in milliseconds; 0: for ever. */
  public long limit() {
    return switch (status.state()) {
      case STARTING -> millis(Keys.START_TIMEOUT);
      case STOPPING -> millis(Keys.STOP_TIMEOUT);
      case BACKING_OFF -> Math.max(millis(Keys.DELAY), millis(Keys.MAX_DELAY));
      case DOWN, UP, FAILED, NO_TYPE, SKIPPED -> 0;
    };
  }

  private long millis(Key key) {
    long nanos = declaration.nanos(key);
    return nanos == Durations.FOREVER ? 0 : (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
  }
}
