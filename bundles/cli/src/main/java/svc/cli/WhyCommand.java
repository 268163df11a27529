package svc.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.nv.NvList;

@Command(
    name = "why",
    description = {
      "Explains why a service is, or is not, up: what it waits for, who wanted it, what failed,",
      "and what would let it start: with all of that done it starts, with less it does not."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class WhyCommand extends ClientCommand {

  @Parameters(paramLabel = "SERVICE", description = "The service.")
  String service;

  @Option(names = "--json", description = "One JSON object, with the names of the wire.")
  boolean json;

  WhyCommand(Session session) {
    super(session);
  }

  @Override
  boolean repeatable() {
    return true;
  }

  @Override
  int talk(Client client) throws Failure {
    Message answer = client.ask(request(client), Client.PATIENCE_SECONDS);
    if (json) session.print(new Json().list(answer.list()).toString());
    else show(answer.list());
    return 0;
  }

  private NvList.Builder request(Client client) throws Failure {
    try {
      return client.request(Method.WHY).string("service", service);
    } catch (IllegalArgumentException e) {
      throw Failure.usage("a service's name cannot contain that: " + e.getMessage());
    }
  }

  private void show(NvList why) {
    for (NvList cause : why.lists("causes")) session.print(line(cause));
    List<NvList> remedies = why.lists("remedies");
    String hopeless = why.string("hopeless", "");
    if (why.bool("up", false)) return;
    session.print("");
    if (!hopeless.isEmpty()) session.print(Text.line("nothing helps: " + hopeless));
    else if (remedies.isEmpty()) session.print("nothing has to be done: it comes up by itself");
    else session.print("to have it start:");
    for (NvList remedy : remedies) session.print(remedy(remedy));
  }

  private String line(NvList cause) {
    int depth = (int) Math.min(cause.number("depth", 0), 40);
    String text = Text.line(cause.string("text", "")) + Waits.clock(cause);
    boolean root = cause.bool("root", false) && session.terminal();
    return "  ".repeat(Math.max(0, depth)) + (root ? "\033[1m" + text + "\033[0m" : text);
  }

  private static String remedy(NvList remedy) {
    String command = remedy.string("command", "");
    String file = remedy.string("file", "");
    long line = remedy.number("line", 0);
    String text = remedy.string("text", "");
    String place = file.isEmpty() ? "" : " (" + file + (line > 0 ? ":" + line : "") + ")";
    boolean same = ("svc " + text).startsWith(command);
    String shown = !command.isEmpty() && same ? "svc " + text : text;
    return "  " + Text.line(shown + place);
  }
}
