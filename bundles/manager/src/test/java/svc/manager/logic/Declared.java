package svc.manager.logic;

import java.util.ArrayList;
import java.util.List;
import svc.service.Declaration;
import svc.service.Declaration.Entry;

/** Declarations in few words. */
final class Declared {

  private Declared() {}

  /** Words as {@code "requires b"}, {@code "supervisor aux"}. */
  static Declaration service(String name, String... words) {
    List<Entry> entries = new ArrayList<>();
    for (String word : words) {
      String[] parts = word.split(" ", 2);
      String section =
          List.of("supervisor", "on-failure", "type").contains(parts[0]) ? "service" : "depend";
      entries.add(new Entry(section, parts[0], parts[1], entries.size() + 2));
    }
    return new Declaration(name, "/etc/svc/" + name + ".ini", entries);
  }

  static Graph graph(Declaration... declarations) {
    return Graph.of(List.of(declarations));
  }
}
