package svc.type;

/** Whether the end of a process is as it should be. */
public enum Verdict {
  /** As it should be. */
  SUCCESS,
  /** It went wrong. */
  FAILURE
}
