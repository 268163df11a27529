package svc.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "svc-manager",
    description = "Brings a directory of services up and keeps them so, until it is told to end.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ManagerCommand extends ManagerHostCommand {

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "The directory with declarations (default: /etc/svc; a user's ~/.config/svc).")
  Path directory;

  @Option(
      names = "--ending",
      description = {
        "Take down in order what another manager left here, and end.",
        "Nothing is started, and declarations need not be right."
      })
  boolean ending;

  ManagerCommand(Session session) {
    super(session);
  }

  @Override
  public Integer call() throws Failure {
    Path declarations = directory == null ? usual() : directory;
    if (!ending) checked(declarations, target());
    Places places = Places.of(session, socket, runDirectory, logDirectory);
    refuseSecond(places);
    var properties = managerProperties(places, declarations, target(), "process");
    if (ending) properties.put("svc.ending", "true");
    places.prepare(session);
    return host("manager", properties);
  }

  private Path usual() {
    if (session.uid() == 0) return Path.of("/etc/svc");
    return Path.of(session.variable("HOME", "/"), ".config", "svc");
  }
}
