package svc.manager.logic;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import svc.service.Declaration;
import svc.service.DeclarationReader;
import svc.service.Key;
import svc.service.Keys;
import svc.service.Nearest;
import svc.service.Problem;
import svc.service.Source;
import svc.type.ServiceType;

/**
 * All declarations of a manager, by name.
 *
 * @param problems what is wrong with them; nothing may be started while there are any
 */
public record Configuration(Map<String, Declaration> declarations, List<Problem> problems) {

  /**
   * @param types the installed types by name; a declaration whose type is not among them is checked
   *     as far as it can be
   */
  public static Configuration of(List<Source> sources, Function<String, ServiceType> types) {
    Map<String, Declaration> declarations = new LinkedHashMap<>();
    List<Problem> problems = new ArrayList<>();
    for (Source source : sources) {
      DeclarationReader.Reading reading = DeclarationReader.read(source);
      declarations.put(source.service(), complete(reading.declaration(), types));
      problems.addAll(reading.problems());
      problems.addAll(check(reading.declaration(), types));
    }
    for (Declaration declaration : declarations.values())
      problems.addAll(unknownNames(declaration, declarations));
    if (problems.isEmpty()) problems.addAll(Graph.of(declarations.values()).cycles());
    return new Configuration(declarations, List.copyOf(problems));
  }

  private static Declaration complete(
      Declaration declaration, Function<String, ServiceType> types) {
    ServiceType type = types.apply(declaration.type());
    return type == null ? declaration : Keys.complete(declaration, type.keys());
  }

  private static List<Problem> check(Declaration declaration, Function<String, ServiceType> types) {
    ServiceType type = types.apply(declaration.type());
    if (type == null) return checkForm(declaration);
    List<Problem> problems = Keys.check(declaration, type.keys());
    return problems.isEmpty() ? type.check(declaration) : problems;
  }

  /**
   * What can be said without the type: its own keys are unknown, so only the common ones are looked
   * at.
   */
  private static List<Problem> checkForm(Declaration declaration) {
    List<Declaration.Entry> common =
        declaration.entries().stream()
            .filter(entry -> Keys.COMMON.stream().anyMatch(key -> key.names(entry)))
            .toList();
    return Keys.check(new Declaration(declaration.name(), declaration.file(), common), List.of());
  }

  private static List<Problem> unknownNames(
      Declaration declaration, Map<String, Declaration> known) {
    List<Problem> problems = new ArrayList<>();
    unknown(declaration, Keys.REQUIRES, known.keySet(), problems);
    unknown(declaration, Keys.WANTS, known.keySet(), problems);
    return problems;
  }

  private static void unknown(
      Declaration declaration, Key key, Collection<String> known, List<Problem> problems) {
    for (String name : declaration.names(key)) {
      if (known.contains(name)) continue;
      problems.add(
          declaration.problem(
              key, "no service " + name + " is declared" + Nearest.hint(name, known)));
    }
  }
}
