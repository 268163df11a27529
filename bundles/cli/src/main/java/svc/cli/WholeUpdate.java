package svc.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import svc.ipc.Method;
import svc.launch.InstalledTree;
import svc.launch.LaunchException;
import svc.nv.NvList;

/**
 * An update of bundles that are only replaced with the whole runtime: a copy of the installed tree
 * has the new ones, and takes its place.
 */
final class WholeUpdate implements AutoCloseable {

  /** For each runtime to answer again, nanoseconds. */
  private static final long PATIENCE = 60_000_000_000L;

  private final Session session;
  private final Places places;
  private final List<Item> items;
  private final Witness witness;
  private final Renewal.News news;
  private Path fresh;
  private Renewal renewal;

  private boolean begun;

  /**
   * @param items as they are to be done; at least one needs its runtime
   */
  WholeUpdate(
      Session session, Places places, List<Item> items, Witness witness, Renewal.News news) {
    this.session = session;
    this.places = places;
    this.items = new ArrayList<>(items);
    this.witness = witness;
    this.news = news;
  }

  /** Everything that is planned, also of an init that was not asked. */
  List<Item> items() {
    return items;
  }

  /** Plans it and makes the copy. */
  void prepare() throws Failure {
    if (session.home() == null)
      throw Failure.failed("svc.home is not set; run it by the program in the installed tree");
    Path home = session.home();
    new Tree(home).version();
    Tree.refuseStrangers(home, session.uid());
    witness.readDeclarations(session);
    renewal = new Renewal(home, places, PATIENCE, news, this::concerns);
    for (LivingRuntime each : renewal.runtimes()) if (each.socket() == null) addInit(each);
    fresh = Renewal.beside(home);
    new Tree(home).copyTo(fresh);
    InstalledTree copy = new InstalledTree(fresh);
    for (String jar : jars()) put(copy, jar);
  }

  /** That the new bundles fit is what the trial's resolver says. */
  void attempt() throws Failure {
    renewal.attempt(fresh, null);
  }

  private Set<String> jars() {
    Set<String> jars = new LinkedHashSet<>();
    for (Item item : items) if (!item.absent()) jars.add(item.text("jar"));
    return jars;
  }

  private static void put(InstalledTree copy, String jar) throws Failure {
    try {
      copy.put(Path.of(jar));
    } catch (IOException e) {
      throw Failure.file(jar, e);
    } catch (LaunchException e) {
      throw Failure.failed("nothing changed: " + Text.line(e.getMessage()));
    }
  }

  private boolean concerns(LivingRuntime runtime) {
    if (runtime.socket() == null) return !ofInit().isEmpty();
    return items.stream()
        .anyMatch(item -> item.needsRuntime() && item.socket().equals(runtime.socket()));
  }

  // The init has no svc.update that could be asked

  /** Those of the new bundles that it has, and what is planned of them elsewhere. */
  private List<Item> ofInit() {
    Map<String, Item> found = new TreeMap<>();
    for (Item item : items) if (inInit(item.text("bundle"))) found.put(item.text("bundle"), item);
    return List.copyOf(found.values());
  }

  private boolean inInit(String bundle) {
    try {
      return new InstalledTree(session.home()).has("init", bundle);
    } catch (LaunchException e) {
      return false; // then no init could start either
    }
  }

  private void addInit(LivingRuntime init) {
    for (Item item : ofInit()) {
      NvList.Builder list = NvList.builder().string("runtime", init.name());
      for (String key : List.of("jar", "bundle", "from", "to", "action", "reason"))
        list.string(key, item.text(key));
      items.add(new Item(null, list.build()));
    }
  }

  // It is done

  void perform() throws Failure {
    begun = true;
    renewal.perform(fresh, null, this::problem);
  }

  /** Whether the trial is over. */
  boolean isBegun() {
    return begun;
  }

  /** It has what it was to have. */
  private String problem(LivingRuntime now) throws Failure {
    if (now.socket() == null) return "";
    NvList answer = RuntimesThere.ask(now.socket(), Method.BUNDLES, "", Client.PATIENCE_SECONDS);
    for (Item item : items) {
      if (item.absent() || !now.socket().equals(item.socket())) continue;
      String version = version(answer, item.text("bundle"));
      if (!version.equals(item.text("to")))
        return "has " + item.text("bundle") + " " + version + " and not " + item.text("to");
    }
    return "";
  }

  private static String version(NvList runtime, String bundle) {
    for (NvList each : runtime.lists("bundles"))
      if (each.string("name", "").equals(bundle)) return each.string("version", "");
    return "none";
  }

  /**
   * One for each that was to be replaced.
   *
   * @param failure why all are what they were, or null
   */
  List<NvList> results(Failure failure) {
    List<NvList> results = new ArrayList<>();
    if (renewal == null) return results;
    for (Item item : items) if (!item.absent()) result(item, failure, results);
    return results;
  }

  private void result(Item item, Failure failure, List<NvList> results) {
    NvList.Builder list = NvList.builder();
    for (String key : List.of("runtime", "bundle", "from", "to", "action"))
      list.string(key, item.text(key));
    for (Renewal.Renewed each : renewal.renewed()) {
      if (!each.runtime().name().equals(item.text("runtime"))) continue;
      list.number("pid", each.runtime().pid()).number("unanswered_ms", each.millis());
      results.add(list.bool("ok", true).string("step", "done").build());
      return;
    }
    if (failure == null) return;
    list.bool("ok", false).string("step", begun ? "replace" : "trial");
    results.add(list.string("reason", failure.getMessage()).build());
  }

  @Override
  public void close() {
    if (fresh != null) Renewal.remove(fresh);
  }
}
