package svc.service;

/**
 * One key that a declaration may have.
 *
 * @param repeatable given several times, the values add up; otherwise a second one is an error
 * @param fallback the value when it is not given; empty when there is none
 * @param help one line for people
 */
public record Key(
    String section, String name, Kind kind, boolean repeatable, String fallback, String help) {

  public static Key of(String section, String name, Kind kind, String fallback, String help) {
    return new Key(section, name, kind, false, fallback, help);
  }

  /** A key whose lines add up. */
  public static Key list(String section, String name, Kind kind, String help) {
    return new Key(section, name, kind, true, "", help);
  }

  /** Whether a line gives this key. */
  public boolean names(Declaration.Entry entry) {
    return entry.section().equals(section) && entry.key().equals(name);
  }

  @Override
  public String toString() {
    return section + "." + name;
  }
}
