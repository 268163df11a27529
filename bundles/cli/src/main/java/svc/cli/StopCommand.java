package svc.cli;

import picocli.CommandLine.Command;
import svc.ipc.Method;

@Command(
    name = "stop",
    description = "Stops services and what requires them; done when all are down.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class StopCommand extends WishCommand {

  StopCommand(Session session) {
    super(session, Method.STOP);
  }

  @Override
  boolean repeatable() {
    return true;
  }
}
