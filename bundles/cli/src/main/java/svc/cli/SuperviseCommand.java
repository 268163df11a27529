package svc.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import svc.service.Kind;

@Command(
    name = "svc-supervise",
    description = "Keeps services in their wanted state; svc-manager starts it and says which.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class SuperviseCommand extends HostCommand {

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Which of a manager's supervisors this is (default: ${DEFAULT-VALUE}).")
  String name = "main";

  SuperviseCommand(Session session) {
    super(session);
  }

  @Override
  public Integer call() throws Failure {
    if (!Kind.isName(name))
      throw Failure.usage(
          "--name: expected " + Kind.NAME.expected() + ", found " + Text.line(name));
    Places places = Places.of(session, null, runDirectory, logDirectory);
    Map<String, String> properties = properties(places);
    properties.put("svc.main", "supervise");
    properties.put("svc.name", name);
    places.prepare(session);
    return host("supervise", properties);
  }
}
