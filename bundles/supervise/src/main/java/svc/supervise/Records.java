package svc.supervise;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import svc.ipc.Bodies;
import svc.ipc.Sealed;
import svc.nv.NvList;
import svc.os.Content;
import svc.os.Errno;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.service.Declaration;
import svc.service.Status;
import svc.supervise.logic.Readiness;
import svc.supervise.logic.Snapshot;
import svc.type.Listener;
import svc.type.Procedure;
import svc.type.Task;

/**
 * What a supervisor knows of its services, a file for each, {@code NAME}: a {@linkplain Sealed
 * sealed} list with all of {@link Bodies#status} and what {@link Snapshot} has beside. Replaced in
 * one step, so whoever reads it sees a whole one; one that is torn all the same is told and passed
 * over. Loop thread.
 */
final class Records {

  /**
   * A service and when its processes began, as {@link svc.os.ProcessInfo#started}, by their number.
   *
   * @param startedAt when its last start command began, in the same unit, or 0
   * @param writtenAt in nanoseconds of CLOCK_MONOTONIC
   */
  record Record(Snapshot snapshot, Map<Integer, Long> processes, long startedAt, long writtenAt) {}

  /** No service's name begins with a point. */
  private static final String DECLARED = "/.declared";

  private static final String CGROUP = "/.cgroup";

  /** The files that children make when they are there. */
  private static final String WITNESSES = "/.spawned";

  private final Kernel kernel;
  private final String directory;

  /** The declarations as they were written. */
  private final Map<String, NvList> declared = new HashMap<>();

  /** The service whose process was spawned last, and its witness, until that is in its record. */
  private String spawned = "";

  private String witness = "";

  Records(Kernel kernel, String directory) {
    this.kernel = kernel;
    this.directory = directory;
  }

  Errno prepare() {
    Errno made = kernel.makeDirectory(directory + DECLARED, 0700);
    return made.ok() ? kernel.makeDirectory(directory + WITNESSES, 0700) : made;
  }

  /** Kept apart from the record, which is written often: what remains when that is torn. */
  void declare(Declaration declaration) {
    NvList list = Bodies.declaration(declaration);
    if (list.equals(declared.put(declaration.name(), list))) return;
    Errno errno =
        kernel.replace(directory + DECLARED + "/" + declaration.name(), Sealed.seal(list));
    if (!errno.ok()) System.err.println("svc-supervise: " + declaration.name() + ": " + errno);
  }

  /** What was declared last under a name; an empty declaration when that is lost too. */
  Declaration declaration(String service) {
    Content content = kernel.read(directory + DECLARED + "/" + service, Sealed.LIMIT);
    NvList list = content.errno().ok() ? Sealed.open(content.bytes()) : null;
    if (list != null) return Bodies.declaration(list);
    return new Declaration(service, "", List.of());
  }

  /** The directory that the services' cgroups are in, or empty. */
  String cgroup() {
    Content content = kernel.read(directory + CGROUP, Sealed.LIMIT);
    NvList list = content.errno().ok() ? Sealed.open(content.bytes()) : null;
    return list == null ? "" : list.string("cgroup", "");
  }

  /** Written before it is made. */
  Errno keepCgroup(String path) {
    NvList list = NvList.builder().string("cgroup", path).build();
    return kernel.replace(directory + CGROUP, Sealed.seal(list));
  }

  Errno write(Record record) {
    String service = record.snapshot().declaration().name();
    Errno errno = kernel.replace(path(service), Sealed.seal(list(record)));
    boolean known = errno.ok() && record.snapshot().spawning() == null;
    if (known && service.equals(spawned)) settle();
    return errno;
  }

  // Witnesses

  /** The file that a process of a service makes which is about to be spawned. */
  String witness(String service, long number) {
    spawned = service;
    witness = witnessOf(service, number);
    return witness;
  }

  private void settle() {
    kernel.delete(witness);
    spawned = "";
  }

  /** Whether the process was there that was to be spawned when this was written. */
  boolean wasSpawned(Snapshot snapshot) {
    return kernel.read(witnessOf(snapshot), 0).errno().ok();
  }

