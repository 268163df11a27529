package svc.type;

/** What a process of a service is there for. */
public enum Task {
  /** Runs {@link Procedure#start} and is expected to end. */
  START,
  /** Is the service. */
  MAIN,
  /** Runs {@link Procedure#stop} and is expected to end. */
  STOP
}
