package svc.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import svc.ipc.Method;

@Command(
    name = "unpin",
    description = {
      "Lets services go with the others again. Nothing is started for it; one whose requirements",
      "were stopped meanwhile goes down."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class UnpinCommand extends ClientCommand {

  @Parameters(arity = "1..*", paramLabel = "SERVICE", description = "The services.")
  List<String> services;

  UnpinCommand(Session session) {
    super(session);
  }

  @Override
  boolean repeatable() {
    return true;
  }

  @Override
  int talk(Client client) throws Failure {
    client.ask(
        about(client.request(Method.PIN), services).string("pin", "none"), Client.PATIENCE_SECONDS);
    return 0;
  }
}
