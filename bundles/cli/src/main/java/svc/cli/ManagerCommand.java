package svc.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "svc-manager",
    description = "Brings directories of services up and keeps them so, until it is told to end.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ManagerCommand extends ManagerHostCommand {

  @Parameters(
      arity = "0..*",
      paramLabel = "DIR",
      description = {
        "Directories with declarations; of a name the first one's counts",
        "(default: /etc/svc; a user's ~/.config/svc)."
      })
  List<Path> directories = List.of();

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
    List<Path> declarations = directories.isEmpty() ? List.of(usual()) : directories;
    Places places = Places.of(session, socket, runDirectory, logDirectory);
    if (!ending) checked(declarations, target(), places);
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
