package svc.simulation;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import svc.log.Logs;
import svc.service.LogFiles;
import svc.service.LogKeeper;
import svc.service.LogSettings;

/**
 * What services write, and those who take it to their logs, beside a history. A reader dies with
 * its runtime in the middle of what it does, is replaced by another version, finds the disk full.
 * Pipes are held, as by svc-init. Every line has to be in the log's files once and in order, or
 * still on its way there.
 *
 * <p>Chance is this one's own, and no time passes here: a history is the same with it or without.
 */
final class Logging {

  private static final String RUN = "/run";
  private static final String DIRECTORY = "/log";

  private static final int READY = 64;

  /** As long as anything is ever waited with before it is tried again, in nanoseconds. */
  private static final long PATIENCE = 10_000_000_000L;

  /** Turns: a log that was another's a moment ago is tried again, and maybe once more. */
  private static final int ENOUGH = 4;

  private final Machine machine;
  private final Random random;
  private final SimulatedDisk disk = new SimulatedDisk();
  private final Map<SimulatedKernel, Reader> readers = new LinkedHashMap<>();

  /** How many lines each service has written. */
  private final Map<String, Integer> written = new TreeMap<>();

  /** Puts one reader in another's place, where its supervisor is. */
  private BiConsumer<Reader, Reader> replace = (before, next) -> {};

  private long later;

  Logging(Machine machine, long seed) {
    this.machine = machine;
    this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
  }

  void of(BiConsumer<Reader, Reader> replace) {
    this.replace = replace;
  }

  /** One that keeps logs, in a runtime. */
  final class Reader implements LogKeeper {
    final SimulatedKernel runtime;
    private final SimulatedPipes pipes = new SimulatedPipes(disk, machine.sabotage);
    private final Logs logs =
        new Logs(
            pipes,
            RUN,
            DIRECTORY,
            () -> machine.now() + later,
            () -> machine.now() / Machine.MS,
            (service, settings) -> {},
            (service, problem) -> {});
    private final Deque<Runnable> told = new ArrayDeque<>();
    private final int[] ready = new int[READY];

    Reader(SimulatedKernel runtime) {
      this.runtime = runtime;
    }

    @Override
    public void keep(String service, LogSettings settings) {
      told.add(() -> logs.keep(service, small(settings)));
    }

    @Override
    public void ended(String service) {
      told.add(() -> logs.ended(service));
    }

    @Override
    public void release(String service) {
      told.add(() -> logs.release(service));
    }

    /** Nobody is told: a history would be another one. */
    @Override
    public void tell(BiConsumer<String, String> listener) {}

    private void turn() {
      while (!told.isEmpty()) told.remove().run();
      logs.turn(ready, pipes.await(0, ready));
    }

    private void leave() {
      turn();
      logs.leave();
      pipes.closeAll();
    }

    private void die() {
      pipes.dieAfter(random.nextInt(60));
      try {
        leave();
      } catch (SimulatedPipes.Died died) {
        pipes.closeAll();
      }
    }
  }

  /** So small that files are begun anew all the time; without stamps. */
  private LogSettings small(LogSettings settings) {
    return new LogSettings(
        LogSettings.Stamp.NONE,
        100,
        settings.maxAge(),
        settings.keep(),
        false,
        settings.maxLine(),
        settings.mode(),
        false);
  }

  /** Who keeps logs in a runtime, as long as that lives. */
  Reader reader(SimulatedKernel runtime) {
    return readers.computeIfAbsent(runtime, Reader::new);
  }

  // What happens

  /** After each step of the machine. */
  void step() {
    boolean troubled = machine.faults.killSupervisor() + machine.faults.swap() > 0;
    disk.full = troubled && (disk.full ? random.nextInt(20) > 0 : random.nextInt(200) == 0);
    if (random.nextInt(5) == 0) writeOne();
    if (readers.isEmpty() || random.nextInt(5) > 0) return;
    List<Reader> all = List.copyOf(readers.values());
    Reader reader = all.get(random.nextInt(all.size()));
    if (troubled && random.nextInt(50) == 0) swap(reader);
    else reader.turn();
  }

  private void writeOne() {
    List<SimulatedProcess> all = machine.alive();
    if (!all.isEmpty()) write(all.get(random.nextInt(all.size())));
  }

  private void write(SimulatedProcess process) {
    if (process.service.isEmpty()) return;
    int number = written.getOrDefault(process.service, 0);
    byte[] line = ("line " + number + "\n").getBytes(US_ASCII);
    if (disk.write(LogFiles.fifo(RUN, process.service), line))
      written.put(process.service, number + 1);
  }

  /** The new one is told all while the old one works, and begins when that one has left. */
  private void swap(Reader before) {
    Reader next = new Reader(before.runtime);
    readers.put(before.runtime, next);
    replace.accept(before, next);
    before.leave();
  }

  /**
   * Many say something last before they end; a runtime that ends by itself writes what is there.
   */
  void ended(SimulatedProcess process) {
    if (random.nextBoolean()) write(process);
    Reader reader = readers.remove(process.kernel);
    if (reader == null) return;
    if (process.status.clean()) reader.leave();
    else reader.die();
    if (machine.sabotage == Sabotage.LINES_LOST) forgetPipes();
  }

  /** As it would be if nobody held them but services and readers. */
  private void forgetPipes() {
    for (String service : written.keySet()) {
      boolean runs = machine.alive().stream().anyMatch(each -> each.service.equals(service));
      if (!runs) disk.node(LogFiles.fifo(RUN, service)).bytes = new byte[0];
    }
  }

  // What must be

  /**
   * With the world well, what services have written is in their logs.
   *
   * @param kept those whose supervisors are there
   */
  void atRest(Iterable<String> kept) {
    settle();
    for (String service : kept) {
      int waiting = disk.node(LogFiles.fifo(RUN, service)).bytes.length;
      if (waiting > 0) throw new BrokenRule("nobody reads what " + service + " writes");
    }
  }

  private void settle() {
    disk.full = false;
    for (int i = 0; i < ENOUGH; i++) {
      later += PATIENCE;
      for (Reader reader : List.copyOf(readers.values())) reader.turn();
    }
  }

  /** When all is over: what is left on its way is written by one more reader. */
  void over() {
    settle();
    for (Reader reader : List.copyOf(readers.values())) reader.leave();
    readers.clear();
    Reader last = new Reader(null);
    for (String service : written.keySet()) last.logs.keep(service, small(defaults()));
    last.leave();
    written.forEach(this::check);
  }

  private static LogSettings defaults() {
    return LogSettings.of(new svc.service.Declaration("any", "", List.of()));
  }

  private void check(String service, int count) {
    List<String> lines = new ArrayList<>();
    String name = DIRECTORY + "/" + LogFiles.current(service);
    disk.nodes.forEach(
        (path, node) -> {
          if (path.startsWith(name + ".")) add(node, lines);
        });
    if (disk.nodes.containsKey(name)) add(disk.nodes.get(name), lines);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).equals("line " + i)) continue;
      throw new BrokenRule(service + "'s log has \"" + lines.get(i) + "\" where line " + i + " is");
    }
    if (lines.size() != count)
      throw new BrokenRule(service + "'s log ends after " + lines.size() + " lines of " + count);
  }

  private static void add(SimulatedDisk.Node node, List<String> lines) {
    new String(node.bytes, US_ASCII).lines().forEach(lines::add);
  }
}
