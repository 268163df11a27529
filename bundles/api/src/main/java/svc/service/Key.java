package svc.service;

/**
 * One key that a declaration may have.
 *
 * @param section the section that it stands in, without brackets
 * @param name what stands to the left of the equals sign
 * @param kind what its values look like
 * @param repeatable given several times, the values add up; otherwise a second one is an error
 * @param fallback the value when it is not given; empty when there is none
 * @param help one line for people
 */
public record Key(
    String section, String name, Kind kind, boolean repeatable, String fallback, String help) {

  /**
   * A key that may be given once.
   *
   * @param section the section that it stands in
   * @param name its name in that section
   * @param kind what its value looks like
   * @param fallback the value when it is not given, or empty
   * @param help one line for people
   * @return the key
   */
  public static Key of(String section, String name, Kind kind, String fallback, String help) {
    return new Key(section, name, kind, false, fallback, help);
  }

  /**
   * A key whose lines add up. It has no default.
   *
   * @param section the section that it stands in
   * @param name its name in that section
   * @param kind what its values look like
   * @param help one line for people
   * @return the key
   */
  public static Key list(String section, String name, Kind kind, String help) {
    return new Key(section, name, kind, true, "", help);
  }

  /**
   * Whether a line gives this key.
   *
   * @param entry a line
   * @return whether section and name are this key's
   */
  public boolean names(Declaration.Entry entry) {
    return entry.key().equals(name) && entry.section().equals(section);
  }

  @Override
  public String toString() {
    return section + "." + name;
  }
}
