package svc.cli;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import svc.nv.NvList;
import svc.service.ServiceState;

/**
 * Whom services wait for, and for how long by now: of the manager's lists, by name. One thread at a
 * time.
 */
final class Waits {

  private static final long SECOND = 1_000;
  private static final long LATE = 2 * SECOND;

  private final Map<String, NvList> services = new HashMap<>();

  static Waits of(Collection<NvList> services) {
    Waits waits = new Waits();
    services.forEach(waits::put);
    return waits;
  }

  /** What is known of one from now on. */
  void put(NvList service) {
    services.put(service.string("service", ""), service);
  }

  /** Those that are named as waited for and of which nothing is known. */
  List<String> unknown() {
    Set<String> unknown = new LinkedHashSet<>();
    for (NvList service : services.values())
      for (String name : service.strings("waiting_for"))
        if (!services.containsKey(name)) unknown.add(name);
    return List.copyOf(unknown);
  }

  /** As {@code postgresql 12s/90s, cache}: those that a service waits for; or empty. */
  String of(NvList service) {
    List<String> names = new ArrayList<>();
    for (String name : service.strings("waiting_for"))
      names.add(name + clock(services.getOrDefault(name, NvList.EMPTY)));
    return String.join(", ", names);
  }

  /**
   * The same at the other end: of services, and of all that they wait for, those in which something
   * is going on.
   *
   * @param wanted by name; all when empty
   */
  String atWork(Collection<String> wanted) {
    Set<String> seen = new LinkedHashSet<>(wanted.isEmpty() ? services.keySet() : wanted);
    Deque<String> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      NvList service = services.getOrDefault(open.remove(), NvList.EMPTY);
      for (String name : service.strings("waiting_for")) if (seen.add(name)) open.add(name);
    }
    List<String> names = new ArrayList<>();
    for (String name : seen) {
      String clock = clock(services.getOrDefault(name, NvList.EMPTY));
      if (!clock.isEmpty()) names.add(name + clock);
    }
    return String.join(", ", names);
  }

  /** Services, with those that are restarted along with them. */
  Collection<String> withFollowers(Collection<String> wanted) {
    Set<String> all = new LinkedHashSet<>(wanted);
    boolean more = true;
    while (more) {
      more = false;
      for (NvList each : services.values())
        if (each.strings("follows").stream().anyMatch(all::contains))
          more |= all.add(each.string("service", ""));
    }
    return all;
  }

  /**
   * Those that have been on their way up for so long that it is worth saying. Who is on his way
   * down the manager tells itself.
   */
  String late() {
    List<String> names = new ArrayList<>();
    for (NvList service : services.values())
      if (isLate(service)) names.add(service.string("service", "") + clock(service));
    names.sort(null);
    return String.join(", ", names);
  }

  private static boolean isLate(NvList service) {
    String state = service.string("state", "");
    boolean onItsWay = state.equals("starting") || state.equals("backing-off");
    return onItsWay && System.currentTimeMillis() - service.number("since_ms", 0) >= LATE;
  }

  /** As {@code 12s/90s}, with the blank, of a service in which something is going on; or empty. */
  static String clock(NvList service) {
    ServiceState state = ServiceState.of(service.string("state", ""));
    long since = service.number("since_ms", 0);
    if (state == null || since <= 0) return "";
    return switch (state) {
      case STARTING, STOPPING, BACKING_OFF -> clock(since, service.number("limit_ms", 0));
      case DOWN, UP, FAILED, NO_TYPE, SKIPPED -> "";
    };
  }

  private static String clock(long since, long limit) {
    long waited = Math.max(0, System.currentTimeMillis() - since) / SECOND;
    String text = " " + waited + "s";
    return limit <= 0 ? text : text + "/" + limit(limit);
  }

  /** Whole seconds where there is one. */
  private static String limit(long millis) {
    return millis < SECOND ? millis + "ms" : (millis + SECOND - 1) / SECOND + "s";
  }
}
