package svc.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.nv.NvList;

@Command(
    name = "events",
    description = "Shows the state of every service, and then every change until the manager ends.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class EventsCommand extends ClientCommand {

  @Option(
      names = "--json",
      description = {
        "One JSON object a line: {\"service\":{...}}",
        "or {\"settled\":true,\"target\":...,\"reached\":...}."
      })
  boolean json;

  EventsCommand(Session session) {
    super(session);
  }

  @Override
  int talk(Client client) throws Failure {
    Message message = client.ask(client.request(Method.EVENTS), Client.PATIENCE_SECONDS);
    Progress progress = new Progress(new Screen(session), true);
    for (NvList service : message.list().lists("services")) progress.width(service);
    for (NvList service : message.list().lists("services")) {
      if (json) line(service);
      else progress.service(service);
    }
    session.flush();
    for (message = client.next(); message != null; message = client.next()) {
      if (json) session.print(new Json().list(message.list()).toString());
      else progress.news(message.list());
      session.flush();
    }
    return 0;
  }

  private void line(NvList service) {
    session.print(new Json().open('{').name("service").list(service).close('}').toString());
  }
}
