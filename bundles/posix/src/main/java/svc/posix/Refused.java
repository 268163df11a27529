package svc.posix;

import svc.os.Errno;
import svc.os.Spawned;
import svc.os.Spawned.Stage;

/** Ends a spawn that cannot succeed; never leaves {@link Spawner}. */
final class Refused extends Exception {
  private static final long serialVersionUID = 1;
  final transient Spawned.Failure failure;

  Refused(Stage stage, String subject, Errno errno) {
    this(new Spawned.Failure(stage, subject, errno));
  }

  Refused(Spawned.Failure failure) {
    super(failure.stage().text(), null, false, false);
    this.failure = failure;
  }
}
