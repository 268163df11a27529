package svc.manager.logic;

import java.util.List;
import svc.service.Declaration;
import svc.service.Status;

/**
 * A service as the manager shows it: its supervisor's word, and why the manager does not ask for
 * more.
 *
 * @param waitingFor what has to come up or go down before it is started or stopped
 * @param pin whether it stays as it is
 */
public record View(Declaration declaration, Status status, List<String> waitingFor, Pin pin) {

  /** One that is not pinned. */
  public View(Declaration declaration, Status status, List<String> waitingFor) {
    this(declaration, status, waitingFor, Pin.NONE);
  }
}
