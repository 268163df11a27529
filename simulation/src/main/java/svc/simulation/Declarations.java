package svc.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import svc.manager.logic.Configuration;
import svc.manager.logic.Layer;
import svc.service.Problem;
import svc.service.Source;
import svc.type.ServiceType;

/**
 * Services out of a seed. Dependencies point to lower numbers, so that there is no cycle. Some
 * services stand apart: the target does not know them, and they may conflict with others. Somebody
 * may write others while they run, and make mistakes in it.
 */
final class Declarations {

  static final String TARGET = "default";

  private final Random random;
  private final Optional<Guest> guest;
  private final boolean onDemand;
  private final List<String> supervisors;

  /** The files, by the number of the service. */
  private final Map<Integer, String> texts = new TreeMap<>();

  /** What the target needs, as lines. */
  private final Map<Integer, String> needed = new TreeMap<>();

  /** The files, when they are not made of chance. */
  private final Map<String, Source> written = new TreeMap<>();

  private int next;
  private boolean broken;

  /**
   * @param onDemand whether some of them wait until somebody comes, or for their time
   */
  Declarations(Random random, Optional<Guest> guest, boolean onDemand) {
    this.random = random;
    this.guest = guest;
    this.onDemand = onDemand;
    this.supervisors = List.of("main", "aux", "extra").subList(0, 1 + random.nextInt(3));
  }

  /**
   * Those that somebody wrote, which are the same until he writes others.
   *
   * @param sources named {@code NAME.ini}
   */
  Declarations(List<Source> sources) {
    this(new Random(1), Optional.empty(), false);
    sources.forEach(this::write);
  }

  /** In place of one of the same name. */
  void write(Source source) {
    written.put(source.service(), source);
  }

  void delete(String service) {
    written.remove(service);
  }

  void begin() {
    for (int count = 2 + random.nextInt(9); count > 0; count--) add();
  }

  private void add() {
    int i = next++;
    boolean apart = i > 1 && !needed.isEmpty() && random.nextInt(8) == 0;
    texts.put(i, declaration(i, List.copyOf(needed.keySet()), apart));
    if (!apart) needed.put(i, (random.nextBoolean() ? "requires = s" : "wants = s") + i + "\n");
  }

  /** As they are in the directory. */
  List<Layer> layers() {
    if (!written.isEmpty())
      return List.of(new Layer("/etc/svc", List.copyOf(written.values()), List.of()));
    List<Source> sources = new ArrayList<>();
    texts.forEach((i, text) -> sources.add(source("s" + i, text)));
    sources.add(
        source(TARGET, "[service]\ntype = target\n[depend]\n" + String.join("", needed.values())));
    if (broken) sources.add(source("s" + next, "[service]\nnonsense\n"));
    return List.of(new Layer("/etc/svc", sources, List.of()));
  }

  private static Source source(String name, String text) {
    return new Source(name, "/etc/svc/" + name + ".ini", text);
  }

  Configuration configuration(Map<String, ServiceType> types) {
    Configuration configuration = Configuration.of(layers(), types::get, List.of());
    List<Problem> problems = configuration.problems();
    if (!problems.isEmpty()) throw new BrokenRule("declarations that are right: " + problems);
    return configuration;
  }

  // Somebody edits them

  /** One file is another. */
  void edit() {
    if (broken || random.nextInt(8) == 0) broken = !broken;
    else if (texts.size() < 12 && random.nextInt(3) == 0) add();
    else if (texts.size() > 3 && random.nextInt(3) == 0) remove(pick(List.copyOf(texts.keySet())));
    else rewrite(pick(List.copyOf(texts.keySet())));
  }

  /** With no mistake in them. */
  void mend() {
    broken = false;
  }

  private void remove(int i) {
    texts.remove(i);
    needed.remove(i);
    String line = "(?m)^[a-z]+ = s" + i + "\n";
    texts.replaceAll((other, text) -> text.replaceAll(line, ""));
  }

  /** Times, dependencies or everything, its type included. */
  private void rewrite(int i) {
    String text = texts.get(i);
    switch (random.nextInt(3)) {
      case 0 ->
          texts.put(i, text.replaceFirst("delay = .*", "delay = " + random.nextInt(200) + "ms"));
      case 1 -> texts.put(i, text.replaceFirst("(?m)^wants = .*\n", ""));
      default -> {
        List<Integer> earlier = needed.keySet().stream().filter(j -> j < i).toList();
        String supervisor = text.replaceAll("(?s).*(supervisor = [a-z]+).*", "$1");
        String other = declaration(i, earlier, false);
        texts.put(i, other.replaceFirst("supervisor = [a-z]+", supervisor));
      }
    }
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
      line(text, pick(List.of("requires", "requires", "follows", "wants", "after")), "s" + j);
    }
    if (random.nextInt(4) == 0) line(text, "before", "s" + (i + 1));
    if (apart) line(text, "conflicts", "s" + pick(earlier));
    if (random.nextInt(5) == 0) {
      text.append("[condition]\n");
      line(text, "path-exists", SimulatedWorld.FLAGS + "s" + i);
    }
    text.append("[restart]\n");
    line(text, "policy", pick(List.of("always", "on-failure", "never")));
    line(text, "delay", 1 + random.nextInt(200) + "ms");
    line(text, "limit", Integer.toString(random.nextInt(4)));
    line(text, "period", "30s");
    return text.toString();
  }

  private String kind(int i) {
    if (guest.isPresent() && random.nextBoolean()) return guest.get().declare("s" + i, random);
    if (onDemand && random.nextInt(3) == 0) return random.nextBoolean() ? timer() : socket(i);
    return "[service]\n" + ownKind(i);
  }

  private String timer() {
    StringBuilder text = new StringBuilder("[service]\ntype = timer\n");
    line(text, "exec", "task " + random.nextInt(random.nextBoolean() ? 50 : 1_500) + " " + code());
    text.append("[timer]\n");
    if (random.nextBoolean()) line(text, "every", pick(List.of("500ms", "1s", "3s", "10s", "30s")));
    else line(text, "calendar", pick(List.of("*:*:*", "*:*:0/3", "*:*:5/10", "minutely")));
    if (random.nextBoolean()) line(text, "catch-up", "yes");
    if (random.nextInt(4) == 0) line(text, "jitter", "50ms");
    return text.toString();
  }

  private String socket(int i) {
    StringBuilder text = new StringBuilder("[service]\ntype = socket\n");
    boolean lazy = random.nextInt(4) > 0;
    line(text, "exec", lazy ? visited() : "serve");
    text.append("[socket]\n");
    if (!lazy) line(text, "lazy", "no");
    for (int count = 1 + random.nextInt(2); count > 0; count--)
      line(text, "listen", place(i, count));
    if (random.nextInt(4) == 0) line(text, "backlog", "2");
    return text.toString();
  }

  private String visited() {
    return switch (random.nextInt(6)) {
      case 0, 1 -> "serve";
      case 2 -> "greet";
      case 3 -> "task " + random.nextInt(100) + " " + code();
      default -> "serve " + random.nextInt(1_000) + " " + code();
    };
  }

  /** Its own, but that it may be another one later. */
  private String place(int i, int which) {
    return switch (random.nextInt(3)) {
      case 0 -> "unix:@s" + i + "-" + which;
      case 1 -> "unix:/socket/s" + i + "-" + which;
      default -> "tcp:127.0.0.1:" + (1_000 + 10 * i + which);
    };
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
