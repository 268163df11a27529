package svc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.service.Durations;
import svc.service.Kind;

@Command(
    name = "upgrade",
    description = {
      "Replaces the installed tree, or the Java that it runs on, and executes each runtime anew",
      "with it, while services run on. It is tried first; when a runtime does not come back, the",
      "tree and all runtimes go back to what they were."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class UpgradeCommand extends Subcommand {

  private static final long PAUSE_NANOS = 10_000_000L;
  private static final String JAVA = "etc/java";

  @Parameters(
      arity = "0..1",
      paramLabel = "svc-NEW.tar.gz",
      description = "The new tree, as packaging makes it.")
  Path tarball;

  @Option(
      names = "--java",
      paramLabel = "DIR",
      description = "The home of a Java that is to be used from now on; written to etc/java.")
  Path java;

  @Option(names = "--plan", description = "Only show what would be done.")
  boolean planOnly;

  @Option(
      names = "--deadline",
      paramLabel = "DURATION",
      description = "For each runtime to answer again (default: ${DEFAULT-VALUE}).")
  String deadline = "60s";

  @Mixin RuntimesAt at;

  private Places places;
  private Path home;
  private long patience;
  private List<LivingRuntime> runtimes;

  /** Those that were asked to, with what they were before. */
  private final List<LivingRuntime> begun = new ArrayList<>();

  UpgradeCommand(Session session) {
    super(session);
  }

  @Override
  public Integer call() throws Failure {
    if (tarball == null && java == null)
      throw Failure.usage("expected svc-NEW.tar.gz, --java DIR, or both");
    if (session.home() == null)
      throw Failure.failed("svc.home is not set; run it by the program in the installed tree");
    home = session.home();
    places = at.places(session);
    patience = patience();
    runtimes = runtimes();
    refuseWrongDeclarations();
    Path fresh = tarball == null ? home : unpack();
    try {
      upgrade(fresh);
    } finally {
      if (!fresh.equals(home)) remove(fresh);
    }
    return 0;
  }

  private long patience() throws Failure {
    OptionalLong nanos = Durations.parse(deadline);
    if (nanos.isPresent()) return nanos.getAsLong();
    throw Failure.usage(
        "--deadline: expected " + Kind.DURATION.expected() + ", found " + Text.line(deadline));
  }

  /** Supervisors first, an init last: who is executed anew finds below it what is new already. */
  private List<LivingRuntime> runtimes() throws Failure {
    List<LivingRuntime> found = new ArrayList<>();
    for (Path each : RuntimesThere.in(places).sockets()) found.add(LivingRuntime.at(each));
    if (found.isEmpty()) throw Failure.unreachable("no runtime listens in " + places.run());
    found.sort(Comparator.comparing(LivingRuntime::isManager));
    LivingRuntime init = LivingRuntime.init(places.run());
    boolean within = found.stream().anyMatch(each -> each.pid() == 1);
    if (init != null && !within) found.add(init);
    return found;
  }

  /** A manager that is executed anew reads them again, and does not begin where they are wrong. */
  private void refuseWrongDeclarations() throws Failure {
    try (Client client = Client.connect(places)) {
      Message status = ClientCommand.status(client, List.of());
      List<Path> all = status.list().strings("directories").stream().map(Path::of).toList();
      Declared declared = Declared.read(all, status.list().string("target", ""));
      for (var problem : declared.problems()) session.err().println(Text.line("" + problem));
      if (!declared.problems().isEmpty())
        throw Failure.failed("nothing changed; mend what is named above");
    }
  }

  // What there is before anything is touched

  private Path unpack() throws Failure {
    if (!Files.isRegularFile(tarball)) throw Failure.failed(tarball + ": no such file");
    Tree.refuseStrangers(tarball, session.uid());
    Tree.refuseStrangers(home, session.uid());
    Path fresh = home.resolveSibling("." + home.getFileName() + ".new");
    try {
      Tree.delete(fresh);
      Files.createDirectory(fresh);
      Tarball.unpack(tarball, fresh);
      return fresh;
    } catch (IOException e) {
      remove(fresh);
      throw Failure.file(fresh, e);
    } catch (Failure refused) {
      remove(fresh);
      throw refused;
    }
  }

  private static void remove(Path directory) {
    try {
      Tree.delete(directory);
    } catch (IOException e) {
      // the next upgrade does
    }
  }

  private void upgrade(Path fresh) throws Failure {
    String version = new Tree(fresh).version();
    if (java != null && !Files.isExecutable(java.resolve("bin/java")))
      throw Failure.failed("nothing changed: " + java + " has no bin/java");
    if (!fresh.equals(home)) new Tree(fresh).keepFrom(new Tree(home));
    show(version);
    if (planOnly) return;
    long began = System.nanoTime();
    TrialRun.of(runtimes.get(0).socket(), fresh, java == null ? "" : java().toString());
    say("trial: done in " + since(began));
    Path before = java == null ? null : writeJava(fresh);
    if (!fresh.equals(home)) exchange(runtimes.get(0).socket(), fresh);
    try {
      executeAll(version);
    } catch (Failure reason) {
      boolean all = goBack(fresh, before);
      String how =
          all ? "; all went back to what they had" : "; the tree went back, not all runtimes";
      throw Failure.failed(reason.getMessage() + how);
    }
    if (!fresh.equals(home)) keepOld(fresh);
  }

  private Path java() {
    return java.toAbsolutePath().normalize();
  }

  private void show(String version) throws Failure {
    Table table = new Table("RUNTIME", "PID", "FROM", "TO", "JAVA");
    for (LivingRuntime each : runtimes) {
      String now = each.java().isEmpty() ? "-" : each.java();
      table.row(each.name(), "" + each.pid(), each.version(), version, now);
    }
    table.print(session);
    session.print("services touched: none");
    session.flush();
  }

  private void say(String line) throws Failure {
    session.print(Text.line(line));
    session.flush();
  }

  private static String since(long began) {
    return (System.nanoTime() - began) / 1_000_000 + " ms";
  }

  // It is done

  /** A file beside has what stood there before. */
  private Path writeJava(Path tree) throws Failure {
    Path file = tree.resolve(JAVA);
    Path before = tree.resolve(JAVA + ".before");
    try {
      Files.deleteIfExists(before);
      if (Files.exists(file)) Files.copy(file, before);
      Path written = Files.writeString(tree.resolve(JAVA + ".new"), java() + "\n");
      Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
      return before;
    } catch (IOException e) {
      throw Failure.file(file, e);
    }
  }

  private void exchange(Path socket, Path fresh) throws Failure {
    try (Client client = Client.connect(socket)) {
      client.ask(
          client
              .request(Method.EXCHANGE)
              .string("one", home.toString())
              .string("other", fresh.toString()),
          Client.PATIENCE_SECONDS);
    }
  }

  private void executeAll(String version) throws Failure {
    for (LivingRuntime each : runtimes) {
      begun.add(each);
      LivingRuntime next = execute(each);
      if (!next.version().equals(version))
        throw Failure.failed(each.name() + " is " + next.version() + " and not " + version);
    }
  }

  private LivingRuntime execute(LivingRuntime runtime) throws Failure {
    runtime.replace(home);
    long began = System.nanoTime();
    LivingRuntime next = runtime.next(places.run(), began + patience);
    if (next == null)
      throw Failure.failed(runtime.name() + " has ended, or does not answer in " + deadline);
    if (next.pid() != runtime.pid())
      throw Failure.failed(runtime.name() + " has ended, and another one was started");
    if (runtime.isManager()) awaitManager(runtime, began + patience);
    String java = next.java().isEmpty() ? "" : ", Java " + next.java();
    say(runtime.name() + ": " + next.version() + java + ", no answer for " + since(began));
    return next;
  }

  /** Its clients are answered when it knows what is there. */
  private void awaitManager(LivingRuntime runtime, long end) throws Failure {
    while (System.nanoTime() < end) {
      try (Client client = Client.connect(places.socket())) {
        ClientCommand.status(client, List.of());
        return;
      } catch (Failure notYet) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    throw Failure.failed(runtime.name() + " does not answer in " + deadline);
  }

  // Back

  /** Those that have not been asked are what they were. */
  private boolean goBack(Path fresh, Path before) throws Failure {
    say("going back");
    if (!fresh.equals(home)) exchangeBack(fresh);
    else restoreJava(before);
    long back = System.currentTimeMillis();
    boolean all = true;
    for (LivingRuntime each : begun) all &= goBack(each, back);
    return all;
  }

  /** One that its parent has started since is what it was. */
  private boolean goBack(LivingRuntime runtime, long back) throws Failure {
    LivingRuntime now = runtime.again(places.run(), System.nanoTime() + patience);
    try {
      if (now == null)
        throw Failure.failed(
            runtime.name() + " has ended, and nobody starts another; services run on");
      if (!now.beganAfter(back)) execute(now);
      else say(runtime.name() + ": " + now.version());
      return true;
    } catch (Failure alsoNot) {
      say(alsoNot.getMessage());
      return false;
    }
  }

  /** By whoever answers; where nobody does, in two steps. */
  private void exchangeBack(Path fresh) throws Failure {
    for (LivingRuntime each : runtimes) {
      if (each.socket() == null) continue;
      try {
        exchange(each.socket(), fresh);
        return;
      } catch (Failure dead) {
        continue;
      }
    }
    try {
      Path aside = home.resolveSibling("." + home.getFileName() + ".aside");
      Files.move(home, aside);
      Files.move(fresh, home);
      Files.move(aside, fresh);
    } catch (IOException e) {
      throw Failure.file(home, e);
    }
  }

  private void restoreJava(Path before) throws Failure {
    try {
      Files.move(before, home.resolve(JAVA), StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException none) {
      home.resolve(JAVA).toFile().delete();
    } catch (IOException e) {
      throw Failure.file(home.resolve(JAVA), e);
    }
  }

  /** Beside the new one, to look at or to go back to by hand. */
  private void keepOld(Path fresh) throws Failure {
    Path old = home.resolveSibling(home.getFileName() + ".old");
    try {
      Tree.delete(old);
      Files.move(fresh, old);
      say("the old tree is " + old);
    } catch (IOException e) {
      throw Failure.file(old, e);
    }
  }
}
