package svc.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import svc.ipc.Method;

@Command(
    name = "shutdown",
    description = "Stops everything in order and ends the manager; done when it has ended.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ShutdownCommand extends ClientCommand {

  @Option(names = "--no-wait", description = "Do not wait until it is done.")
  boolean noWait;

  ShutdownCommand(Session session) {
    super(session);
  }

  /** The manager answers at once; that it has ended is seen by its closing the connection. */
  @Override
  int talk(Client client) throws Failure {
    client.ask(client.request(Method.SHUTDOWN), Client.PATIENCE_SECONDS);
    if (!noWait) drain(client);
    return 0;
  }

  private void drain(Client client) throws Failure {
    Impatience impatience = Impatience.of(this, List.of(), "shutdown");
    try {
      client.drain();
    } finally {
      impatience.close();
    }
  }
}
