package svc.cli;

import java.io.IOException;
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

  /**
   * What a manager is told beside.
   *
   * @param supervise {@code local} when the supervisor is in the same process, else {@code process}
   */
  Map<String, String> managerProperties(
      Places places, Path directory, String target, String supervise) throws Failure {
    Map<String, String> properties = properties(places);
    properties.put("svc.main", "manager");
    properties.put("svc.name", "main");
    properties.put("svc.socket", places.socket().toString());
    properties.put("svc.declarations", real(directory));
    properties.put("svc.target", target);
    properties.put("svc.supervise", supervise);
    return properties;
  }

  /** Absolute, since services start in their declaration's directory. */
  private static String real(Path directory) throws Failure {
    try {
      return directory.toRealPath().toString();
    } catch (IOException e) {
      throw Failure.file(directory, e);
    }
  }

  /** Reads declarations; where something is wrong, explains it and ends. */
  Declared checked(Path directory, String target) throws Failure {
    Declared declared = Declared.read(directory, target);
    declared.explain(session);
    if (declared.problems().isEmpty()) return declared;
    throw Failure.failed("nothing started; mend what is named above");
  }

  /** One manager a socket: a second one would show the first one's services as its own. */
  static void refuseSecond(Places places) throws Failure {
    try {
      Client.connect(places.socket()).close();
    } catch (Failure nobodyListens) {
      return;
    }
    throw Failure.failed("a manager listens on " + places.socket() + " already");
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
