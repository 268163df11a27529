package svc.cli;

import picocli.CommandLine.Command;

@Command(
    name = "enable",
    description = {
      "Has a target want services, by a drop-in TARGET.ini.d/SERVICE.ini in the directory of",
      "declarations that counts most. svc reload, or --now, starts them."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class EnableCommand extends WantingCommand {

  EnableCommand(Session session) {
    super(session);
  }

  @Override
  String change(Wanting wanting, String service) throws Failure {
    return wanting.enable(service);
  }
}