  /** It never was, whatever there is of it. */
  void deny(Snapshot snapshot) {
    kernel.delete(witnessOf(snapshot));
  }

  /** All that they had to say is in records. */
  void forgetWitnesses() {
    List<String> names = new ArrayList<>();
    kernel.list(directory + WITNESSES, names);
    for (String name : names) kernel.delete(directory + WITNESSES + "/" + name);
  }

  private String witnessOf(Snapshot snapshot) {
    return witnessOf(snapshot.declaration().name(), snapshot.number());
  }

  /** A service's name has no blank. */
  private String witnessOf(String service, long number) {
    return directory + WITNESSES + "/" + number + " " + service;
  }

  void delete(String service) {
    declared.remove(service);
    kernel.delete(path(service));
    kernel.delete(directory + DECLARED + "/" + service);
  }

  private String path(String service) {
    return directory + "/" + service;
  }

  /** Those that can be read. */
  List<Record> all() {
    List<String> names = new ArrayList<>();
    kernel.list(directory, names);
    names.sort(null);
    List<Record> all = new ArrayList<>();
    for (String name : names) {
      // a replacement that was never finished may be there too
      if (name.startsWith(".") || name.endsWith(".new")) continue;
      Record record = read(name);
      if (record != null) all.add(record);
    }
    return all;
  }

  private Record read(String name) {
    Content content = kernel.read(path(name), Sealed.LIMIT);
    NvList list = content.errno().ok() ? Sealed.open(content.bytes()) : null;
    Record record = list == null ? null : record(list);
    if (record != null && record.snapshot().declaration().name().equals(name)) return record;
    String why = content.errno().ok() ? "torn" : content.errno().toString();
    System.err.println("svc-supervise: record " + path(name) + " cannot be used: " + why);
    return null;
  }

  // As a list

  private static NvList list(Record record) {
    Snapshot snapshot = record.snapshot();
    NvList.Builder list = Bodies.status(snapshot.status());
    list.list("declaration", Bodies.declaration(snapshot.declaration()));
    if (snapshot.procedure() != null) list.list("procedure", procedure(snapshot.procedure()));
    list.number("number", snapshot.number());
    if (snapshot.spawning() != null) list.string("spawning", snapshot.spawning().name());
    list.number("starter", snapshot.starter())
        .number("stopper", snapshot.stopper())
        .number("group", snapshot.group())
        .bool("killing", snapshot.killing())
        .number("deadline_ns", snapshot.deadline());
    if (!snapshot.restarts().isEmpty()) list.numbers("restarted_ns", longs(snapshot.restarts()));
    if (snapshot.unjudged() != null) list.list("unjudged", exit(snapshot.unjudged()));
    list.string("failure", snapshot.failure()).string("remark", snapshot.remark());
    list.number("last_run_ms", snapshot.lastRun())
        .number("waiting_since_ms", snapshot.waitingSince())
        .number("next_demand_ns", snapshot.nextDemand());
    if (!snapshot.runs().isEmpty()) list.numbers("runs_ns", longs(snapshot.runs()));
    if (snapshot.helperTask() != null) list.string("helper_task", snapshot.helperTask().name());
    list.list("readiness", readiness(snapshot.readiness()));
    list.number("helper", snapshot.helper())
        .bool("moved", snapshot.moved())
        .number("step", snapshot.step())
        .number("next_step_ns", snapshot.nextStep())
        .number("reload_due_ns", snapshot.reloadDue())
        .number("up_at_ns", snapshot.upAt())
        .number("streak", snapshot.streak())
        .string("said", snapshot.said());
    if (!record.processes().isEmpty()) {
      list.numbers("processes", longs(record.processes().keySet()));
      list.numbers("processes_started", longs(record.processes().values()));
    }
    return list.number("started_at", record.startedAt())
        .number("written_ns", record.writtenAt())
        .build();
  }

  private static long[] longs(Iterable<? extends Number> numbers) {
    List<Long> all = new ArrayList<>();
    numbers.forEach(number -> all.add(number.longValue()));
    return all.stream().mapToLong(Long::longValue).toArray();
  }

