package svc.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.manager.logic.Target;

/** Enable, disable: changes what a target wants, in the directories of declarations. */
abstract class WantingCommand extends Subcommand {

  @Parameters(arity = "1..*", paramLabel = "SERVICE", description = "The services.")
  List<String> services;

  @Option(
      names = "--target",
      paramLabel = "TARGET",
      description = "Who wants them (default: ${DEFAULT-VALUE}).")
  String target = Target.DEFAULT;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = {
        "The directories with declarations, without a manager; the first is written to",
        "(default: those of the manager)."
      })
  List<Path> directories = List.of();

  @Option(names = "--now", description = "Have the manager take it over at once.")
  boolean now;

  @Mixin ManagerAt manager;

  WantingCommand(Session session) {
    super(session);
  }

  @Override
  public final Integer call() throws Failure {
    List<Path> all = directories.isEmpty() ? ofManager() : directories;
    Wanting wanting = new Wanting(all, target);
    for (String service : services) session.print(Text.line(change(wanting, service)));
    session.flush();
    if (!now) return 0;
    try (Client client = Client.connect(manager.places(session))) {
      now(client);
    }
    return 0;
  }

  private List<Path> ofManager() throws Failure {
    try (Client client = Client.connect(manager.places(session))) {
      Message status = ClientCommand.status(client, List.of());
      return status.list().strings("directories").stream().map(Path::of).toList();
    }
  }

  /** Does it, and says what was done. */
  abstract String change(Wanting wanting, String service) throws Failure;

  void now(Client client) throws Failure {
    Message answer = client.ask(client.request(Method.RELOAD), Client.FOREVER);
    if (!answer.list().bool("ok", false))
      throw Failure.failed("nothing is reloaded; svc reload --plan says why");
  }
}
