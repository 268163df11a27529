package svc.cli;

import java.util.LinkedHashSet;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.nv.NvList;
import svc.service.Kind;
import svc.service.Problem;

@Command(
    name = "reload",
    description = {
      "Reads the directories of declarations again and goes on by them: what is new and needed is",
      "started, what is not declared any more is stopped, what has not changed is left alone.",
      "Where something is wrong all of it is named and nothing changes.",
      "With names: these services read their own configuration anew, by the signal or the command",
      "that they declare; one that cannot stays up as it is."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ReloadCommand extends ClientCommand {

  @Parameters(arity = "0..*", paramLabel = "SERVICE", description = "Services, in this order.")
  List<String> services = List.of();

  @Option(names = "--plan", description = "Say what would be done, and do nothing.")
  boolean plan;

  @Option(names = "--no-wait", description = "Do not wait until it is done.")
  boolean noWait;

  @Option(names = "--json", description = "One JSON object, with the names of the wire.")
  boolean json;

  ReloadCommand(Session session) {
    super(session);
  }

  @Override
  void check() throws Failure {
    if (!services.isEmpty() && (plan || json || noWait))
      throw Failure.usage("with SERVICE there is no other option");
    for (String service : services)
      if (!Kind.isName(service)) throw Failure.usage("no name of a service: " + Text.line(service));
  }

  @Override
  boolean repeatable() {
    return true;
  }

  @Override
  int talk(Client client) throws Failure {
    if (!services.isEmpty()) return reload(client);
    Message planned = ask(client, true);
    boolean good = planned.list().bool("ok", false);
    if (!json || plan || !good) show(planned);
    if (!good) throw Failure.failed("nothing is reloaded; mend what is named above");
    if (plan) return 0;
    session.flush();
    Message done = ask(client, false);
    boolean other = !changes(done).equals(changes(planned));
    if (json || other || !done.list().bool("ok", false)) show(done);
    if (!done.list().bool("ok", false))
      throw Failure.failed("nothing is reloaded; mend what is named above");
    return 0;
  }

  private int reload(Client client) throws Failure {
    for (String service : new LinkedHashSet<>(services)) {
      NvList.Builder request = client.request(Method.RELOAD_SERVICE).string("service", service);
      client.ask(request, Client.FOREVER);
    }
    return 0;
  }

  private Message ask(Client client, boolean onlyPlan) throws Failure {
    NvList.Builder request = client.request(Method.RELOAD);
    if (onlyPlan) request.bool("plan", true);
    if (noWait) request.bool("wait", false);
    boolean atOnce = onlyPlan || noWait;
    return client.ask(request, atOnce ? Client.PATIENCE_SECONDS : Client.FOREVER);
  }

  private static List<NvList> changes(Message answer) {
    return answer.list().lists("changes");
  }

  private void show(Message answer) {
    NvList list = answer.list();
    if (json) session.print(new Json().list(list).toString());
    else if (list.bool("ok", false)) table(list);
    else for (NvList problem : list.lists("problems")) session.err().println(line(problem));
  }

  private static String line(NvList problem) {
    return Text.line(
        new Problem(
                problem.string("file", ""),
                (int) problem.number("line", 0),
                problem.string("key", ""),
                problem.string("text", ""))
            .toString());
  }

  private void table(NvList list) {
    Table table = new Table("SERVICE", "CHANGE", "EFFECT", "KEYS");
    for (NvList change : list.lists("changes")) {
      table.row(
          change.string("service", ""),
          change.string("change", ""),
          effect(change.string("effect", "")),
          String.join(" ", change.strings("keys")));
    }
    if (!list.lists("changes").isEmpty()) table.print(session);
    session.print(list.number("unchanged", 0) + " unchanged");
  }

  private static String effect(String word) {
    return switch (word) {
      case "start" -> "starts";
      case "stop" -> "stops";
      case "restart" -> "restarts now";
      case "next-start" -> "at its next start";
      case "at-once" -> "counts at once";
      case "none" -> "does not run";
      default -> word;
    };
  }
}
