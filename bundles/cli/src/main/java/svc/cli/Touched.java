package svc.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import svc.nv.NvList;
import svc.service.ServiceState;

/**
 * A service that was not left alone. A replacement means to touch none: what is executed anew keeps
 * its children and the sockets that are listened on for services.
 *
 * @param how what happens to it, for people
 */
record Touched(String service, String how) {

  /**
   * Those that were touched, by what was seen.
   *
   * @param before the services as they were
   * @param after as they are
   */
  static List<Touched> seen(List<NvList> before, List<NvList> after) {
    Map<String, NvList> now = new LinkedHashMap<>();
    for (NvList service : after) now.put(name(service), service);
    List<Touched> touched = new ArrayList<>();
    for (NvList service : before) {
      NvList then = now.remove(name(service));
      String how = then == null ? "it is gone" : difference(service, then);
      if (!how.isEmpty()) touched.add(new Touched(name(service), how));
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
