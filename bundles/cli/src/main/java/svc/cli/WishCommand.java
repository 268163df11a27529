package svc.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
    List<String> followers = ask(client, request).list().strings("followers");
    Set<String> all = new LinkedHashSet<>(services);
    all.addAll(followers);
    Message status = status(client, List.copyOf(all));
    if (json) session.print(json(status));
    else lines(status.list().lists("services"), followers);
    return 0;
  }

  private Message ask(Client client, NvList.Builder request) throws Failure {
    if (noWait) return client.ask(request, Client.PATIENCE_SECONDS);
    Impatience impatience = Impatience.of(this, services, method);
    try {
      return client.ask(request, Client.FOREVER);
    } finally {
      impatience.close();
    }
  }

  private void lines(List<NvList> all, List<String> followers) {
    int width = 0;
    for (NvList service : all) width = Math.max(width, service.string("service", "").length());
    for (NvList service : all) {
      String name = service.string("service", "");
      String follows = followers.contains(name) && !services.contains(name) ? "  (follows)" : "";
      session.print(Text.pad(Text.line(name), width) + "  " + StateLine.text(service) + follows);
    }
  }
}