  private static NvList procedure(Procedure procedure) {
    NvList.Builder list = NvList.builder().string("main", procedure.main().name());
    if (!procedure.start().isEmpty()) list.strings("start", procedure.start());
    if (!procedure.stop().isEmpty()) list.strings("stop", procedure.stop());
    List<NvList> listeners = procedure.listeners().stream().map(Records::listener).toList();
    if (!listeners.isEmpty()) list.lists("listeners", listeners);
    return list.string("pid_file", procedure.pidFile())
        .string("directory", procedure.directory())
        .build();
  }

  private static NvList listener(Listener listener) {
    return NvList.builder()
        .string("address", listener.address())
        .number("mode", listener.mode())
        .number("backlog", listener.backlog())
        .build();
  }

  private static Listener listener(NvList list) {
    return new Listener(
        list.string("address", ""), (int) list.number("mode", 0), (int) list.number("backlog", 0));
  }

  private static NvList readiness(Readiness readiness) {
    NvList.Builder list =
        NvList.builder()
            .string("by", readiness.by().name())
            .number("descriptor", readiness.descriptor())
            .number("interval_ns", readiness.interval());
    return (readiness.check().isEmpty() ? list : list.strings("check", readiness.check())).build();
  }

  private static Readiness readiness(NvList list) {
    return new Readiness(
        Readiness.By.valueOf(list.string("by", "START")),
        (int) list.number("descriptor", 0),
        list.strings("check"),
        list.number("interval_ns", 0));
  }

  private static NvList exit(ExitStatus status) {
    NvList.Builder list = NvList.builder();
    Bodies.exit(list, status);
    return list.build();
  }

  private static Record record(NvList list) {
    Status status = Bodies.status(list);
    if (status == null) return null;
    Declaration declaration = Bodies.declaration(list.list("declaration", NvList.EMPTY));
    try {
      Snapshot snapshot =
          new Snapshot(
              declaration,
              status,
              list.exists("procedure") ? procedure(list.list("procedure", NvList.EMPTY)) : null,
              list.number("number", 0),
              list.exists("spawning") ? Task.valueOf(list.string("spawning", "")) : null,
              (int) list.number("starter", 0),
              (int) list.number("stopper", 0),
              (int) list.number("group", 0),
              list.bool("killing", false),
              list.number("deadline_ns", Kernel.NEVER),
              boxed(list.numbers("restarted_ns")),
              list.exists("unjudged") ? Bodies.exit(list.list("unjudged", NvList.EMPTY)) : null,
              list.string("failure", ""),
              list.string("remark", ""),
              list.number("last_run_ms", 0),
              list.number("waiting_since_ms", 0),
              boxed(list.numbers("runs_ns")),
              list.number("next_demand_ns", Kernel.NEVER),
              readiness(list.list("readiness", NvList.EMPTY)),
              (int) list.number("helper", 0),
              list.exists("helper_task") ? Task.valueOf(list.string("helper_task", "")) : null,
              list.bool("moved", false),
              (int) list.number("step", 0),
              list.number("next_step_ns", Kernel.NEVER),
              list.number("reload_due_ns", Kernel.NEVER),
              list.number("up_at_ns", 0),
              (int) list.number("streak", 0),
              list.string("said", ""));
      return new Record(
          snapshot, processes(list), list.number("started_at", 0), list.number("written_ns", 0));
    } catch (IllegalArgumentException e) {
      return null; // written by a version that knows more than we do
    }
  }

  private static Map<Integer, Long> processes(NvList list) {
    long[] pids = list.numbers("processes");
    long[] started = list.numbers("processes_started");
    Map<Integer, Long> processes = new LinkedHashMap<>();
    for (int i = 0; i < Math.min(pids.length, started.length); i++)
      processes.put((int) pids[i], started[i]);
    return processes;
  }

  private static List<Long> boxed(long[] numbers) {
    List<Long> boxed = new ArrayList<>();
    for (long number : numbers) boxed.add(number);
    return boxed;
  }

  private static Procedure procedure(NvList list) {
    return new Procedure(
        list.strings("start"),
        list.strings("stop"),
        Procedure.Main.valueOf(list.string("main", "")),
        list.string("pid_file", ""),
        list.string("directory", ""),
        list.lists("listeners").stream().map(Records::listener).toList());
  }
}
