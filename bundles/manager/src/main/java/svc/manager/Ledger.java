package svc.manager;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import svc.ipc.Message;
import svc.ipc.Peer;
import svc.ipc.Sealed;
import svc.manager.logic.Goals;
import svc.manager.logic.Motive;
import svc.manager.logic.Pin;
import svc.nv.NvList;
import svc.os.Content;
import svc.os.Errno;
import svc.os.Kernel;

/**
 * What a manager's successor has to know, in one {@linkplain Sealed sealed} file that is replaced
 * in one step: the {@link Goals}, and which requests were accepted that are not answered yet, so
 * that none is carried out twice when it is given again. Loop thread.
 */
final class Ledger {

  private final Kernel kernel;
  private final String path;
  private final Set<String> accepted = new TreeSet<>();
  private NvList written = NvList.EMPTY;

  Ledger(Kernel kernel, String path) {
    this.kernel = kernel;
    this.path = path;
  }

  /**
   * Notes that a request is being carried out.
   *
   * @return false when it was already, by us or by a manager before us
   */
  boolean accept(Peer peer, Message request) {
    return accepted.add(key(peer, request));
  }

  void answered(Peer peer, Message request) {
    accepted.remove(key(peer, request));
  }

  private static String key(Peer peer, Message request) {
    return peer.id() + " " + request.id();
  }

  /** What a manager before us wrote, or null when there is nothing that can be used. */
  Goals read() {
    Content content = kernel.read(path, Sealed.LIMIT);
    if (content.errno().equals(Errno.ENOENT)) return null;
    NvList list = content.errno().ok() ? Sealed.open(content.bytes()) : null;
    if (list == null) {
      String why = content.errno().ok() ? "torn" : content.errno().toString();
      System.err.println("svc-manager: " + path + " cannot be used: " + why);
      return null;
    }
    accepted.addAll(list.strings("accepted"));
    return goals(list);
  }

  void write(Goals goals) {
    NvList.Builder list = list(goals);
    if (!accepted.isEmpty()) list.strings("accepted", accepted);
    NvList record = list.build();
    if (record.equals(written)) return;
    written = record;
    Errno errno = kernel.replace(path, Sealed.seal(record));
    if (!errno.ok()) System.err.println("svc-manager: " + path + ": " + errno);
  }

  /** Nothing is left to go on with. */
  void delete() {
    kernel.delete(path);
  }

  private static NvList.Builder list(Goals goals) {
    NvList.Builder list =
        NvList.builder()
            .string("target", goals.target())
            .number("generation", goals.generation())
            .bool("ending", goals.ending())
            .number("exit_status", goals.exitStatus());
    if (!goals.up().isEmpty()) list.strings("up", goals.up());
    if (!goals.down().isEmpty()) list.strings("down", goals.down());
    if (!goals.pending().isEmpty()) list.strings("pending", goals.pending());
    if (!goals.stale().isEmpty()) list.strings("stale", goals.stale());
    if (!goals.setAside().isEmpty()) list.strings("set_aside", goals.setAside());
    List<NvList> notes = new ArrayList<>();
    goals.restarting().forEach((service, since) -> notes.add(restarting(service, since)));
    goals.failures().forEach((service, failure) -> notes.add(failed(service, failure)));
    goals.motives().forEach((service, motive) -> notes.add(motive(service, motive)));
    goals.pins().forEach((service, pin) -> notes.add(pinned(service, pin)));
    goals.begunWith().forEach((service, all) -> notes.add(begunWith(service, all)));
    goals.skipped().forEach((service, why) -> notes.add(skipped(service, why)));
    return notes.isEmpty() ? list : list.lists("services", notes);
  }

  private static NvList restarting(String service, long since) {
    return NvList.builder().string("service", service).number("restarting_since_ms", since).build();
  }

  private static NvList failed(String service, String failure) {
    return NvList.builder().string("service", service).string("failure", failure).build();
  }

  private static NvList motive(String service, Motive motive) {
    return NvList.builder().string("service", service).string("motive", motive.toString()).build();
  }

  private static NvList pinned(String service, Pin pin) {
    return NvList.builder().string("service", service).string("pinned", pin.text()).build();
  }

  private static NvList skipped(String service, String why) {
    return NvList.builder().string("service", service).string("skipped", why).build();
  }

  private static NvList begunWith(String service, Map<String, Long> all) {
    List<String> names = List.copyOf(new TreeSet<>(all.keySet()));
    return NvList.builder()
        .string("service", service)
        .strings("begun_with", names)
        .numbers("since_ms", names.stream().mapToLong(all::get).toArray())
        .build();
  }

  private static Map<String, Long> begunWith(NvList note) {
    Map<String, Long> all = new HashMap<>();
    List<String> names = note.strings("begun_with");
    long[] since = note.numbers("since_ms");
    for (int i = 0; i < Math.min(names.size(), since.length); i++) all.put(names.get(i), since[i]);
    return all;
  }

  private static Goals goals(NvList list) {
    Map<String, Map<String, Long>> begunWith = new HashMap<>();
    Map<String, Long> restarting = new HashMap<>();
    Map<String, String> failures = new HashMap<>();
    Map<String, Motive> motives = new HashMap<>();
    Map<String, String> skipped = new HashMap<>();
    Map<String, Pin> pins = new HashMap<>();
    for (NvList note : list.lists("services")) {
      String service = note.string("service", "");
      Pin pin = Pin.of(note.string("pinned", ""));
      if (pin != null) pins.put(service, pin);
      else if (note.exists("begun_with")) begunWith.put(service, begunWith(note));
      else if (note.exists("skipped")) skipped.put(service, note.string("skipped", ""));
      else if (note.exists("failure")) failures.put(service, note.string("failure", ""));
      else if (note.exists("motive")) motives.put(service, Motive.parse(note.string("motive", "")));
      else restarting.put(service, note.number("restarting_since_ms", 0));
    }
    return new Goals(
        list.string("target", ""),
        list.strings("up"),
        list.strings("down"),
        list.strings("pending"),
        restarting,
        failures,
        motives,
        skipped,
        pins,
        list.strings("stale"),
        list.strings("set_aside"),
        begunWith,
        list.number("generation", 0),
        list.bool("ending", false),
        (int) list.number("exit_status", 0));
  }
}
