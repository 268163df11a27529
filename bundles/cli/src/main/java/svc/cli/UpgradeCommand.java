package svc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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

  @Option(names = "--json", description = "One JSON object.")
  boolean json;

  @Mixin RuntimesAt at;

  private Path home;
  private Renewal renewal;
  private Witness witness;

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
    Places places = at.places(session);
    renewal = new Renewal(home, places, patience(), this::say, any -> true);
    witness = Witness.of(places);
    witness.readDeclarations(session);
    Path fresh = tarball == null ? home : unpack();
    try {
      upgrade(fresh);
    } finally {
      if (!fresh.equals(home)) Renewal.remove(fresh);
    }
    session.flush();
    return 0;
  }

  private long patience() throws Failure {
    OptionalLong nanos = Durations.parse(deadline);
    if (nanos.isPresent()) return nanos.getAsLong();
    throw Failure.usage(
        "--deadline: expected " + Kind.DURATION.expected() + ", found " + Text.line(deadline));
  }

  private Path unpack() throws Failure {
    if (!Files.isRegularFile(tarball)) throw Failure.failed(tarball + ": no such file");
    Tree.refuseStrangers(tarball, session.uid());
    Tree.refuseStrangers(home, session.uid());
    Path fresh = Renewal.beside(home);
    try {
      Files.createDirectory(fresh);
      Tarball.unpack(tarball, fresh);
      return fresh;
    } catch (IOException e) {
      Renewal.remove(fresh);
      throw Failure.file(fresh, e);
    } catch (Failure refused) {
      Renewal.remove(fresh);
      throw refused;
    }
  }

  private void upgrade(Path fresh) throws Failure {
    String version = new Tree(fresh).version();
    Path other = java == null ? null : java.toAbsolutePath().normalize();
    if (java != null && !Files.isExecutable(java.resolve("bin/java")))
      throw Failure.failed("nothing changed: " + java + " has no bin/java");
    if (!fresh.equals(home)) new Tree(fresh).keepFrom(new Tree(home));
    if (!json) show(version);
    if (planOnly) {
      if (json) print(version, true, null);
      return;
    }
    renewal.attempt(fresh, other);
    try {
      renewal.perform(fresh, other, now -> problem(now, version));
    } catch (Failure reason) {
      end(version, false);
      throw reason;
    }
    end(version, true);
  }

  private void end(String version, boolean ok) throws Failure {
    List<Touched> seen = witness.seen();
    say(witness.seenLine(seen));
    if (json) print(version, ok, seen);
  }

  private static String problem(LivingRuntime now, String version) {
    return now.version().equals(version) ? "" : "is " + now.version() + " and not " + version;
  }

  private void show(String version) {
    Table table = new Table("RUNTIME", "PID", "FROM", "TO", "JAVA");
    for (LivingRuntime each : renewal.runtimes()) {
      String now = each.java().isEmpty() ? "-" : each.java();
      table.row(each.name(), "" + each.pid(), each.version(), version, now);
    }
    table.print(session);
    say(witness.plannedLine());
  }

  private void say(String line) {
    if (json) return;
    session.print(Text.line(line));
    session.out().flush();
  }

  private void print(String version, boolean ok, List<Touched> seen) {
    Json object = new Json().open('{').field("ok", ok).name("plan").open('[');
    for (LivingRuntime each : renewal.runtimes()) {
      object.open('{').field("runtime", each.name()).field("pid", each.pid());
      object.field("from", each.version()).field("to", version).field("java", each.java());
      object.close('}');
    }
    witness.plannedTo(object.close(']'));
    object.name("results").open('[');
    for (Renewal.Renewed each : renewal.renewed()) {
      object.open('{').field("runtime", each.runtime().name());
      object.field("pid", each.runtime().pid()).field("version", each.runtime().version());
      object.field("java", each.runtime().java()).field("unanswered_ms", each.millis());
      object.close('}');
    }
    object.close(']');
    if (!planOnly) Witness.seenTo(object, seen);
    session.print(object.close('}').toString());
  }
}
