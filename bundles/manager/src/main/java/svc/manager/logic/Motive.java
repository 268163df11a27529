package svc.manager.logic;

import java.util.Locale;

/**
 * What gave a service its goal, or took it away.
 *
 * @param service whose doing it was: the one that somebody asked for, that became the target, that
 *     conflicts, that failed; empty where it was nobody's
 */
public record Motive(Kind kind, String service) {

  /** What happened. */
  public enum Kind {
    /** Nobody has asked for anything yet. */
    NOBODY,
    /** Somebody asked to start or to stop {@link Motive#service}. */
    REQUEST,
    /** {@link Motive#service} became the target. */
    TARGET,
    /** {@link Motive#service} was started, which conflicts. */
    CONFLICT,
    /** {@link Motive#service}, which is required, failed or ended. */
    FAILURE,
    /** It ended by itself, or was given up by its supervisor. */
    ENDED,
    /** Its supervisor refused to do it. */
    REFUSED,
    /** Everything is to go down. */
    SHUTDOWN,
    /** The declarations were read again, and are others. */
    RELOAD,
    /** It, or something that it needs, is pinned. */
    PINNED,
    /** It was up when a manager began that knew of no wish. */
    FOUND
  }

  static final Motive NOBODY = new Motive(Kind.NOBODY, "");
  static final Motive SHUTDOWN = new Motive(Kind.SHUTDOWN, "");
  static final Motive RELOAD = new Motive(Kind.RELOAD, "");
  static final Motive PINNED = new Motive(Kind.PINNED, "");
  static final Motive FOUND = new Motive(Kind.FOUND, "");

  /** As {@code request db}, for a record. */
  @Override
  public String toString() {
    String word = kind.name().toLowerCase(Locale.ROOT);
    return service.isEmpty() ? word : word + " " + service;
  }

  /** What {@link #toString} gave; anything else is nobody's doing. */
  public static Motive parse(String text) {
    String[] words = text.split(" ", 2);
    for (Kind kind : Kind.values()) {
      if (!kind.name().equalsIgnoreCase(words[0])) continue;
      return new Motive(kind, words.length == 2 ? words[1] : "");
    }
    return NOBODY;
  }
}
