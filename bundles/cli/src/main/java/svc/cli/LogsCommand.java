package svc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import svc.nv.NvList;
import svc.service.Nearest;

@Command(
    name = "logs",
    description = {
      "Shows what services wrote last, also while no manager runs.",
      "Of several each line has its service's name in front."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class LogsCommand extends Subcommand {

  @Parameters(arity = "0..*", paramLabel = "SERVICE", description = "Only these (default: all).")
  List<String> services;

  @Mixin ManagerAt manager;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what they write from now on.")
  boolean follow;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      description = "How many lines of each (default: ${DEFAULT-VALUE}).")
  int lines = 10;

  @Option(
      names = "--log-dir",
      paramLabel = "DIR",
      description = "Where the logs are (default: what the manager says, or the usual place).")
  Path directory;

  LogsCommand(Session session) {
    super(session);
  }

  @Override
  public Integer call() throws Failure {
    if (lines < 0) throw Failure.usage("-n: expected a number of lines from 0 on");
    Set<String> known = new LinkedHashSet<>();
    Path told = told(known);
    Path logs = directory == null ? told : directory;
    try {
      show(logs, names(logs, known));
      return 0;
    } catch (IOException e) {
      throw Failure.file(logs, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.silent();
    }
  }

  private void show(Path logs, Collection<String> names)
      throws IOException, Failure, InterruptedException {
    Screen screen = new Screen(session);
    names.forEach(screen::makeRoom);
    if (names.size() == 1) screen.leaveNamesOut();
    // what is written between the two looks is shown twice rather than never
    LogTail tail = follow ? LogTail.open(logs, names, name -> false, screen) : null;
    for (String name : names) show(logs, name, screen);
    session.flush();
    if (tail == null) return;
    tail.begin();
    tail.await();
  }

  /**
   * Where the manager that runs says that they are.
   *
   * @param known is given the services that it knows
   */
  private Path told(Set<String> known) {
    Places places = manager.places(session);
    try (Client client = Client.connect(places.socket())) {
      NvList status = ClientCommand.status(client, List.of()).list();
      for (NvList service : status.lists("services")) known.add(service.string("service", ""));
      String logs = status.string("logs", "");
      return logs.isEmpty() ? places.log() : Path.of(logs);
    } catch (Failure noManager) {
      return places.log();
    }
  }

  private Collection<String> names(Path logs, Set<String> known) throws IOException, Failure {
    if (!Files.isDirectory(logs)) throw Failure.failed(logs + ": no such directory");
    Set<String> all = new TreeSet<>(ServiceLog.services(logs));
    if (follow) all.addAll(known);
    if (services == null) return all;
    all.addAll(known);
    for (String name : services) {
      if (known.contains(name) || new ServiceLog(logs, name).exists()) continue;
      String hint = Nearest.hint(name, all);
      throw Failure.notPossible("no log of " + Text.line(name) + " in " + logs + hint);
    }
    return new LinkedHashSet<>(services);
  }

  private void show(Path logs, String name, Screen screen) throws IOException {
    for (byte[] line : new ServiceLog(logs, name).last(lines))
      screen.output(name, line, 0, line.length);
  }
}
