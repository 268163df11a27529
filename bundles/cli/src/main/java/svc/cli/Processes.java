package svc.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import svc.service.Mark;

/**
 * The processes of services at one moment, from /proc (proc(5)). A process is a service's when it
 * carries the mark of it, or descends from one that does; those whose environment we may not read
 * are found below the service's main process.
 */
final class Processes {

  /** In the auxiliary vector (getauxval(3)): AT_PAGESZ, AT_CLKTCK. */
  private static final long PAGE_SIZE = 6;

  private static final long CLOCK_TICKS = 17;

  private static final int COMMAND_LIMIT = 4096;

  /**
   * A process.
   *
   * @param began in milliseconds since 1970
   * @param memory bytes that are resident
   * @param children those of the same service
   */
  record Process(
      int pid, int parent, String command, long began, long memory, List<Process> children) {}

  private final Path proc;
  private final long boot;
  private final long page;
  private final long ticks;
  private final Map<Integer, Process> all = new TreeMap<>();

  private Processes(Path proc) throws IOException {
    this.proc = proc;
    byte[] vector = Files.readAllBytes(Path.of("/proc/self/auxv"));
    this.page = value(vector, PAGE_SIZE, 4096);
    this.ticks = value(vector, CLOCK_TICKS, 100);
    this.boot = boot(Files.readString(proc.resolve("stat")));
  }

  private static long value(byte[] vector, long type, long usual) {
    LongBuffer numbers = ByteBuffer.wrap(vector).order(ByteOrder.nativeOrder()).asLongBuffer();
    while (numbers.remaining() >= 2) {
      long key = numbers.get();
      long value = numbers.get();
      if (key == type) return value;
    }
    return usual;
  }

  /** Looks at all of them once. */
  static Processes now(Path proc) throws IOException {
    Processes processes = new Processes(proc);
    try (DirectoryStream<Path> found = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path each : found) processes.look(each);
    }
    return processes;
  }

  private static long boot(String stat) {
    for (String line : stat.split("\n"))
      if (line.startsWith("btime ")) return Long.parseLong(line.substring(6).strip()) * 1_000;
    return 0;
  }

  /** One that ends meanwhile is none; zombies have neither command nor memory. */
  private void look(Path directory) {
    try {
      int pid = Integer.parseInt(directory.getFileName().toString());
      String stat = Files.readString(directory.resolve("stat"), StandardCharsets.ISO_8859_1);
      int end = stat.lastIndexOf(')');
      String[] fields = stat.substring(end + 2).split(" ");
      String name = stat.substring(stat.indexOf('(') + 1, end);
      long began = boot + Long.parseLong(fields[19]) * 1_000 / ticks;
      long memory = Long.parseLong(fields[21]) * page;
      String command = fields[0].equals("Z") ? "(" + name + ", ended)" : command(directory, name);
      all.put(
          pid,
          new Process(pid, Integer.parseInt(fields[1]), command, began, memory, new ArrayList<>()));
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException gone) {
      // nothing of it can be told
    }
  }

  /** A kernel thread, or who cleared it, has a name only. */
  private static String command(Path directory, String name) throws IOException {
    byte[] words = new byte[COMMAND_LIMIT];
    int length;
    try (var in = Files.newInputStream(directory.resolve("cmdline"))) {
      length = Math.max(0, in.readNBytes(words, 0, words.length));
    }
    String text = new String(words, 0, length, StandardCharsets.UTF_8).replace('\0', ' ').strip();
    return text.isEmpty() ? "(" + name + ")" : text;
  }

  /**
   * The processes of a manager's services by service: trees, roots only.
   *
   * @param manager its process
   * @param run its run directory, or null when that is not known
   * @param mains the main process of each service, 0 where it has none
   */
  Map<String, List<Process>> of(int manager, String run, Map<String, Integer> mains) {
    Map<Integer, String> owners = new HashMap<>();
    Mark mark = run == null ? null : Mark.of(environment(manager), run);
    for (int pid : all.keySet()) {
      String owner = mark == null ? "" : mark.serviceOf(environ(pid));
      if (!owner.isEmpty()) owners.put(pid, owner);
    }
    mains.forEach((service, pid) -> claim(pid, service, owners));
    return trees(owners);
  }

  private void claim(int root, String service, Map<Integer, String> owners) {
    if (!all.containsKey(root)) return;
    Set<Integer> claimed = new HashSet<>(Set.of(root));
    owners.putIfAbsent(root, service);
    boolean more = true;
    while (more) {
      more = false;
      for (Process each : all.values()) {
        if (!claimed.contains(each.parent) || !claimed.add(each.pid)) continue;
        owners.putIfAbsent(each.pid, service);
        more = true;
      }
    }
  }

  private Map<String, List<Process>> trees(Map<Integer, String> owners) {
    Map<String, List<Process>> trees = new HashMap<>();
    owners.forEach(
        (pid, owner) -> {
          Process process = all.get(pid);
          boolean below = owner.equals(owners.get(process.parent));
          (below
                  ? all.get(process.parent).children
                  : trees.computeIfAbsent(owner, any -> new ArrayList<>()))
              .add(process);
        });
    for (Process each : all.values()) each.children.sort(Processes::older);
    trees.values().forEach(roots -> roots.sort(Processes::older));
    return trees;
  }

  private static int older(Process one, Process other) {
    return Integer.compare(one.pid, other.pid);
  }

  private byte[] environ(int pid) {
    try {
      return Files.readAllBytes(proc.resolve(pid + "/environ"));
    } catch (IOException notOurs) {
      return new byte[0];
    }
  }

  private Map<String, String> environment(int pid) {
    Map<String, String> environment = new HashMap<>();
    for (String entry : new String(environ(pid), StandardCharsets.UTF_8).split("\0")) {
      int equals = entry.indexOf('=');
      if (equals > 0) environment.put(entry.substring(0, equals), entry.substring(equals + 1));
    }
    return environment;
  }
}
