package svc.testkit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import svc.service.Declaration;
import svc.service.DeclarationReader;
import svc.service.Key;
import svc.service.Keys;
import svc.service.Kind;
import svc.service.Source;
import svc.type.ServiceType;

/** Declarations of a type: those that its author wrote, and some that chance writes. */
final class Written {

  private static final String FILE = "/etc/svc/example.ini";

  private Written() {}

  /** What an author wrote, whose form has to be right. */
  static Declaration read(ServiceType type, String text) {
    DeclarationReader.Reading reading = DeclarationReader.read(new Source("example", FILE, text));
    Expect.equal(List.of(), reading.problems(), "problems of the form of:\n" + text + "\n");
    Declaration declaration = reading.declaration();
    Expect.equal(type.name(), declaration.type(), "the type that is declared in:\n" + text + "\n");
    return declaration;
  }

  /**
   * Keys of the type and common ones, some of them, in any order, each with a value that its kind
   * accepts: all that a type may be asked about.
   */
  static Declaration byChance(ServiceType type, Random random) {
    List<Declaration.Entry> entries = new ArrayList<>();
    entries.add(new Declaration.Entry("service", "type", type.name(), 2));
    for (Key key : shuffled(known(type), random)) {
      if (key.names(entries.get(0)) || random.nextInt(3) == 0) continue;
      int times = key.repeatable() ? 1 + random.nextInt(3) : 1;
      for (int i = 0; i < times; i++) add(entries, key, random);
    }
    return new Declaration(Values.of(Kind.NAME, random), FILE, entries);
  }

  private static void add(List<Declaration.Entry> entries, Key key, Random random) {
    String value = Values.of(key.kind(), random);
    if (key.kind().accepts(value))
      entries.add(new Declaration.Entry(key.section(), key.name(), value, entries.size() + 2));
  }

  /** The common keys, and the type's own where they stand in their place. */
  private static List<Key> known(ServiceType type) {
    Map<String, Key> known = new LinkedHashMap<>();
    for (Key key : Keys.COMMON) known.put(key.toString(), key);
    for (Key key : type.keys()) known.put(key.toString(), key);
    return List.copyOf(known.values());
  }

  private static List<Key> shuffled(List<Key> keys, Random random) {
    List<Key> shuffled = new ArrayList<>(keys);
    Collections.shuffle(shuffled, random);
    return shuffled;
  }
}
