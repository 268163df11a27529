package svc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import svc.manager.DeclarationDirectory;
import svc.manager.logic.Configuration;
import svc.manager.logic.Graph;
import svc.manager.logic.Layer;
import svc.manager.logic.Plan;
import svc.manager.logic.Target;
import svc.service.Declaration;
import svc.service.Keys;
import svc.service.Nearest;
import svc.service.Problem;
import svc.type.ServiceType;

/**
 * Directories of declarations, judged as the manager would, without one.
 *
 * @param directories the one that counts most first
 * @param count services declared in files
 * @param graph null when there are problems
 * @param plan null when there are problems
 * @param notes what is odd and hinders nothing: types that are not installed here
 * @param types those of the tree, by name
 */
record Declared(
    List<Path> directories,
    String target,
    int count,
    Configuration configuration,
    Graph graph,
    Plan plan,
    List<Problem> problems,
    List<Problem> notes,
    Map<String, ServiceType> types) {

  static Declared read(List<Path> directories, String target) throws Failure {
    return read(directories, target, List.of());
  }

  /**
   * @param instances that are to be made from templates, too
   */
  static Declared read(List<Path> directories, String target, List<String> instances)
      throws Failure {
    Map<String, ServiceType> types = new HashMap<>();
    for (ServiceType type : ServiceLoader.load(ServiceType.class)) types.put(type.name(), type);
    Configuration read = read(directories, target, instances, types);
    Configuration all = Target.ensure(read, target, directory(directories));
    List<Problem> problems = new ArrayList<>(all.problems());
    Graph graph = null;
    Plan plan = null;
    if (problems.isEmpty()) {
      graph = Graph.of(all.declarations().values());
      plan = Plan.of(graph, List.of(target));
      problems.addAll(plan.problems());
    }
    return new Declared(
        List.copyOf(directories),
        target,
        read.declarations().size(),
        all,
        graph,
        plan,
        List.copyOf(problems),
        strangers(all, types),
        types);
  }

  private static Configuration read(
      List<Path> directories, String target, List<String> instances, Map<String, ServiceType> types)
      throws Failure {
    List<Layer> layers = new ArrayList<>();
    for (Path directory : directories) layers.add(read(directory));
    List<String> asked = new ArrayList<>(instances);
    asked.add(target);
    return Configuration.of(layers, types::get, asked);
  }

  private static Layer read(Path directory) throws Failure {
    if (!Files.exists(directory)) throw Failure.failed(directory + ": no such directory");
    if (!Files.isDirectory(directory)) throw Failure.failed(directory + ": not a directory");
    try {
      return DeclarationDirectory.read(directory);
    } catch (IOException e) {
      throw Failure.file(directory, e);
    }
  }

  /** All of them in one word for people. */
  String directory() {
    return directory(directories);
  }

  private static String directory(List<Path> directories) {
    return String.join(":", directories.stream().map(Path::toString).toList());
  }

  /** No problem for the manager: the services wait for their types. */
  private static List<Problem> strangers(Configuration all, Map<String, ServiceType> types) {
    List<Problem> notes = new ArrayList<>();
    for (Declaration declaration : all.declarations().values()) {
      String type = declaration.type();
      if (types.containsKey(type)) continue;
      String hint = Nearest.hint(type, types.keySet());
      notes.add(declaration.problem(Keys.TYPE, "no type " + type + " is installed" + hint));
    }
    return notes;
  }

  /** Shows problems and notes to a person. */
  void explain(Session session) {
    for (Problem problem : problems) session.err().println(Text.line(problem.toString()));
    for (Problem note : notes) session.err().println(Text.line("note: " + note));
  }
}
