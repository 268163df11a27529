package svc.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** A command that hosts a composition in this process. */
abstract class HostCommand extends Subcommand {

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      description = "For records and supervisors' sockets (default: by the socket's place).")
  String runDirectory;

  @Option(
      names = "--log-dir",
      paramLabel = "DIR",
      description = "For the services' output, SERVICE.log each.")
  String logDirectory;

  HostCommand(Session session) {
    super(session);
  }

  /** What every composition is told. */
  Map<String, String> properties(Places places) throws Failure {
    if (session.home() == null)
      throw Failure.failed("svc.home is not set; run it by the program in the installed tree");
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("svc.home", session.home().toString());
    properties.put("svc.run", places.run().toString());
    properties.put("svc.log", places.log().toString());
    return properties;
  }

  /** Starts a composition and waits for its end. */
  int host(String composition, Map<String, String> properties) throws Failure {
    session.err().flush();
    return await(session.runtimes().start(session.home(), composition, properties));
  }

  static int await(Runtimes.Running running) throws Failure {
    try {
      return running.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.failed("interrupted");
    }
  }
}
