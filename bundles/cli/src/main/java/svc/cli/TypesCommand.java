package svc.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "types",
    description = {
      "Lists the service types, the bundles they come from, and the keys they have of their own.",
      "\"svc help type NAME\" explains the keys of one."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class TypesCommand extends Subcommand {

  @Mixin ManagerAt manager;

  @Option(names = "--json", description = "One JSON object.")
  boolean json;

  TypesCommand(Session session) {
    super(session);
  }

  @Override
  public Integer call() throws Failure {
    KnownType.All known = KnownType.find(manager.places(session));
    if (json) session.print(json(known));
    else table(known);
    session.flush();
    return 0;
  }

  private void table(KnownType.All known) {
    if (!known.fromRuntime())
      session.err().println("note: no manager runs; these are the types of the installed tree");
    Table table = new Table("TYPE", "VERSION", "BUNDLE", "KEYS");
    for (KnownType type : known.types())
      table.row(type.name(), type.version(), type.bundle(), type.keyNames());
    table.print(session);
  }

  private static String json(KnownType.All known) {
    Json object = new Json().open('{').field("running", known.fromRuntime());
    object.name("types").open('[');
    for (KnownType type : known.types()) {
      object.open('{').field("type", type.name()).field("version", type.version());
      object.field("bundle", type.bundle()).name("keys").lists(type.keys()).close('}');
    }
    return object.close(']').close('}').toString();
  }
}
