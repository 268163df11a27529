package svc.manager.logic;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import svc.service.Declaration;
import svc.service.Declaration.Entry;
import svc.service.Key;
import svc.service.Keys;
import svc.service.Problem;

/**
 * What other declarations mean for the services that there are.
 *
 * @param changes all that is not as it was, by name
 * @param unchanged how many services are
 * @param wanted those that are to be started
 * @param problems why it cannot be done; nothing is touched then
 */
public record Reload(
    List<Change> changes, int unchanged, Set<String> wanted, List<Problem> problems) {

  /** What has become of a declaration. */
  public enum Kind {
    ADDED,
    REMOVED,
    CHANGED,
    /** It is as it was, and somebody needs it who did not before. */
    WANTED,
    /** It is as it was, and follows one that is restarted. */
    FOLLOWS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What is done about it. */
  public enum Effect {
    START,
    STOP,
    /** It is stopped and started, since it cannot go on as what it is. */
    RESTART,
    /** It is left alone; its next start is by the new declaration, whoever starts it. */
    NEXT_START,
    /** It is left alone, and the new declaration counts from now on. */
    AT_ONCE,
    /** It does not run, and is not to. */
    NONE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * @param keys what of a changed declaration is another, {@code section.key} each
   */
  public record Change(String service, Kind kind, Effect effect, List<String> keys) {}

  public Reload {
    changes = List.copyOf(changes);
    problems = List.copyOf(problems);
  }

  /** With declarations that are wrong nothing is done. */
  public static Reload refused(List<Problem> problems) {
    return new Reload(List.of(), 0, Set.of(), problems);
  }

  /** Read by the manager, or by a supervisor whenever it needs them. */
  private static final List<Key> AT_ONCE =
      List.of(Keys.DESCRIPTION, Keys.ON_FAILURE, Keys.STOP_SIGNAL, Keys.STOP_TIMEOUT);

  private static final List<String> SECTIONS_AT_ONCE = List.of("depend", "restart", "condition");

  private static final List<Key> RESTART = List.of(Keys.TYPE, Keys.SUPERVISOR);

  static Reload of(Map<String, Node> nodes, Graph before, Graph next, String target) {
    Set<String> wanted = wanted(nodes, before, next, target);
    List<Change> changes = new ArrayList<>();
    int unchanged = 0;
    Set<String> all = new TreeSet<>(before.services());
    all.addAll(next.services());
    for (String service : all) {
      Change change = change(service, nodes.get(service), before, next, wanted);
      if (change != null) changes.add(change);
      else unchanged++;
    }
    unchanged -= follow(nodes, next, changes);
    return new Reload(changes, unchanged, wanted, problems(nodes, next, target, changes));
  }

  /** Adds those that follow what is restarted; says how many are not changed themselves. */
  private static int follow(Map<String, Node> nodes, Graph next, List<Change> changes) {
    Set<String> restarted = new TreeSet<>();
    for (Change change : changes)
      if (change.effect() == Effect.RESTART) restarted.add(change.service());
    Set<String> followers = followers(nodes, next, restarted);
    for (int i = 0; i < changes.size(); i++) {
      Change each = changes.get(i);
      if (followers.remove(each.service()) && each.effect() != Effect.STOP)
        changes.set(i, new Change(each.service(), each.kind(), Effect.RESTART, each.keys()));
    }
    for (String service : followers)
      changes.add(new Change(service, Kind.FOLLOWS, Effect.RESTART, List.of()));
    changes.sort(Comparator.comparing(Change::service));
    return followers.size();
  }

  private static Set<String> followers(Map<String, Node> nodes, Graph next, Set<String> restarted) {
    Set<String> followers = new TreeSet<>();
    Set<String> all = new TreeSet<>(restarted);
    for (boolean more = !all.isEmpty(); more; ) {
      more = false;
      for (Node node : nodes.values()) {
        boolean follows = next.services().contains(node.name()) && isMoved(node);
        if (follows && next.follows(node.name()).stream().anyMatch(all::contains))
          more |= all.add(node.name()) && followers.add(node.name());
      }
    }
    return followers;
  }

  /** Whether it goes with those that it follows. */
  private static boolean isMoved(Node node) {
    return node.goalUp && !node.atRest() && node.pin != Pin.UP;
  }

  /** What the target or a service that is to be up did not need before. */
  private static Set<String> wanted(
      Map<String, Node> nodes, Graph before, Graph next, String target) {
    Set<String> wanted = new LinkedHashSet<>(next.closure(List.of(target)));
    Collection<String> known = before.closure(List.of(target));
    wanted.removeIf(service -> known.contains(service) && nodes.containsKey(service));
    for (Node node : nodes.values()) {
      if (!node.goalUp || !next.services().contains(node.name())) continue;
      List<String> missing = new ArrayList<>(next.requires(node.name()));
      // one that is pinned up may run without what it required before
      missing.removeAll(
          before.services().contains(node.name()) ? before.requires(node.name()) : List.of());
      missing.removeIf(service -> isWanted(nodes, service));
      wanted.addAll(next.closure(missing));
    }
    wanted.removeIf(service -> isWanted(nodes, service));
    return wanted;
  }

  private static boolean isWanted(Map<String, Node> nodes, String service) {
    Node node = nodes.get(service);
    return node != null && node.goalUp;
  }

  private static Change change(
      String service, Node node, Graph before, Graph next, Set<String> wanted) {
    Declaration old = before.declaration(service);
    Declaration now = next.declaration(service);
    Effect start = wanted.contains(service) ? Effect.START : Effect.NONE;
    boolean runs = node != null && !node.atRest();
    if (old == null) return new Change(service, Kind.ADDED, start, List.of());
    if (now == null)
      return new Change(service, Kind.REMOVED, runs ? Effect.STOP : Effect.NONE, List.of());
    List<String> keys = differences(old, now);
    if (!keys.isEmpty() && !(Target.isImplied(old) && Target.isImplied(now)))
      return new Change(service, Kind.CHANGED, runs ? effect(keys) : start, keys);
    return start == Effect.START ? new Change(service, Kind.WANTED, start, List.of()) : null;
  }

  private static Effect effect(List<String> keys) {
    if (keys.stream().anyMatch(key -> isOneOf(RESTART, key))) return Effect.RESTART;
    return keys.stream().allMatch(Reload::countsAtOnce) ? Effect.AT_ONCE : Effect.NEXT_START;
  }

  private static boolean countsAtOnce(String key) {
    return isOneOf(AT_ONCE, key)
        || SECTIONS_AT_ONCE.stream().anyMatch(s -> key.startsWith(s + "."));
  }

  private static boolean isOneOf(List<Key> keys, String name) {
    return keys.stream().anyMatch(key -> key.toString().equals(name));
  }

  /** The keys whose values are others; where they stand does not matter. */
  static List<String> differences(Declaration one, Declaration other) {
    Set<String> keys = new TreeSet<>();
    for (Entry entry : one.entries()) keys.add(name(entry));
    for (Entry entry : other.entries()) keys.add(name(entry));
    keys.removeIf(key -> values(one, key).equals(values(other, key)));
    // relative paths are seen from there
    if (!folder(one).equals(folder(other))) keys.add(Keys.DIRECTORY.toString());
    return List.copyOf(keys);
  }

  private static String name(Entry entry) {
    return entry.section() + "." + entry.key();
  }

  private static List<String> values(Declaration declaration, String key) {
    return declaration.entries().stream()
        .filter(entry -> name(entry).equals(key))
        .map(Entry::value)
        .toList();
  }

  private static String folder(Declaration declaration) {
    if (Target.isImplied(declaration)) return "";
    return declaration.file().substring(0, declaration.file().lastIndexOf('/') + 1);
  }

  private static List<Problem> problems(
      Map<String, Node> nodes, Graph next, String target, List<Change> changes) {
    List<Problem> problems = new ArrayList<>(Plan.conflicts(next, next.closure(List.of(target))));
    for (Change change : changes) {
      boolean moves = change.keys().contains(Keys.SUPERVISOR.toString());
      if (!moves || !nodes.get(change.service()).occupied) continue;
      String text = "another instance of it is still being ended; try again when it is";
      problems.add(next.declaration(change.service()).problem(Keys.SUPERVISOR, text));
    }
    return problems;
  }
}
