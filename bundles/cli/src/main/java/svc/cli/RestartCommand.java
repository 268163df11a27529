package svc.cli;

import picocli.CommandLine.Command;
import svc.ipc.Method;

@Command(
    name = "restart",
    description = {
      "Stops services and starts them again, and with them those that follow them; what else",
      "depends on them is left alone."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class RestartCommand extends WishCommand {

  RestartCommand(Session session) {
    super(session, Method.RESTART);
  }
}
