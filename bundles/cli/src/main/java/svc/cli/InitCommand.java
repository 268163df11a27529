package svc.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import svc.init.Look;
import svc.init.logic.BootLine;
import svc.init.logic.ControlRequest;
import svc.init.logic.Settings;
import svc.init.logic.Surroundings;
import svc.init.logic.Workload;
import svc.manager.DeclarationDirectory;
import svc.service.Durations;
import svc.service.Kind;
import svc.service.Source;

@Command(
    name = "svc-init",
    description = {
      "The first process of a machine or a container: brings the target up, reaps, and takes",
      "everything down in order. What follows -- is a program that runs when the target is reached;",
      "its end, and its status, are the container's."
    },
    customSynopsis = {
      "svc-init [OPTIONS] [-- PROGRAM ARGUMENTS...]",
      "       svc-init [-t SECONDS] RUNLEVEL"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class InitCommand extends ManagerHostCommand {

  /** An init has its FIFO open all the time. */
  private static final int PATIENCE_SECONDS = 2;

  private static final List<Path> FIFOS = List.of(Path.of("/run/initctl"), Path.of("/dev/initctl"));

  @Parameters(
      arity = "0..*",
      paramLabel = "WORD",
      description = {
        "For process 1: what the kernel hands on, as single or emergency.",
        "Otherwise: a runlevel (0 to 6, S, Q: read the configuration, U: be executed anew), asked of the",
        "init that runs."
      })
  List<String> words = List.of();

  @Option(
      names = "--declarations",
      paramLabel = "DIR",
      description = {
        "A directory with declarations; of a name the first one's count",
        "(default: /etc/svc)."
      })
  List<Path> directories = List.of();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Runlevels, signals, time-outs (default: the first init.conf beside declarations).")
  Path configuration;

  @Option(
      names = "--split",
      description = "Manager and supervisors in processes of their own (default on a machine).")
  boolean split;

  @Option(names = "--all-in-one", description = "All in one process (default in a container).")
  boolean allInOne;

  @Option(
      names = {"-g", "--group"},
      description = "Signals go to the program's process group, not to it alone.")
  boolean group;

  @Option(
      names = {"-r", "--rewrite"},
      paramLabel = "FROM:TO",
      description = "The program gets signal TO instead of FROM, or nothing when TO is 0.")
  List<String> rewrites = List.of();

  @Option(
      names = "--grace",
      paramLabel = "DURATION",
      description = "How long everything may take to go down (default: init.conf's stop-timeout).")
  String grace;

  @Option(
      names = {"-q", "--quiet"},
      description = "Only trouble is told.")
  boolean quiet;

  @Option(names = "-t", paramLabel = "SECONDS", hidden = true, description = "For RUNLEVEL.")
  int sleepSeconds;

  private final List<String> program;

  /**
   * @param program what follows {@code --}, or nothing
   */
  InitCommand(Session session, List<String> program) {
    super(session);
    this.program = program;
  }

  static boolean onMachine(Session session) {
    return Look.around(session.environment()).machine();
  }

  @Override
  public Integer call() throws Failure {
    Surroundings surroundings = Look.around(session.environment());
    if (surroundings.pid() != 1 && program.isEmpty() && words.size() == 1) return changeRunlevel();
    try {
      int status = host(surroundings);
      // a machine's first process ends by the kernel's hand alone
      if (surroundings.machine()) throw Failure.failed("ended with " + status);
      return status;
    } catch (Failure | RuntimeException | Error reason) {
      if (surroundings.machine()) freeze(reason);
      throw reason;
    }
  }

  /** The end of process 1 would be the kernel's panic, which tells an operator less. */
  private void freeze(Throwable reason) {
    if (!(reason instanceof Failure)) reason.printStackTrace(session.err());
    session.err().println("svc-init: " + reason.getMessage() + "; nothing more can be done here");
    session.err().flush();
    try {
      Thread.currentThread().join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // As telinit

  private int changeRunlevel() throws Failure {
    String level = words.get(0);
    if (!ControlRequest.isLevel(level))
      throw Failure.usage("expected a runlevel (0 to 6, S, Q or U), found " + Text.line(level));
    return tell(ControlRequest.runlevel(level.charAt(0), sleepSeconds));
  }

  /** Asks the init that runs for something. */
  static int tell(ControlRequest request) throws Failure {
    for (Path fifo : FIFOS) {
      if (Files.exists(fifo) && !Files.isRegularFile(fifo)) return write(fifo, request.bytes());
    }
    throw Failure.unreachable("no init listens on " + FIFOS.get(0) + " or " + FIFOS.get(1));
  }

  /**
   * Whoever opens a FIFO that nobody reads waits (fifo(7)); so another thread does, and not long.
   */
  private static int write(Path fifo, byte[] request) throws Failure {
    FutureTask<Integer> writing = new FutureTask<>(() -> writeInOnePiece(fifo, request));
    Thread writer = new Thread(writing, "svc.initctl");
    writer.setDaemon(true);
    writer.start();
    try {
      return writing.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw Failure.unreachable("no init listens on " + fifo);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException why) throw Failure.file(fifo, why);
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.failed("interrupted");
    }
  }

  private static int writeInOnePiece(Path fifo, byte[] request) throws IOException {
    try (FileChannel channel = FileChannel.open(fifo, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(request));
      return 0;
    }
  }

  // As init

  private int host(Surroundings surroundings) throws Failure {
    boolean machine = surroundings.machine();
    BootLine line =
        machine ? BootLine.of(Look.text("/proc/cmdline"), words) : BootLine.of("", List.of());
    Settings settings = machine ? settingsOrUsual() : settings();
    if (!machine) settings.problems().forEach(problem -> session.err().println(problem));
    if (!machine && !settings.problems().isEmpty())
      throw Failure.failed("nothing started; mend what is named above");
    String wanted = wanted(line, settings);
    boolean managed = program.isEmpty() || hasDeclarations();
    Places places = Places.of(session, socket, runDirectory, logDirectory);
    if (managed && !machine) checked(declarations(), wanted, places);
    if (surroundings.pid() != 1 && managed) refuseSecond(places);
    boolean within = managed && (allInOne || !machine && !split);
    Map<String, String> properties = initProperties(surroundings, line, places, wanted);
    properties.put("svc.init.manager", String.valueOf(managed));
    properties.put("svc.init.within", String.valueOf(within));
    if (!within) handOn(properties);
    // a machine's first process has nobody who would start it again
    if (!within || machine) properties.put("svc.faults", "survive");
    places.prepare(session);
    return host(within ? "container" : "init", properties);
  }

  /** Plugins are the manager's, which has a process of its own. */
  private static void handOn(Map<String, String> properties) {
    properties.put("svc.init.plugins", properties.remove("svc.plugins"));
    String store = properties.remove("svc.plugins.truststore");
    if (store != null) properties.put("svc.init.truststore", store);
  }

  private String wanted(BootLine line, Settings settings) {
    if (target != null) return target;
    return line.target().isEmpty() ? settings.target() : line.target();
  }

  private List<Path> declarations() {
    return directories.isEmpty() ? List.of(Path.of("/etc/svc")) : directories;
  }

  private boolean hasDeclarations() throws Failure {
    for (Path directory : declarations()) if (hasDeclarations(directory)) return true;
    return false;
  }

  private static boolean hasDeclarations(Path directory) throws Failure {
    if (!Files.isDirectory(directory)) return false;
    try (Stream<Path> files = Files.list(directory)) {
      return files.anyMatch(file -> file.toString().endsWith(".ini"));
    } catch (IOException e) {
      throw Failure.file(directory, e);
    }
  }

  private Path configuration() {
    if (configuration != null) return configuration;
    List<Path> beside =
        declarations().stream().map(directory -> directory.resolve("init.conf")).toList();
    return beside.stream().filter(Files::exists).findFirst().orElse(beside.get(0));
  }

  /** A machine comes up also where its configuration cannot be read. */
  private Settings settingsOrUsual() {
    try {
      return settings();
    } catch (Failure failure) {
      session.err().println("svc-init: " + failure.getMessage());
      session.err().flush();
      return Settings.usual();
    }
  }

  private Settings settings() throws Failure {
    try {
      Source source = DeclarationDirectory.readFile(configuration());
      return Settings.of(new Source("init", source.file(), source.text()));
    } catch (NoSuchFileException usual) {
      if (configuration != null) throw Failure.file(configuration, usual);
      return Settings.usual();
    } catch (IOException e) {
      throw Failure.file(configuration(), e);
    }
  }

  private Map<String, String> initProperties(
      Surroundings surroundings, BootLine line, Places places, String wanted) throws Failure {
    Map<String, String> properties = properties(places);
    properties.put("svc.main", "init");
    properties.put("svc.name", "main");
    properties.put("svc.supervise", "local");
    properties.put("svc.socket", places.socket().toString());
    List<String> absolute =
        declarations().stream().map(path -> path.toAbsolutePath().normalize().toString()).toList();
    properties.put("svc.declarations", String.join("\0", absolute));
    properties.put("svc.target", wanted);
    properties.put("svc.init.kind", surroundings.kind().name());
    properties.put("svc.init.evidence", surroundings.evidence());
    properties.put("svc.init.mode", line.mode().name());
    properties.put("svc.init.configuration", configuration().toAbsolutePath().toString());
    properties.put("svc.init.workload", String.join("\0", program));
    properties.put("svc.init.group", String.valueOf(group));
    properties.put("svc.init.rewrites", rewrites());
    properties.put("svc.init.grace", grace());
    properties.put("svc.init.quiet", String.valueOf(quiet));
    return properties;
  }

  private String rewrites() throws Failure {
    for (String rewrite : rewrites) {
      if (Workload.rewrite(rewrite) == null)
        throw Failure.usage("--rewrite: expected FROM:TO, found " + Text.line(rewrite));
    }
    return String.join(" ", rewrites);
  }

  private String grace() throws Failure {
    if (grace == null) return "";
    OptionalLong nanos = Durations.parse(grace);
    if (nanos.isEmpty())
      throw Failure.usage(
          "--grace: expected " + Kind.DURATION.expected() + ", found " + Text.line(grace));
    return String.valueOf(nanos.getAsLong());
  }
}
