package svc.manager.logic;

import java.util.Locale;

/**
 * Something that an operator can do.
 *
 * @param subject the service; of {@link Kind#INSTALL} the type
 * @param file where there is something to change, or empty
 * @param line in it from 1, or 0
 * @param text what to do and why, for people, without the place
 * @param command that does it, or empty where none can
 */
public record Remedy(
    Kind kind, String subject, String file, int line, String text, String command) {

  /** What is done; in the order in which to do it. */
  public enum Kind {
    /** Install a service type. */
    INSTALL,
    /** Take a conflict out of the declarations. */
    SEPARATE,
    /** See to it that the service comes up and stays so. */
    MEND,
    /** Let it, or what is in its way, go with the others again. */
    UNPIN,
    /** Meet the condition that it was skipped for. */
    MEET,
    /** Start the service. */
    START;

    /** {@return the word for it, as {@code mend}} */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
