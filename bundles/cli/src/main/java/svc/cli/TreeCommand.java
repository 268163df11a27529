package svc.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.nv.NvList;
import svc.service.Durations;

@Command(
    name = "tree",
    description = {
      "Shows the manager, its services and their processes (age, resident memory),",
      "and the managers among the services with theirs."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class TreeCommand extends ClientCommand {

  /** Deeper than managers are nested; each level is another conversation. */
  private static final int DEEPEST = 16;

  /** Of a command, in characters. */
  private static final int WIDEST = 80;

  @Option(
      names = "--json",
      description = "One JSON object; a service that is a manager has that one's as \"manager\".")
  boolean json;

  @Option(
      names = {"-s", "--services"},
      description = "Without processes.")
  boolean servicesOnly;

  private Processes processes;

  TreeCommand(Session session) {
    super(session);
  }

  @Override
  int talk(Client client) throws Failure {
    Message status = status(client, List.of());
    processes = servicesOnly ? null : look();
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

  private static Processes look() throws Failure {
    try {
      return Processes.now(PROC);
    } catch (IOException e) {
      throw Failure.file(PROC, e);
    }
  }

  /** The processes of a manager's services. */
  private Map<String, List<Processes.Process>> processes(NvList manager) {
    if (processes == null) return Map.of();
    Map<String, Integer> mains = new HashMap<>();
    for (NvList service : manager.lists("services"))
      mains.put(service.string("service", ""), (int) service.number("pid", 0));
    String run = manager.string("run", "");
    return processes.of((int) manager.number("pid", 0), run.isEmpty() ? null : run, mains);
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
    var trees = processes(manager);
    for (int i = 0; i < services.size(); i++) {
      boolean last = i == services.size() - 1;
      NvList service = services.get(i);
      var tree = trees.getOrDefault(service.string("service", ""), List.of());
      drawService(indent, last, service, tree, depth);
    }
  }

  private void drawService(
      String indent, boolean last, NvList service, List<Processes.Process> tree, int depth) {
    String line = Text.line(service.string("service", "")) + "  " + StateLine.text(service);
    String below = indent + (last ? "   " : "│  ");
    String branch = indent + (last ? "└─ " : "├─ ");
    if (service.string("socket", "").isEmpty()) {
      session.print(branch + line);
      draw(below, tree);
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

  private void draw(String indent, List<Processes.Process> tree) {
    for (int i = 0; i < tree.size(); i++) {
      boolean last = i == tree.size() - 1;
      Processes.Process process = tree.get(i);
      session.print(indent + (last ? "└─ " : "├─ ") + line(process));
      draw(indent + (last ? "   " : "│  "), process.children());
    }
  }

  private static String line(Processes.Process process) {
    String command = Text.line(process.command());
    if (command.length() > WIDEST) command = command.substring(0, WIDEST - 1) + "…";
    long age = Math.max(0, System.currentTimeMillis() - process.began());
    return "%d %s  %s  %s"
        .formatted(
            process.pid(),
            command,
            Durations.format(age / 1_000 * 1_000_000_000L),
            size(process.memory()));
  }

  /** As {@code 12.3M}. */
  private static String size(long bytes) {
    double mebibytes = bytes / 1024.0 / 1024;
    return mebibytes < 1 ? bytes / 1024 + "K" : "%.1fM".formatted(mebibytes);
  }

  // For programs

  private void add(Json tree, NvList manager, int depth) {
    tree.open('{').field("pid", manager.number("pid", 0));
    tree.field("target", manager.string("target", "")).field("directory", directory(manager));
    tree.name("services").open('[');
    var trees = processes(manager);
    for (NvList service : manager.lists("services")) {
      var its = trees.getOrDefault(service.string("service", ""), List.of());
      addService(tree, service, its, depth);
    }
    tree.close(']').close('}');
  }

  private void addService(Json tree, NvList service, List<Processes.Process> its, int depth) {
    tree.open('{').fields(service);
    Cgroup.add(tree, service, PROC);
    if (!servicesOnly) add(tree.name("processes"), its);
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

  private static void add(Json tree, List<Processes.Process> processes) {
    tree.open('[');
    for (Processes.Process process : processes) {
      tree.open('{').field("pid", process.pid()).field("command", process.command());
      tree.field("since_ms", process.began()).field("resident_bytes", process.memory());
      add(tree.name("children"), process.children());
      tree.close('}');
    }
    tree.close(']');
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
