package svc.type;

/** Whether the end of a process is as it should be. */
public enum Verdict {
  SUCCESS,
  FAILURE
}
