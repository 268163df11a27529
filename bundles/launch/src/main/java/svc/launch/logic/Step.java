package svc.launch.logic;

/** The steps of an update, in their order. */
public enum Step {
  PLAN("plan"),
  INSTALL("install"),
  RESOLVE("resolve"),
  /** Started, checked, stopped and looked after: what it leaves behind it would leave for ever. */
  PROBATION("probation"),
  START("start"),
  CHECK("check"),
  STOP_OLD("stop the old one"),
  CHECK_AGAIN("check without the old one"),
  REFRESH("refresh"),
  DONE("done");

  private final String text;

  Step(String text) {
    this.text = text;
  }

  /** For people, and the word on the wire. */
  public String text() {
    return text;
  }
}
