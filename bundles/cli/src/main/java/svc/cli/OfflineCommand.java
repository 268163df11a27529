package svc.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import svc.manager.logic.Target;

/** A command that looks at a directory of declarations and needs no manager. */
abstract class OfflineCommand extends Subcommand {

  @Parameters(paramLabel = "DIR", description = "The directory with declarations, NAME.ini each.")
  Path directory;

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
    Declared declared = Declared.read(directory, target);
    if (json) session.print(json(declared));
    else declared.explain(session);
    boolean good = declared.problems().isEmpty();
    if (good && !json) show(declared);
    session.flush();
    return good ? 0 : Failure.FAILED;
  }

  private String json(Declared declared) {
    Json object = new Json().open('{').field("ok", declared.problems().isEmpty());
    object.field("directory", declared.directory()).field("target", declared.target());
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
