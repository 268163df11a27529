package svc.launch.logic;

/** How a bundle gets into a runtime, or why it does not. */
public enum Action {
  /** Started beside the old one, which leaves when the new one has proved itself. */
  BESIDE("beside"),
  /** Its packages are in use: those that use them stop, are wired to the new ones, and start. */
  REFRESH("refresh"),
  /** Native libraries would have to be loaded twice; the whole runtime is replaced instead. */
  RUNTIME("runtime"),
  /** Nothing of this name is in the runtime. */
  ABSENT("absent"),
  /** It cannot be; nothing is changed. */
  REFUSED("refused");

  private final String text;

  Action(String text) {
    this.text = text;
  }

  /** The word on the wire. */
  public String text() {
    return text;
  }
}
