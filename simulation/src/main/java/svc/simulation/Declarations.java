package svc.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import svc.manager.logic.Configuration;
import svc.manager.logic.Graph;
import svc.service.Problem;
import svc.service.Source;
import svc.type.ServiceType;

/**
 * Services out of a seed. Dependencies point to lower numbers, so that there is no cycle. Some
 * services stand apart: the target does not know them, and they may conflict with others.
 */
final class Declarations {

  static final String TARGET = "default";

  private final Random random;
  private final Optional<Guest> guest;
  private final List<String> supervisors;

  Declarations(Random random, Optional<Guest> guest) {
    this.random = random;
    this.guest = guest;
    this.supervisors = List.of("main", "aux", "extra").subList(0, 1 + random.nextInt(3));
  }

  Graph graph(Map<String, ServiceType> types) {
    int count = 2 + random.nextInt(9);
    List<Source> sources = new ArrayList<>();
    List<Integer> together = new ArrayList<>();
    StringBuilder target = new StringBuilder("[service]\ntype = target\n[depend]\n");
    for (int i = 0; i < count; i++) {
      boolean apart = i > 1 && random.nextInt(8) == 0;
      sources.add(source("s" + i, declaration(i, together, apart)));
      if (apart) continue;
      together.add(i);
      line(target, random.nextBoolean() ? "requires" : "wants", "s" + i);
    }
    sources.add(source(TARGET, target.toString()));
    return graph(sources, types);
  }

  private static Source source(String name, String text) {
    return new Source(name, "/etc/svc/" + name + ".ini", text);
  }

  static Graph graph(List<Source> sources, Map<String, ServiceType> types) {
    Configuration configuration = Configuration.of(sources, types::get);
    List<Problem> problems = configuration.problems();
    if (!problems.isEmpty()) throw new BrokenRule("declarations that are right: " + problems);
    return Graph.of(configuration.declarations().values());
  }

  private String declaration(int i, List<Integer> earlier, boolean apart) {
    StringBuilder text = new StringBuilder(kind(i));
    text.append("[service]\n");
    line(text, "supervisor", pick(supervisors));
    line(text, "stop-timeout", random.nextInt(500) + "ms");
    line(text, "start-timeout", "1s");
    text.append("[depend]\n");
    for (int j : earlier) {
      if (random.nextInt(3) > 0) continue;
      line(text, pick(List.of("requires", "requires", "wants", "after")), "s" + j);
    }
    if (random.nextInt(4) == 0) line(text, "before", "s" + (i + 1));
    if (apart) line(text, "conflicts", "s" + pick(earlier));
    text.append("[restart]\n");
    line(text, "policy", pick(List.of("always", "on-failure", "never")));
    line(text, "delay", 1 + random.nextInt(200) + "ms");
    line(text, "limit", Integer.toString(random.nextInt(4)));
    line(text, "period", "30s");
    return text.toString();
  }

  private String kind(int i) {
    if (guest.isPresent() && random.nextBoolean()) return guest.get().declare("s" + i, random);
    return "[service]\n" + ownKind(i);
  }

  private String ownKind(int i) {
    return switch (random.nextInt(10)) {
      case 0, 1 -> oneshot();
      case 2, 3 -> pidfile("s" + i);
      case 4 -> "type = target\n";
      case 5 ->
          "type = daemon\nexec = run " + random.nextInt(3_000) + " " + random.nextInt(2) + "\n";
      case 6 -> "type = daemon\nexec = tell\n[ready]\nby = notify\n";
      case 7 -> checked();
      default -> "type = daemon\nexec = run\n";
    };
  }

  private String checked() {
    StringBuilder text = new StringBuilder("type = daemon\nexec = run\n[ready]\nby = check\n");
    line(text, "check", "check " + random.nextInt(100) + " " + code());
    line(text, "interval", random.nextInt(100) + "ms");
    return text.toString();
  }

  private String oneshot() {
    StringBuilder text = new StringBuilder("type = oneshot\n");
    int kind = random.nextInt(8);
    if (kind == 0) line(text, "exec", "hang");
    else if (kind > 1) line(text, "exec", "task " + random.nextInt(300) + " " + code());
    if (kind == 1 || random.nextBoolean()) line(text, "stop-exec", undo());
    return text.toString();
  }

  private String pidfile(String name) {
    StringBuilder text = new StringBuilder("type = pidfile\n");
    String path = "/pid/" + name;
    line(text, "exec", (random.nextInt(6) == 0 ? "mute " : "fork ") + path);
    line(text, "pid-file", path);
    if (random.nextInt(4) == 0) line(text, "stop-exec", undo());
    return text.toString();
  }

  private String undo() {
    return "undo " + random.nextInt(300) + " " + code();
  }

  /** Mostly it goes well. */
  private int code() {
    return random.nextInt(6) == 0 ? 1 : 0;
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static void line(StringBuilder text, String key, String value) {
    text.append(key).append(" = ").append(value).append('\n');
  }
}
