package svc.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import svc.manager.logic.Graph;
import svc.service.LogSettings;

@Command(
    name = "up",
    description = {
      "Brings directories of services up in the foreground, all in one process.",
      "ctrl-C takes them down in order."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class UpCommand extends ManagerHostCommand {

  @Parameters(
      arity = "1..*",
      paramLabel = "DIR",
      description =
          "Directories with declarations, NAME.ini each; of a name the first one's counts.")
  List<Path> directories;

  UpCommand(Session session) {
    super(session);
  }

  /** Signals are the runtime's business: it hears them on its own loop and ends in order. */
  @Override
  public Integer call() throws Failure {
    Places places = Places.of(session, socket, runDirectory, logDirectory);
    Declared declared = checked(directories, target(), places);
    refuseSecond(places);
    Map<String, String> properties = managerProperties(places, directories, target(), "local");
    places.prepare(session);
    session.err().flush();
    Screen screen = new Screen(session);
    Set<String> services = declared.configuration().declarations().keySet();
    services.forEach(screen::makeRoom);
    LogTail tail =
        LogTail.start(
            places.log(), services, service -> isStamped(declared.graph(), service), screen);
    CountDownLatch ended = new CountDownLatch(1);
    Runtimes.Running running = session.runtimes().start(session.home(), "all-in-one", properties);
    Watch progress =
        new Watch(
            session,
            places.socket(),
            screen,
            ended,
            service -> tail.add(service.string("service", ""), !service.bool("unstamped", false)));
    Thread watch = new Thread(progress, "progress");
    watch.setDaemon(true);
    watch.start();
    int status = await(running);
    ended.countDown();
    finish(watch, tail);
    return status;
  }

  private static boolean isStamped(Graph graph, String service) {
    return LogSettings.of(graph.declaration(service)).stamp() != LogSettings.Stamp.NONE;
  }

  /** The manager has closed the conversation, so the rest of what it said is at hand. */
  private static void finish(Thread watch, LogTail tail) throws Failure {
    try {
      watch.join(TimeUnit.SECONDS.toMillis(2));
      tail.finish();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.failed("interrupted");
    }
  }
}
