package svc.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import svc.nv.NvList;
import svc.service.ServiceState;

/** Tells the changes of services as they come, one line each. One thread. */
final class Progress {

  /** What was last told of a service. */
  private record Told(String state, String own, long since) {}

  private final Screen screen;
  private final boolean evenDown;
  private final Map<String, Told> told = new LinkedHashMap<>();
  private String lastSummary = "";

  /**
   * @param evenDown whether a service that is down and never was anything else is worth a line
   */
  Progress(Screen screen, boolean evenDown) {
    this.screen = screen;
    this.evenDown = evenDown;
  }

  /** A service is going to be told of. */
  void width(NvList service) {
    screen.makeRoom(name(service));
  }

  /** A message that follows the first answer to a request for events. */
  void news(NvList message) {
    NvList service = message.list("service", null);
    if (service != null) service(service);
    if (message.bool("settled", false)) settled(message);
  }

  void service(NvList service) {
    String name = name(service);
    String state = service.string("state", "?");
    String own = StateLine.own(service);
    long since = service.number("since_ms", 0);
    Told before = told.put(name, new Told(state, own, since));
    if (before == null && !evenDown && state.equals("down")) return;
    if (before != null && before.own.equals(own)) return;
    width(service);
    screen.state(name, StateLine.text(service) + duration(before, state, since), colour(state));
  }

  private static String name(NvList service) {
    return Text.line(service.string("service", "?"));
  }

  /** How long it took to come up or to go down. */
  private static String duration(Told before, String state, long since) {
    if (before == null || before.since <= 0 || since < before.since) return "";
    boolean arrived =
        before.state.equals("starting") && state.equals("up")
            || before.state.equals("stopping") && state.equals("down");
    return arrived ? " (" + Text.seconds(since - before.since) + " s)" : "";
  }

  private static Screen.Colour colour(String text) {
    ServiceState state = ServiceState.of(text);
    if (state == null) return Screen.Colour.PLAIN;
    return switch (state) {
      case UP -> Screen.Colour.GOOD;
      case FAILED, NO_TYPE -> Screen.Colour.BAD;
      case BACKING_OFF, SKIPPED -> Screen.Colour.PASSING;
      case DOWN, STARTING, STOPPING -> Screen.Colour.PLAIN;
    };
  }

  private void settled(NvList message) {
    String target = Text.line(message.string("target", "?"));
    String summary = message.bool("reached", false) ? reached(target) : missed(target);
    if (summary.isEmpty() || summary.equals(lastSummary)) return;
    lastSummary = summary;
    screen.say(summary);
  }

  private String reached(String target) {
    int up = 0;
    for (Told each : told.values()) if (each.state.equals("up")) up++;
    return target + " is reached; " + up + " up";
  }

  /** Empty when it is only that everything was stopped. */
  private String missed(String target) {
    List<String> culprits = new ArrayList<>();
    told.forEach(
        (name, each) -> {
          if (each.state.equals("failed") || each.state.equals("no-type"))
            culprits.add(name + " " + each.state);
        });
    return culprits.isEmpty() ? "" : target + " is not reached: " + String.join(", ", culprits);
  }
}
