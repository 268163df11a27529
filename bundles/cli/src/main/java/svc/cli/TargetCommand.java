package svc.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import svc.ipc.Method;
import svc.nv.NvList;

@Command(
    name = "target",
    description = {
      "Makes another service the target: what it needs is started,",
      "everything else is stopped in order; done when that is through."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class TargetCommand extends ClientCommand {

  @Parameters(paramLabel = "SERVICE", description = "The new target.")
  String target;

  @Option(names = "--no-wait", description = "Do not wait until it is done.")
  boolean noWait;

  TargetCommand(Session session) {
    super(session);
  }

  @Override
  int talk(Client client) throws Failure {
    NvList.Builder request = client.request(Method.TARGET);
    try {
      request.string("target", target);
    } catch (IllegalArgumentException e) {
      throw Failure.usage("a service's name cannot contain that: " + e.getMessage());
    }
    if (noWait) client.ask(request.bool("wait", false), Client.PATIENCE_SECONDS);
    else ask(client, request);
    return 0;
  }

  /** It waits for whatever comes up and goes down. */
  private void ask(Client client, NvList.Builder request) throws Failure {
    Impatience impatience = Impatience.of(this, List.of(), "target");
    try {
      client.ask(request, Client.FOREVER);
    } finally {
      impatience.close();
    }
  }
}
