package svc.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import svc.ipc.Method;
import svc.nv.NvList;

@Command(
    name = "pin",
    description = {
      "Starts a service and keeps it up, or stops it and keeps it down, whatever is asked of others",
      "and whatever becomes of what it requires: until svc unpin, or until everything ends."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class PinCommand extends ClientCommand {

  @Parameters(index = "0", paramLabel = "SERVICE", description = "The service.")
  String service;

  @Parameters(index = "1", paramLabel = "up|down", description = "How it stays.")
  String state;

  @Option(names = "--no-wait", description = "Do not wait until it is so.")
  boolean noWait;

  PinCommand(Session session) {
    super(session);
  }

  @Override
  boolean repeatable() {
    return true;
  }

  @Override
  int talk(Client client) throws Failure {
    if (!List.of("up", "down").contains(state))
      throw Failure.usage("expected up or down, found " + Text.line(state));
    NvList.Builder request = about(client.request(Method.PIN), List.of(service));
    request.string("pin", state);
    if (noWait) request.bool("wait", false);
    client.ask(request, noWait ? Client.PATIENCE_SECONDS : Client.FOREVER);
    return 0;
  }
}
