package svc.manager.logic;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import svc.service.Declaration.Entry;
import svc.service.Key;
import svc.service.Keys;

/**
 * The lines of a file and of what is merged over it. A later file's value of a key stands in place
 * of an earlier one's; the lines of a key that adds up add up. An empty value clears what was said
 * before: for a key that adds up anywhere, for any other in a later file.
 */
final class Merge {

  private final List<Key> keys;
  private final List<Entry> merged = new ArrayList<>();

  private Merge(List<Key> keys) {
    this.keys = keys;
  }

  /**
   * @param files the lines of each, in the order in which they count
   * @param keysOf what a declaration of a type may have
   */
  static List<Entry> of(List<List<Entry>> files, Function<String, List<Key>> keysOf) {
    String type = Keys.TYPE.fallback();
    for (List<Entry> file : files) {
      for (Entry entry : file)
        if (Keys.TYPE.names(entry)) type = entry.value().isEmpty() ? "" : entry.value();
    }
    Merge merge = new Merge(keysOf.apply(type.isEmpty() ? Keys.TYPE.fallback() : type));
    for (int i = 0; i < files.size(); i++) merge.add(files.get(i), i == 0);
    return merge.merged;
  }

  private void add(List<Entry> file, boolean first) {
    List<Entry> own = new ArrayList<>();
    for (Entry entry : file) {
      boolean clears = entry.value().isEmpty() && (addsUp(entry) || !first);
      if (clears || !addsUp(entry)) merged.removeIf(other -> same(other, entry));
      if (clears) own.removeIf(other -> same(other, entry));
      else own.add(entry);
    }
    merged.addAll(own);
  }

  private boolean addsUp(Entry entry) {
    return keys.stream()
        .filter(key -> key.names(entry))
        .findFirst()
        .map(Key::repeatable)
        .orElse(false);
  }

  private static boolean same(Entry one, Entry other) {
    return one.section().equals(other.section()) && one.key().equals(other.key());
  }
}
