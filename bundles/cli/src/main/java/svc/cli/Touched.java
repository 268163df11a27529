package svc.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import svc.nv.NvList;
import svc.service.ServiceState;

/**
 * A service that is not left alone.
 *
 * @param how what happens to it, for people
 */
record Touched(String service, String how) {

  private static final String OPENED_ANEW =
      "its sockets are opened anew, whoever connects meanwhile is refused";

  /**
   * Those that a replacement would touch. One that is executed anew keeps its children, so their
   * services run on; but what it holds open itself is closed: the sockets of services whose program
   * does not run.
   *
   * @param services as {@link svc.ipc.Method#STATUS} has them
   * @param listening names of services that listen before their program runs
   * @param executed whether the process of the supervisor of this name is executed anew
   */
  static List<Touched> planned(
      List<NvList> services, Set<String> listening, Predicate<String> executed) {
    List<Touched> touched = new ArrayList<>();
    for (NvList service : services) {
      String name = name(service);
      boolean waits = listening.contains(name) && isUp(service) && service.number("pid", 0) == 0;
      if (waits && executed.test(text(service, "supervisor")))
        touched.add(new Touched(name, OPENED_ANEW));
    }
    return touched;
  }

  /**
   * Those that were touched, by what was seen.
   *
   * @param before the services as they were
   * @param after as they are
   * @param executed whether the process of that supervisor was seen to be executed anew
   */
  static List<Touched> seen(
      List<NvList> before, List<NvList> after, Set<String> listening, Predicate<String> executed) {
    Map<String, NvList> now = new LinkedHashMap<>();
    for (NvList service : after) now.put(name(service), service);
    List<Touched> touched = new ArrayList<>();
    for (NvList service : before) {
      NvList then = now.remove(name(service));
      String how = then == null ? "it is gone" : difference(service, then);
      if (!how.isEmpty()) touched.add(new Touched(name(service), how));
      else touched.addAll(planned(List.of(service), listening, executed));
    }
    for (String added : now.keySet()) touched.add(new Touched(added, "it is new"));
    return touched;
  }

  /** A start that ends well meanwhile is none of our doing. */
  private static String difference(NvList before, NvList after) {
    List<String> differences = new ArrayList<>();
    boolean cameUp = text(before, "state").equals(ServiceState.STARTING.text()) && isUp(after);
    for (String key : List.of("pid", "restarts")) {
      boolean first = cameUp && key.equals("pid") && before.number(key, 0) == 0;
      if (first || before.number(key, 0) == after.number(key, 0)) continue;
      differences.add(key + " " + before.number(key, 0) + " -> " + after.number(key, 0));
    }
    if (!cameUp && !text(before, "state").equals(text(after, "state")))
      differences.add(text(before, "state") + " -> " + text(after, "state"));
    if (differences.isEmpty() && !cameUp && since(before) != since(after))
      differences.add("began anew");
    return String.join(", ", differences);
  }

  private static long since(NvList service) {
    return service.number("since_ms", 0);
  }

  private static boolean isUp(NvList service) {
    return text(service, "state").equals(ServiceState.UP.text());
  }

  private static String text(NvList service, String key) {
    return service.string(key, "");
  }

  private static String name(NvList service) {
    return text(service, "service");
  }

  /** For people: {@code none}, or each with what happens to it. */
  static String text(List<Touched> touched) {
    if (touched.isEmpty()) return "none";
    return String.join("; ", touched.stream().map(each -> each.service + ": " + each.how).toList());
  }

  NvList list() {
    return NvList.builder().string("service", service).string("how", how).build();
  }
}
