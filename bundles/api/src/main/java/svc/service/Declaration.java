package svc.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import svc.os.Signal;

/**
 * What a service file says, in its own order and words. Values are read by their {@link Kind}; a
 * declaration that went through {@link Keys#check} gives no surprise here.
 *
 * @param file as the user named it
 */
public record Declaration(String name, String file, List<Entry> entries) {

  /** One line {@code key = value} of a section. */
  public record Entry(String section, String key, String value, int line) {}

  public Declaration {
    entries = List.copyOf(entries);
  }

  public String type() {
    return text(Keys.TYPE);
  }

  public boolean has(Key key) {
    return find(key).isPresent();
  }

  /** The key's line, or 0 when it is not given. */
  public int line(Key key) {
    return find(key).map(Entry::line).orElse(0);
  }

  /** The value as it stands, or the key's default. */
  public String text(Key key) {
    return find(key).map(Entry::value).orElse(key.fallback());
  }

  /** The values of all lines that give this key, in their order. */
  public List<String> all(Key key) {
    return entries.stream().filter(key::names).map(Entry::value).toList();
  }

  /** The value split as a shell would split it; empty when it is not given. */
  public List<String> words(Key key) {
    return Words.split(text(key)).orElse(List.of());
  }

  /** All names that this key's lines give, each once, in their order. */
  public List<String> names(Key key) {
    List<String> names = new ArrayList<>();
    for (String value : all(key)) {
      for (String name : value.split("[\\s,]+"))
        if (!name.isEmpty() && !names.contains(name)) names.add(name);
    }
    return names;
  }

  /** Nanoseconds; {@link Durations#FOREVER} for {@code none}. */
  public long nanos(Key key) {
    return Durations.parse(text(key)).orElseThrow(() -> unchecked(key));
  }

  public int number(Key key) {
    return Integer.parseInt(text(key));
  }

  /** Whether a {@link Kind#FLAG} says yes. */
  public boolean flag(Key key) {
    return text(key).equals("yes");
  }

  public Signal signal(Key key) {
    return Signal.parse(text(key)).orElseThrow(() -> unchecked(key));
  }

  public Problem problem(Key key, String text) {
    return new Problem(file, line(key), key.toString(), text);
  }

  private Optional<Entry> find(Key key) {
    return entries.stream().filter(key::names).findFirst();
  }

  private IllegalStateException unchecked(Key key) {
    return new IllegalStateException(file + ": unchecked value of " + key + ": " + text(key));
  }
}
