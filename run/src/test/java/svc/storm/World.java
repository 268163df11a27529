package svc.storm;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import svc.boot.Started;

/**
 * A PID namespace with svc-init as process 1, a manager, its supervisors and their services. Its
 * processes are seen with their numbers there.
 */
final class World implements AutoCloseable {

  static final String MANAGER = "manager";

  /** A /run of its own, and nothing made in this machine's /dev. */
  private static final String OWN_RUN =
      "mount -t tmpfs run /run && mount --bind /dev /dev && mount -o remount,bind,ro /dev"
          + " && exec \"$0\" \"$@\"";

  /** Kills what it reads, and answers each line when that is done; kill is the shell's own. */
  private static final String KILLER = "while read -r pids; do kill -9 $pids; echo done; done";

  /** What it is does not change any more: exec(2) is what a young process does. */
  private static final long SETTLED_NANOS = 2_000_000_000L;

  private static final int MANAGERS_IN_VAIN = 3;

  private record Known(Seen seen, long since) {}

  private final Path directory;
  private final Path bin;
  private final Started init;
  private final long first;
  private final Path root;
  private final Started killer;
  private final Map<Long, Known> known = new HashMap<>();
  private Map<String, Seen> young = Map.of();
  private Map<String, Seen> runtimes = Map.of();
  private int killed;

  World(Path directory, Path bin, Path declarations) throws IOException {
    this.directory = directory;
    this.bin = bin;
    List<String> words = new ArrayList<>(List.of("unshare", "--pid", "--mount", "--fork"));
    words.addAll(List.of("--mount-proc", "--kill-child", "sh", "-c", OWN_RUN));
    words.addAll(List.of(bin + "/svc-init", "--split", "--declarations", "" + declarations));
    words.addAll(List.of("--log-dir", "" + logs()));
    init = Started.of(directory.resolve("init.out"), words);
    first = init.first();
    root = Path.of("/proc/" + first + "/root");
    killer = Started.of(directory.resolve("killer.out"), inside("sh", "-c", KILLER));
  }

  private List<String> inside(String... words) {
    List<String> all = new ArrayList<>(List.of("nsenter", "-t", "" + first, "-p", "-m"));
    all.addAll(List.of(words));
    return all;
  }

  /** What svc prints there. */
  String svc(String... words) throws Exception {
    List<String> all = inside(bin + "/svc");
    all.addAll(List.of(words));
    return Started.output(directory, all.toArray(String[]::new));
  }

  Path logs() {
    return directory.resolve("logs");
  }

  Path socket(String runtime) {
    return runtime.equals(MANAGER)
        ? root.resolve("run/.svc-sock")
        : root.resolve("run/svc/supervise/" + runtime + ".sock");
  }

  Path proc() {
    return root.resolve("proc");
  }

  /** Waits for a while of the storm. */
  void pause(int millis) {
    if (init.ended(millis)) throw new AssertionError("svc-init ended\n" + init.text());
  }

  String text() {
    return init.text();
  }

  // Looking

  /** All that runs now. */
  List<Seen> look() throws IOException {
    List<Seen> all = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc(), "[0-9]*")) {
      for (Path entry : entries) {
        Seen seen = seen(entry);
        if (seen != null) all.add(seen);
      }
    }
    known.keySet().retainAll(all.stream().map(Seen::pid).toList());
    findRuntimes(all);
    return all;
  }

  private Seen seen(Path entry) {
    long pid = Long.parseLong(entry.getFileName().toString());
    Known before = known.get(pid);
    boolean settled = before != null && System.nanoTime() - before.since > SETTLED_NANOS;
    if (settled && before.seen.runs(proc())) return before.seen;
    Seen seen = Seen.at(entry);
    if (seen == null) return null;
    boolean same = before != null && before.seen.started() == seen.started();
    known.put(pid, new Known(seen, same ? before.since : System.nanoTime()));
    return seen;
  }

  /**
   * A child between fork(2) and exec(2) has its parent's command; so only what was the same in two
   * looks, and not in its parent, is a runtime.
   */
  private void findRuntimes(List<Seen> all) {
    Map<String, Seen> now = new TreeMap<>();
    for (Seen seen : all)
      if (!seen.runtime().isEmpty()) now.merge(seen.runtime(), seen, World::older);
    Map<String, Seen> twice = new TreeMap<>(now);
    twice.entrySet().removeIf(each -> !isSame(each.getValue(), young.get(each.getKey())));
    young = now;
    runtimes = twice;
  }

  private static Seen older(Seen one, Seen other) {
    return other.parent() == one.pid() ? one : other;
  }

  private static boolean isSame(Seen one, Seen other) {
    return other != null && one.pid() == other.pid() && one.started() == other.started();
  }

  /** Those that were there in the last two looks, by name. */
  Map<String, Seen> runtimes() {
    return runtimes;
  }

  // Killing

  /** Whether one more would be too many for an init, which gives up after five in vain. */
  boolean sparesManagers() {
    String[] since = init.text().split("target default reached", -1);
    return since[since.length - 1].split("its services live on", -1).length > MANAGERS_IN_VAIN;
  }

  /** kill -9, all at once, or one after the other as fast as a shell can. */
  void kill(List<Seen> victims) throws IOException {
    List<String> pids = victims.stream().map(victim -> "" + victim.pid()).toList();
    killer.say(String.join(" ", pids));
    killed++;
    killer.await("the kill", () -> killer.text().lines().filter("done"::equals).count() == killed);
  }

  /** Asks for the end of everything, in order. */
  int shutdown() throws Exception {
    Started.kill("TERM", first);
    return init.status();
  }

  @Override
  public void close() {
    killer.close();
    init.close();
  }
}
