package svc.manager.logic;

import java.util.Locale;

/** Whether a service stays as it is, whatever is asked of others. */
public enum Pin {
  /** It goes with the others. */
  NONE,
  /**
   * It is not stopped: by no wish, by the end of what it requires, or for what it conflicts with.
   */
  UP,
  /** It is not started. */
  DOWN;

  /** {@return the word for it on the wire} */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @return that of a word, or null
   */
  public static Pin of(String text) {
    for (Pin pin : values()) if (pin.text().equals(text)) return pin;
    return null;
  }
}
