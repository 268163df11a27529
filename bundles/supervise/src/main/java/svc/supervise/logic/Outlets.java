package svc.supervise.logic;

import java.util.List;

/**
 * What is open because of a service: its sockets, and where it speaks to us. Closed when it rests,
 * not before: whoever connects while it is started again waits. Loop thread.
 */
final class Outlets {

  private boolean listens;
  private boolean hears;

  /** They may be open from now on. */
  void open(Launch launch, long watchdog) {
    listens |= launch.listens();
    hears |= launch.speaks(watchdog) || launch.writesALine();
  }

  /** Whether sockets of it may be open. */
  boolean listens() {
    return listens;
  }

  /** Whether it may speak to us. */
  boolean hears() {
    return hears;
  }

  void close(List<Action> out) {
    if (listens) out.add(new Action.CloseListeners());
    if (hears) out.add(new Action.CloseNotices());
    listens = false;
    hears = false;
  }
}
