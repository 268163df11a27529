package svc.cli;

import picocli.CommandLine.Command;
import svc.ipc.Method;

@Command(
    name = "disable",
    description = {
      "Removes what svc enable wrote; a file of another directory is masked by an empty one.",
      "What runs goes on; --now stops it."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class DisableCommand extends WantingCommand {

  DisableCommand(Session session) {
    super(session);
  }

  @Override
  String change(Wanting wanting, String service) throws Failure {
    return wanting.disable(service);
  }

  @Override
  void now(Client client) throws Failure {
    super.now(client);
    client.ask(ClientCommand.about(client.request(Method.STOP), services), Client.FOREVER);
  }
}
