package svc.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import svc.ipc.Method;
import svc.nv.NvList;

@Command(
    name = "update",
    description = {
      "Replaces bundles in every runtime that has them, while services run on.",
      "Refused when a runtime cannot have one; when one fails, all go back to what they had."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class UpdateCommand extends Subcommand {

  @Parameters(arity = "1..*", paramLabel = "BUNDLE.jar", description = "The new bundles.")
  List<Path> jars;

  @Option(names = "--plan", description = "Only show what would be done.")
  boolean planOnly;

  @Mixin RuntimesAt at;

  @Option(names = "--json", description = "One JSON object, with the names of the wire.")
  boolean json;

  private Witness witness;

  UpdateCommand(Session session) {
    super(session);
  }

  @Override
  public Integer call() throws Failure {
    Places places = at.places(session);
    List<Path> sockets = RuntimesThere.in(places).sockets();
    if (sockets.isEmpty()) throw Failure.unreachable("no runtime listens in " + places.run());
    List<Item> plan = plan(sockets);
    Failure no = refusal(plan);
    witness = Witness.of(places);
    if (no == null && plan.stream().anyMatch(Item::needsRuntime)) return whole(places, plan);
    if (!json) show(plan);
    session.flush();
    if (json && (planOnly || no != null)) print(plan, List.of(), no == null, null);
    if (no != null) throw no;
    return planOnly ? 0 : apply(plan);
  }

  private List<Item> plan(List<Path> sockets) throws Failure {
    List<Item> plan = new ArrayList<>();
    for (Path jar : jars) {
      if (!Files.isRegularFile(jar)) throw Failure.failed(jar + ": no such file");
      String path = jar.toAbsolutePath().normalize().toString();
      for (Path each : sockets) {
        NvList answer = RuntimesThere.ask(each, Method.UPDATE_PLAN, path, Client.PATIENCE_SECONDS);
        plan.add(new Item(each, answer));
      }
    }
    return plan;
  }

  /** Why nothing is done, or null. */
  private Failure refusal(List<Item> plan) {
    for (Item item : plan) {
      if (item.possible() || item.absent()) continue;
      return Failure.failed(
          "nothing changed: " + Text.line(item.name() + ": " + item.text("reason")));
    }
    for (Path jar : jars) {
      String path = jar.toAbsolutePath().normalize().toString();
      if (plan.stream().noneMatch(item -> item.possible() && item.text("jar").equals(path)))
        return Failure.notPossible(jar + ": no runtime has this bundle");
    }
    return null;
  }

  // For people

  private void show(List<Item> plan) {
    Table table = new Table("RUNTIME", "BUNDLE", "FROM", "TO", "HOW", "STOPS AND STARTS");
    for (Item item : plan) {
      table.row(
          item.text("runtime"),
          item.text("bundle"),
          orDash(item.text("from")),
          item.text("to"),
          item.how(),
          item.moved());
    }
    table.print(session);
    session.print(witness.plannedLine());
  }

  private static String orDash(String text) {
    return text.isEmpty() ? "-" : text;
  }

  // It is done, with whole runtimes

  private int whole(Places places, List<Item> plan) throws Failure {
    List<Item> items = plan.stream().map(Item::withRuntime).toList();
    WholeUpdate update = new WholeUpdate(session, places, items, witness, this::say);
    try (update) {
      update.prepare();
      if (!json) show(update.items());
      session.flush();
      update.attempt();
      if (!planOnly) update.perform();
    } catch (Failure reason) {
      end(update, reason);
      throw reason;
    }
    end(update, null);
    session.flush();
    return 0;
  }

  /**
   * @param reason why it failed, or null
   */
  private void end(WholeUpdate update, Failure reason) throws Failure {
    List<Touched> seen = update.isBegun() ? witness.seen() : null;
    if (update.isBegun()) say(witness.seenLine(seen));
    if (json) print(update.items(), update.results(reason), reason == null, seen);
  }

  /** It goes on also where nobody listens any more. */
  private void say(String line) {
    if (json) return;
    session.print(Text.line(line));
    session.out().flush();
  }

  // It is done, within the runtimes

  private int apply(List<Item> plan) throws Failure {
    List<Item> done = new ArrayList<>();
    List<NvList> results = new ArrayList<>();
    for (Item item : plan) {
      if (item.absent()) continue;
      NvList result = apply(item);
      results.add(result);
      boolean ok = result.bool("ok", false);
      if (!json) tell(item, result, ok);
      if (ok) done.add(new Item(item.socket(), result));
      else return failed(plan, item, result, done, results);
      session.flush();
    }
    List<Touched> seen = witness.seen();
    say(witness.seenLine(seen));
    if (json) print(plan, results, true, seen);
    session.flush();
    return 0;
  }

  /** A runtime that is lost meanwhile has failed as well. */
  private static NvList apply(Item item) {
    try {
      return RuntimesThere.ask(item.socket(), Method.UPDATE, item.text("jar"), Client.FOREVER);
    } catch (Failure e) {
      return NvList.builder()
          .string("runtime", item.text("runtime"))
          .string("bundle", item.text("bundle"))
          .bool("ok", false)
          .string("step", "ask")
          .string("reason", e.getMessage())
          .build();
    }
  }

  private void tell(Item item, NvList result, boolean ok) {
    String versions = item.text("from") + " -> " + item.text("to");
    if (ok) session.print(Text.line(item.name() + " " + versions + ": done"));
    for (String note : result.strings("notes"))
      session.print(Text.line(item.name() + ": note: " + note));
  }

  private int failed(
      List<Item> plan, Item item, NvList result, List<Item> done, List<NvList> results)
      throws Failure {
    for (int i = done.size() - 1; i >= 0; i--) results.add(goBack(done.get(i)));
    List<Touched> seen = witness.seen();
    say(witness.seenLine(seen));
    if (json) print(plan, results, false, seen);
    session.flush();
    throw Failure.failed(
        Text.line(
            item.name()
                + " "
                + item.text("to")
                + ": "
                + result.string("step", "")
                + ": "
                + result.string("reason", "")
                + "; "
                + (done.isEmpty() ? "nothing changed" : "all went back to what they had")));
  }

  private NvList goBack(Item done) {
    Item back = new Item(done.socket(), with(done.plan(), done.text("previous")));
    NvList result = apply(back);
    boolean ok = result.bool("ok", false);
    String said =
        ok ? "back to " + done.text("from") : "cannot go back: " + result.string("reason", "");
    if (!json) session.print(Text.line(done.name() + " " + said));
    return result;
  }

  private static NvList with(NvList plan, String jar) {
    return NvList.builder()
        .string("runtime", plan.string("runtime", ""))
        .string("bundle", plan.string("bundle", ""))
        .string("jar", jar)
        .build();
  }

  /**
   * @param seen null where it is not known, or nothing was done
   */
  private void print(List<Item> plan, List<NvList> results, boolean ok, List<Touched> seen) {
    Json object = new Json().open('{').field("ok", ok);
    object.name("plan").lists(plan.stream().map(Item::plan).toList());
    witness.plannedTo(object);
    object.name("results").lists(results);
    if (!planOnly && !results.isEmpty()) Witness.seenTo(object, seen);
    session.print(object.close('}').toString());
  }
}
