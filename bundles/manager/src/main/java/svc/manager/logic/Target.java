package svc.manager.logic;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import svc.service.Declaration;
import svc.service.Declaration.Entry;
import svc.service.Nearest;
import svc.service.Problem;

/** The service that is brought up when nobody asks for another. */
public final class Target {

  /** Its name where none is given. Not declared, it requires everything that is. */
  public static final String DEFAULT = "default";

  private Target() {}

  /** The configuration with the target in it, or with a problem that says that there is none. */
  public static Configuration ensure(Configuration configuration, String target, String directory) {
    Map<String, Declaration> declarations = configuration.declarations();
    if (declarations.containsKey(target)) return configuration;
    List<Problem> problems = new ArrayList<>(configuration.problems());
    if (declarations.isEmpty()) {
      problems.add(new Problem(directory, 0, "", "no declarations; expected files NAME.ini"));
    } else if (!target.equals(DEFAULT)) {
      String hint = Nearest.hint(target, declarations.keySet());
      problems.add(new Problem(directory, 0, "", "no target " + target + " is declared" + hint));
    }
    Map<String, Declaration> all = new LinkedHashMap<>(declarations);
    all.put(target, everything(target, declarations, directory));
    return new Configuration(
        all, List.copyOf(problems), configuration.origins(), configuration.templates());
  }

  /** Nobody wrote it. */
  static boolean isImplied(Declaration declaration) {
    return !declaration.entries().isEmpty()
        && declaration.entries().stream().allMatch(entry -> entry.line() == 0);
  }

  private static Declaration everything(
      String name, Map<String, Declaration> declarations, String directory) {
    List<Entry> entries = new ArrayList<>();
    entries.add(new Entry("service", "type", "target", 0));
    entries.add(new Entry("service", "description", "everything in " + directory, 0));
    for (String service : declarations.keySet())
      entries.add(new Entry("depend", "requires", service, 0));
    return new Declaration(name, directory, entries);
  }
}
