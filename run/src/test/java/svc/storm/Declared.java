package svc.storm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** The services of a world, some of each kind, spread over its supervisors. */
final class Declared {

  enum Kind {
    /** Never ends by itself. */
    STABLE("[service]\ntype = daemon\nexec = sleep infinity\n"),
    /** Neither does this one, which writes all the time. */
    TALKING("[service]\ntype = daemon\nexec = sh %1$s/talk.sh %2$s\n"),
    CRASHING("[service]\ntype = daemon\nexec = sh %1$s/service.sh %2$s\n"),
    /** Fails until all is calm. */
    ONESHOT("[service]\ntype = oneshot\nexec = sh %1$s/service.sh %2$s\n"),
    PIDFILE(
        "[service]\ntype = pidfile\nexec = sh %1$s/begin.sh %2$s\npid-file = %1$s/%3$s.pid\n"
            + "start-timeout = 30s\n");

    private final String text;

    /** Whether it has one start. */
    boolean stays() {
      return this == STABLE || this == TALKING;
    }

    Kind(String text) {
      this.text = text;
    }
  }

  private static final String COMMON =
      "supervisor = %s\nstderr = file:%s/%s.err\n"
          + "[log]\nstamp = none\nmax-size = 8K\nkeep = 999999\ncompress = no\n"
          + "[restart]\npolicy = always\ndelay = %dms\nlimit = 999999\n";

  private static final int LONGEST_DELAY_MS = 50;

  /** A supervisor's absence is longer than most lives, and shorter than some. */
  private static final int LEAST_LIFE_MS = 100;

  private static final int LIFE_SPAN_MS = 6_000;

  private final Path directory;
  private final RandomGenerator random;
  private final List<String> supervisors;
  private final Map<String, Kind> kinds = new TreeMap<>();

  Declared(Path directory, RandomGenerator random, List<String> supervisors) throws IOException {
    this.directory = directory;
    this.random = random;
    this.supervisors = supervisors;
    Files.createDirectories(declarations());
    for (String script : List.of("service.sh", "begin.sh", "talk.sh")) copy(script);
  }

  Path declarations() {
    return directory.resolve("declarations");
  }

  private void copy(String script) throws IOException {
    try (InputStream in = Declared.class.getResourceAsStream(script)) {
      Files.copy(in, directory.resolve(script));
    }
  }

  Declared add(Kind kind, int count) throws IOException {
    for (int i = 0; i < count; i++) add(kind, kind.name().toLowerCase() + i);
    return this;
  }

  private void add(Kind kind, String name) throws IOException {
    String supervisor = supervisors.get(kinds.size() % supervisors.size());
    int delay = random.nextInt(LONGEST_DELAY_MS);
    String words =
        String.join(
            " ",
            List.of(
                directory.toString(),
                name,
                "" + random.nextInt(1 << 20),
                "" + LEAST_LIFE_MS,
                "" + LIFE_SPAN_MS,
                kind.name().toLowerCase()));
    String text =
        kind.text.formatted(directory, words, name)
            + COMMON.formatted(supervisor, directory, name, delay);
    Files.writeString(declarations().resolve(name + ".ini"), text);
    kinds.put(name, kind);
  }

  /**
   * A target that is reached though some fail: an init ends when managers die that never reach it.
   */
  Declared target() throws IOException {
    String wants = String.join(" ", kinds.keySet());
    Files.writeString(
        declarations().resolve("default.ini"),
        "[service]\ntype = target\n[depend]\nwants = " + wants + "\n");
    return this;
  }

  Map<String, Kind> kinds() {
    return kinds;
  }
}
