package svc.cli;

import java.util.LinkedHashSet;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import svc.ipc.Method;
import svc.nv.NvList;
import svc.os.Signal;

@Command(
    name = "kill",
    description = {
      "Sends a signal to the process group of services.",
      "What comes of it is judged as if they had ended by themselves; to end them use svc stop."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class KillCommand extends ClientCommand {

  @Parameters(arity = "1..*", paramLabel = "SERVICE", description = "The services.")
  List<String> services;

  @Option(
      names = {"-s", "--signal"},
      paramLabel = "SIGNAL",
      description = "By name or number, as HUP or RTMIN+3 (default: ${DEFAULT-VALUE}).")
  String signal = "TERM";

  @Option(names = "--main", description = "To the main process alone.")
  boolean main;

  KillCommand(Session session) {
    super(session);
  }

  @Override
  int talk(Client client) throws Failure {
    Signal sent =
        Signal.parse(signal)
            .orElseThrow(() -> Failure.usage("no signal " + Text.line(signal) + "; see kill -l"));
    for (String service : new LinkedHashSet<>(services))
      client.ask(request(client, service, sent), Client.PATIENCE_SECONDS);
    return 0;
  }

  private NvList.Builder request(Client client, String service, Signal sent) throws Failure {
    try {
      return client
          .request(Method.KILL)
          .string("service", service)
          .number("signal", sent.number())
          .bool("main", main);
    } catch (IllegalArgumentException e) {
      throw Failure.usage("a service's name cannot contain that: " + e.getMessage());
    }
  }
}
