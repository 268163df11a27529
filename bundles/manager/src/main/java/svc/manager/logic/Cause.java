package svc.manager.logic;

import java.util.Locale;

/**
 * One line of an {@link Explanation}.
 *
 * @param depth how far from the service that was asked about; what is one deeper explains it
 * @param relation to the line that it explains
 * @param view the service that it is about
 * @param text what is to be said, for people; it names the service
 * @param root whether nothing explains it further: here it has to be looked at, or waited for
 */
public record Cause(int depth, Relation relation, View view, String text, boolean root) {

  /** What a line has to do with the one that it explains. */
  public enum Relation {
    /** The service that was asked about. */
    ITSELF,
    /** What gave it its goal. */
    WANTED,
    /** What took it away, or that nothing ever gave it. */
    UNWANTED,
    /** It requires this one. */
    REQUIRED,
    /** It is ordered after this one. */
    AFTER,
    /** It conflicts with this one. */
    CONFLICT,
    /** This one has to go down before it. */
    DEPENDENT,
    /** This one follows it, and has to go down before it. */
    FOLLOWER;

    /** {@return the word for it, as {@code required}} */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
