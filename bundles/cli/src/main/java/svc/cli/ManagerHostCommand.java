package svc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;
import svc.launch.Replacing;
import svc.manager.Intake;
import svc.manager.logic.Target;

/** A command that hosts a manager, whatever else is in its process. */
abstract class ManagerHostCommand extends HostCommand {

  @Option(
      names = "--target",
      paramLabel = "SERVICE",
      description = "What is brought up (default: default).")
  String target;

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "Where it listens (default: $SVC_SOCKET, or the usual place).")
  String socket;

  ManagerHostCommand(Session session) {
    super(session);
  }

  String target() {
    return target == null ? Target.DEFAULT : target;
  }

  /**
   * What a manager is told beside.
   *
   * @param supervise {@code local} when the supervisor is in the same process, else {@code process}
   */
  Map<String, String> managerProperties(
      Places places, List<Path> directories, String target, String supervise) throws Failure {
    Map<String, String> properties = properties(places);
    properties.put("svc.main", "manager");
    properties.put("svc.name", "main");
    properties.put("svc.socket", places.socket().toString());
    List<String> real = new ArrayList<>();
    for (Path directory : directories) real.add(real(directory));
    properties.put("svc.declarations", String.join("\0", real));
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

  /**
   * Reads declarations; where something is wrong, explains it and ends, unless there was a manager
   * that had accepted others: then these count, and services of theirs may run.
   */
  Declared checked(List<Path> directories, String target, Places places) throws Failure {
    Declared declared = Declared.read(directories, target);
    declared.explain(session);
    boolean accepted = Files.exists(places.run().resolve(Intake.FILE));
    if (declared.problems().isEmpty() || accepted) return declared;
    throw Failure.failed("nothing started; mend what is named above");
  }

  /** One manager a socket: a second one would show the first one's services as its own. */
  static void refuseSecond(Places places) throws Failure {
    if (Replacing.isOver(places.run())) return;
    try {
      Client.connect(places.socket()).close();
    } catch (Failure nobodyListens) {
      return;
    }
    throw Failure.failed("a manager listens on " + places.socket() + " already");
  }
}
