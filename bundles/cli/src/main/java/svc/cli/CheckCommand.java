package svc.cli;

import picocli.CommandLine.Command;

@Command(
    name = "check",
    description = "Says what is wrong with declarations: file, line, key, and what was expected.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class CheckCommand extends OfflineCommand {

  CheckCommand(Session session) {
    super(session);
  }

  @Override
  void add(Declared declared, Json object) {
    // ok, count and problems are all
  }

  @Override
  void show(Declared declared) {
    int count = declared.count();
    session.print("ok: " + count + (count == 1 ? " service" : " services"));
  }
}
