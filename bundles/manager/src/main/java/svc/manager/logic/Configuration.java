package svc.manager.logic;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import svc.service.Declaration;
import svc.service.Key;
import svc.service.Keys;
import svc.service.Nearest;
import svc.service.Pipelines;
import svc.service.Problem;
import svc.service.Source;
import svc.type.ServiceType;

/**
 * All declarations of a manager, by name.
 *
 * @param problems what is wrong with them; nothing may be started while there are any
 * @param origins where they are from, and which names are masked
 * @param templates the names, {@code PREFIX@}, of what instances can be made from
 */
public record Configuration(
    Map<String, Declaration> declarations,
    List<Problem> problems,
    Map<String, Origin> origins,
    Set<String> templates) {

  /** One that says nothing of where it is from. */
  public Configuration(Map<String, Declaration> declarations, List<Problem> problems) {
    this(declarations, problems, Map.of(), Set.of());
  }

  /** With the files of one directory. */
  public static Configuration of(List<Source> sources, Function<String, ServiceType> types) {
    return of(List.of(new Layer("", sources, List.of())), types, List.of());
  }

  /**
   * @param layers the directories, the one that counts most first
   * @param types the installed types by name; a declaration whose type is not among them is checked
   *     as far as it can be
   * @param instances names of services that are to be made from templates though nobody names them;
   *     those that have none are left out
   */
  public static Configuration of(
      List<Layer> layers, Function<String, ServiceType> types, Collection<String> instances) {
    Configuration read = new Assembly(layers, types).run(instances);
    Map<String, Declaration> declarations = new LinkedHashMap<>();
    List<Problem> problems = new ArrayList<>(read.problems());
    for (Declaration declaration : read.declarations().values()) {
      declarations.put(declaration.name(), complete(declaration, types));
      problems.addAll(check(declaration, types));
    }
    for (Declaration declaration : declarations.values()) {
      problems.addAll(unknownNames(declaration, read));
      for (Declaration.Entry line : Pipelines.writing(declaration))
        unread(declaration, line, read, problems);
    }
    if (problems.isEmpty()) problems.addAll(Graph.of(declarations.values()).cycles());
    return new Configuration(declarations, List.copyOf(problems), read.origins(), read.templates());
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

  private static List<Problem> unknownNames(Declaration declaration, Configuration read) {
    List<Problem> problems = new ArrayList<>();
    for (Key key : List.of(Keys.REQUIRES, Keys.FOLLOWS, Keys.WANTS)) {
      for (Declaration.Entry entry : declaration.entries()) {
        if (key.names(entry)) unknown(declaration, entry, read, problems);
      }
    }
    return problems;
  }

  private static void unknown(
      Declaration declaration,
      Declaration.Entry entry,
      Configuration read,
      List<Problem> problems) {
    for (String name : entry.value().split("[\\s,]+")) {
      if (name.isEmpty() || read.declarations().containsKey(name)) continue;
      problems.add(declaration.problem(entry, undeclared(name, read)));
    }
  }

  private static String undeclared(String name, Configuration read) {
    Origin origin = read.origins().get(name);
    String why =
        origin != null && origin.masked()
            ? "; " + origin.file() + " is empty and masks it"
            : Nearest.hint(name, read.declarations().keySet());
    return "no service " + name + " is declared" + why;
  }

  /** What is written to somebody who does not read would stay in the pipe for ever. */
  private static void unread(
      Declaration declaration, Declaration.Entry line, Configuration read, List<Problem> problems) {
    String name = Pipelines.reader(line.value());
    Declaration reader = read.declarations().get(name);
    String problem = "";
    if (reader == null) problem = undeclared(name, read);
    else if (name.equals(declaration.name())) problem = "expected another service than itself";
    else if (!Pipelines.reads(reader))
      problem = name + " does not read it; expected stdin = services in " + reader.file();
    if (!problem.isEmpty()) problems.add(declaration.problem(line, problem));
  }
}
