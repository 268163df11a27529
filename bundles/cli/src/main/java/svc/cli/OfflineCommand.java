package svc.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import svc.manager.logic.Target;

/** A command that looks at directories of declarations and needs no manager. */
abstract class OfflineCommand extends Subcommand {

  @Parameters(
      arity = "1..*",
      paramLabel = "DIR",
      description =
          "Directories with declarations, NAME.ini each; of a name the first one's counts.")
  List<Path> directories;

  @Option(
      names = "--target",
      paramLabel = "SERVICE",
      description = "What is to be brought up (default: ${DEFAULT-VALUE}).")
  String target = Target.DEFAULT;

  @Option(names = "--json", description = "One JSON object.")
  boolean json;

  OfflineCommand(Session session) {
    super(session);
  }

  @Override
  public final Integer call() throws Failure {
    Declared declared = Declared.read(directories, target);
    if (json) session.print(json(declared));
    else declared.explain(session);
    boolean good = declared.problems().isEmpty();
    if (good && !json) show(declared);
    session.flush();
    return good ? 0 : Failure.FAILED;
  }

  private String json(Declared declared) {
    Json object = new Json().open('{').field("ok", declared.problems().isEmpty());
    object.field("directory", declared.directory());
    object.field("directories", declared.directories().stream().map(Path::toString).toList());
    object.field("target", declared.target());
    object.field("count", declared.count());
    object.problems("problems", declared.problems()).problems("notes", declared.notes());
    add(declared, object);
    return object.close('}').toString();
  }

  /** Adds what this command has to say to its JSON object. */
  abstract void add(Declared declared, Json object);

  /** Shows it to a person; there are no problems. */
  abstract void show(Declared declared);
}
