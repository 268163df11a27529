package svc.cli;

import picocli.CommandLine.Command;
import svc.ipc.Method;

@Command(
    name = "start",
    description = "Starts services and what they require; done when all are up.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class StartCommand extends WishCommand {

  StartCommand(Session session) {
    super(session, Method.START);
  }

  @Override
  boolean repeatable() {
    return true;
  }
}
