package svc.type;

/** What a process of a service is there for. */
public enum Task {
  /** Runs {@link Procedure#start} and is expected to end. */
  START,
  /** Is the service. */
  MAIN,
  /** Runs {@link Procedure#stop} and is expected to end. */
  STOP,
  /** Asks whether the service can do its work, and is expected to end. */
  CHECK,
  /** Has the service read its configuration anew, and is expected to end. */
  RELOAD
}
