package svc.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import svc.manager.logic.Origin;

@Command(
    name = "check",
    description = "Says what is wrong with declarations: file, line, key, and what was expected.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class CheckCommand extends OfflineCommand {

  @Option(
      names = {"-v", "--verbose"},
      description =
          "Say of each service which file it is from, and what that is merged with or hides.")
  boolean verbose;

  CheckCommand(Session session) {
    super(session);
  }

  @Override
  void add(Declared declared, Json object) {
    object.name("services").open('[');
    declared.configuration().origins().forEach((service, origin) -> add(service, origin, object));
    object.close(']');
  }

  private static void add(String service, Origin origin, Json object) {
    object.open('{').field("service", service).field("file", origin.file());
    object.field("drop_ins", origin.dropIns()).field("shadowed", origin.shadowed());
    object.field("masked", origin.masked()).close('}');
  }

  @Override
  void show(Declared declared) {
    int count = declared.count();
    session.print("ok: " + count + (count == 1 ? " service" : " services"));
    if (verbose) declared.configuration().origins().forEach(this::show);
  }

  private void show(String service, Origin origin) {
    session.print(
        Text.line(service + "  " + (origin.masked() ? "masked by " : "") + origin.file()));
    for (String file : origin.dropIns()) session.print(Text.line("  and " + file));
    for (String file : origin.shadowed()) session.print(Text.line("  not " + file));
  }
}
