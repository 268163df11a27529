package svc.cli;

import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import svc.ipc.Message;
import svc.nv.NvList;

/** Start, stop, restart: asks for something and shows what came of it. */
abstract class WishCommand extends ClientCommand {

  @Parameters(arity = "1..*", paramLabel = "SERVICE", description = "The services.")
  List<String> services;

  @Option(names = "--no-wait", description = "Do not wait until it is done.")
  boolean noWait;

  @Option(names = "--json", description = "Show the outcome as svc status --json does.")
  boolean json;

  private final String method;

  WishCommand(Session session, String method) {
    super(session);
    this.method = method;
  }

  @Override
  int talk(Client client) throws Failure {
    NvList.Builder request = about(client.request(method), services);
    if (noWait) request.bool("wait", false);
    ask(client, request);
    Message status = status(client, services);
    if (json) session.print(json(status));
    else lines(status.list().lists("services"));
    return 0;
  }

  private void ask(Client client, NvList.Builder request) throws Failure {
    if (noWait) {
      client.ask(request, Client.PATIENCE_SECONDS);
      return;
    }
    Impatience impatience = Impatience.of(this, services, method);
    try {
      client.ask(request, Client.FOREVER);
    } finally {
      impatience.close();
    }
  }

  private void lines(List<NvList> services) {
    int width = 0;
    for (NvList service : services) width = Math.max(width, service.string("service", "").length());
    for (NvList service : services) {
      String name = Text.line(service.string("service", ""));
      session.print(Text.pad(name, width) + "  " + StateLine.text(service));
    }
  }
}
