package svc.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.nv.NvList;

@Command(
    name = "tree",
    description = "Shows the manager, its services, and the managers among these with theirs.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class TreeCommand extends ClientCommand {

  /** Deeper than managers are nested; each level is another conversation. */
  private static final int DEEPEST = 16;

  @Option(
      names = "--json",
      description = "One JSON object; a service that is a manager has that one's as \"manager\".")
  boolean json;

  TreeCommand(Session session) {
    super(session);
  }

  @Override
  int talk(Client client) throws Failure {
    Message status = status(client, List.of());
    if (json) {
      Json tree = new Json();
      add(tree, status.list(), 1);
      session.print(tree.toString());
    } else {
      session.print("svc-manager  " + about(status.list()));
      draw("", status.list(), 1);
    }
    return 0;
  }

  private static String about(NvList manager) {
    String pid = Long.toUnsignedString(manager.number("pid", 0));
    return Text.line(
        "pid " + pid + "  target " + manager.string("target", "") + "  " + directory(manager));
  }

  private static String directory(NvList manager) {
    return manager.string("directory", "");
  }

  // For people

  private void draw(String indent, NvList manager, int depth) {
    List<NvList> services = manager.lists("services");
    for (int i = 0; i < services.size(); i++) {
      boolean last = i == services.size() - 1;
      drawService(indent, last, services.get(i), depth);
    }
  }

  private void drawService(String indent, boolean last, NvList service, int depth) {
    String line = Text.line(service.string("service", "")) + "  " + StateLine.text(service);
    String below = indent + (last ? "   " : "│  ");
    String branch = indent + (last ? "└─ " : "├─ ");
    if (service.string("socket", "").isEmpty()) {
      session.print(branch + line);
      return;
    }
    try {
      NvList manager = ask(service, depth);
      session.print(
          branch
              + line
              + Text.line("  target " + manager.string("target", "") + "  " + directory(manager)));
      draw(below, manager, depth + 1);
    } catch (Failure e) {
      session.print(branch + line);
      session.print(below + "└─ " + e.getMessage());
    }
  }

  // For programs

  private void add(Json tree, NvList manager, int depth) {
    tree.open('{').field("pid", manager.number("pid", 0));
    tree.field("target", manager.string("target", "")).field("directory", directory(manager));
    tree.name("services").open('[');
    for (NvList service : manager.lists("services")) addService(tree, service, depth);
    tree.close(']').close('}');
  }

  private void addService(Json tree, NvList service, int depth) {
    tree.open('{').fields(service);
    if (!service.string("socket", "").isEmpty()) {
      try {
        NvList manager = ask(service, depth);
        add(tree.name("manager"), manager, depth + 1);
      } catch (Failure e) {
        tree.name("manager").open('{').field("error", e.getMessage()).close('}');
      }
    }
    tree.close('}');
  }

  private static NvList ask(NvList service, int depth) throws Failure {
    if (depth >= DEEPEST) throw Failure.failed("no more levels are shown");
    try (Client client = Client.connect(Path.of(service.string("socket", "")))) {
      return client.ask(client.request(Method.STATUS), Client.PATIENCE_SECONDS).list();
    } catch (java.nio.file.InvalidPathException e) {
      throw Failure.failed("no path: " + Text.line(e.getMessage()));
    }
  }
}
