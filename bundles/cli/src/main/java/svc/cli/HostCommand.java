package svc.cli;

import java.nio.file.Path;
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

  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      description = {
        "Bundles with service types, loaded as they come, change and go",
        "(default: /etc/svc/plugins; a user's ~/.config/svc/plugins; with --socket PATH.d/plugins)."
      })
  String plugins;

  @Option(
      names = "--plugin-truststore",
      paramLabel = "FILE",
      description = {
        "Only plugins signed by one of its certificates are loaded;",
        "its password is in FILE.password, where it has one."
      })
  String trustStore;

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
    properties.put("svc.plugins", plugins(places));
    if (trustStore != null) properties.put("svc.plugins.truststore", absolute(trustStore));
    return properties;
  }

  private String plugins(Places places) {
    return plugins == null ? places.plugins(session).toString() : absolute(plugins);
  }

  private static String absolute(String path) {
    return Path.of(path).toAbsolutePath().normalize().toString();
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
