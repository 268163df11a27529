package svc.testkit;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import svc.service.Declaration;
import svc.service.Key;
import svc.service.Keys;
import svc.service.Kind;
import svc.service.Problem;
import svc.type.Procedure;
import svc.type.ServiceType;

/** The form of what a type says. */
final class Naming {

  private Naming() {}

  static void name(String name) {
    Expect.that(Kind.isName(name), "\"" + name + "\" is no name: " + Kind.NAME.expected());
  }

  static void keys(List<Key> keys) {
    Set<String> seen = new HashSet<>();
    for (Key key : keys) {
      key(key);
      Expect.that(seen.add(key.toString()), key + " is there twice");
      Keys.COMMON.stream()
          .filter(common -> same(common, key))
          .forEach(common -> alike(common, key));
    }
  }

  private static void key(Key key) {
    Expect.that(isWord(key.section()), key + ": the section is not of letters, digits and -");
    Expect.that(isWord(key.name()), key + ": the name is not of letters, digits and -");
    Expect.that(key.kind() != null, key + " has no kind");
    Expect.that(isLine(key.help()), key + ": the help is not one line");
    Expect.that(key.fallback() != null, key + ": the default is null");
    boolean accepted = key.fallback().isEmpty() || key.kind().accepts(key.fallback());
    Expect.that(accepted, key + ": its own kind refuses the default " + key.fallback());
  }

  private static boolean same(Key common, Key key) {
    return common.toString().equals(key.toString());
  }

  /** The platform reads a common key by what it knows of it. */
  private static void alike(Key common, Key key) {
    Expect.that(
        common.kind() == key.kind() && common.repeatable() == key.repeatable(),
        key + " is another kind of key than the common one in whose place it stands");
    Expect.that(!same(Keys.TYPE, key), key + " cannot be replaced");
  }

  private static boolean isWord(String text) {
    return text != null && text.matches("[a-z][a-z0-9-]{0,63}");
  }

  private static boolean isLine(String text) {
    return text != null && !text.isBlank() && text.lines().count() == 1;
  }

  static void problem(Problem problem, Declaration declaration, ServiceType type) {
    String of = "the problem \"" + problem + "\" of " + declaration;
    Expect.equal(declaration.file(), problem.file(), "the file of " + of);
    Expect.that(isLine(problem.text()), "the text is not one line: " + of);
    Expect.that(problem.key() != null, "the key is null: " + of);
    if (problem.key().isEmpty()) line(problem, declaration, of);
    else keyed(problem, declaration, type, of);
  }

  private static void line(Problem problem, Declaration declaration, String of) {
    boolean there =
        problem.line() == 0
            || declaration.entries().stream().anyMatch(entry -> entry.line() == problem.line());
    Expect.that(there, "the line is not one of the declaration's: " + of);
  }

  private static void keyed(Problem problem, Declaration declaration, ServiceType type, String of) {
    List<Key> known = Stream.concat(type.keys().stream(), Keys.COMMON.stream()).toList();
    Key key =
        known.stream()
            .filter(each -> each.toString().equals(problem.key()))
            .findFirst()
            .orElseThrow(() -> new AssertionError("the key is none of its own: " + of));
    Set<Integer> lines = new HashSet<>();
    declaration.entries().stream().filter(key::names).forEach(each -> lines.add(each.line()));
    if (lines.isEmpty()) lines.add(0);
    Expect.that(lines.contains(problem.line()), "the key stands on " + lines + ": " + of);
  }

  static void procedure(Procedure procedure, Declaration declaration) {
    String of = procedure + " of " + declaration;
    words(procedure.start(), of);
    words(procedure.stop(), of);
    path(procedure.pidFile(), of);
    path(procedure.directory(), of);
  }

  private static void words(List<String> words, String of) {
    if (words.isEmpty()) return;
    Expect.that(!words.get(0).isEmpty(), "a program without a name: " + of);
    for (String word : words) Expect.that(word.indexOf('\0') < 0, "a NUL in a word: " + of);
  }

  private static void path(String path, String of) {
    Expect.that(path.indexOf('\0') < 0, "a NUL in a path: " + of);
    Expect.that(path.isEmpty() || !path.isBlank(), "a blank path: " + of);
  }
}
