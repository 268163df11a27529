package svc.service;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import svc.os.Signal;

/**
 * What a service file says, in its own order and words. Values are read by their {@link Kind}; a
 * declaration that went through {@link Keys#check} gives no surprise here.
 *
 * @param name the service's name
 * @param file as the user named it
 * @param entries its lines, in their order
 */
public record Declaration(String name, String file, List<Entry> entries) {

  private static final Pattern BETWEEN_NAMES = Pattern.compile("[\\s,]+");

  /**
   * One line {@code key = value} of a section.
   *
   * @param section without brackets
   * @param key what stands to the left of the equals sign
   * @param value what stands to the right of it, without blanks around it; nothing is expanded
   * @param line from 1, or 0 for a default that was filled in
   * @param file where it stands when that is not the declaration's own file but a drop-in, as it is
   *     named to people; otherwise empty
   */
  public record Entry(String section, String key, String value, int line, String file) {

    /**
     * A line of the declaration's own file.
     *
     * @param section without brackets
     * @param key what stands to the left of the equals sign
     * @param value what stands to the right of it
     * @param line from 1, or 0 for a default that was filled in
     */
    public Entry(String section, String key, String value, int line) {
      this(section, key, value, line, "");
    }
  }

  /**
   * Copies the lines.
   *
   * @param name the service's name
   * @param file as the user named it
   * @param entries which are copied
   */
  public Declaration {
    entries = List.copyOf(entries);
  }

  /** {@return the name of its type, given or not} */
  public String type() {
    return text(Keys.TYPE);
  }

  /**
   * Whether a key is given.
   *
   * @param key any key
   * @return whether a line gives it
   */
  public boolean has(Key key) {
    return find(key).isPresent();
  }

  /**
   * Where a key is given first.
   *
   * @param key any key
   * @return its line from 1, or 0 when it is not given
   */
  public int line(Key key) {
    return find(key).map(Entry::line).orElse(0);
  }

  /**
   * The value of a key.
   *
   * @param key any key
   * @return the value as it stands, or the key's default
   */
  public String text(Key key) {
    return find(key).map(Entry::value).orElse(key.fallback());
  }

  /**
   * The values of a key that may be given several times.
   *
   * @param key any key
   * @return the values of all lines that give it, in their order
   */
  public List<String> all(Key key) {
    return entries.stream().filter(key::names).map(Entry::value).toList();
  }

  /**
   * The value of a {@link Kind#COMMAND}.
   *
   * @param key any key
   * @return the words as a shell would split them; empty when it is not given
   */
  public List<String> words(Key key) {
    return Words.split(text(key)).orElse(List.of());
  }

  /**
   * The values of {@link Kind#NAMES}.
   *
   * @param key any key
   * @return all names that its lines give, each once, in their order
   */
  public List<String> names(Key key) {
    Set<String> names = new LinkedHashSet<>();
    for (String value : all(key)) {
      for (String name : BETWEEN_NAMES.split(value)) if (!name.isEmpty()) names.add(name);
    }
    return new ArrayList<>(names);
  }

  /**
   * The value of a {@link Kind#DURATION}.
   *
   * @param key one of that kind
   * @return nanoseconds; {@link Durations#FOREVER} for {@code none}
   * @throws IllegalStateException when nobody checked the value and it is none
   */
  public long nanos(Key key) {
    return Durations.parse(text(key)).orElseThrow(() -> unchecked(key));
  }

  /**
   * The value of a {@link Kind#NUMBER}.
   *
   * @param key one of that kind
   * @return from 0 to 999,999
   * @throws NumberFormatException when nobody checked the value and it is none
   */
  public int number(Key key) {
    return Integer.parseInt(text(key));
  }

  /**
   * Whether a {@link Kind#FLAG} says yes.
   *
   * @param key one of that kind
   * @return whether it is {@code yes}
   */
  public boolean flag(Key key) {
    return text(key).equals("yes");
  }

  /**
   * The value of a {@link Kind#SIGNAL}.
   *
   * @param key one of that kind
   * @return the signal
   * @throws IllegalStateException when nobody checked the value and it is none
   */
  public Signal signal(Key key) {
    return Signal.parse(text(key)).orElseThrow(() -> unchecked(key));
  }

  /**
   * A problem with a key of this declaration.
   *
   * @param key where it is; a key that is not given is one that is missing
   * @param text what is wrong and what was expected, one line for people
   * @return the problem, with file and line
   */
  public Problem problem(Key key, String text) {
    return find(key)
        .map(entry -> problem(entry, text))
        .orElseGet(() -> new Problem(file, 0, key.toString(), text));
  }

  /**
   * A problem with one of the lines.
   *
   * @param entry one of this declaration's
   * @param text what is wrong and what was expected, one line for people
   * @return the problem, with the file that the line stands in
   */
  public Problem problem(Entry entry, String text) {
    String place = entry.file().isEmpty() ? file : entry.file();
    return new Problem(place, entry.line(), entry.section() + "." + entry.key(), text);
  }

  private Optional<Entry> find(Key key) {
    for (Entry entry : entries) if (key.names(entry)) return Optional.of(entry);
    return Optional.empty();
  }

  private IllegalStateException unchecked(Key key) {
    return new IllegalStateException(file + ": unchecked value of " + key + ": " + text(key));
  }
}
