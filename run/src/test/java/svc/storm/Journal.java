package svc.storm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a service itself has written down of its starts and ends. */
record Journal(List<String> lines) {

  static Journal of(Path directory, String service) {
    try {
      Path file = directory.resolve(service + ".journal");
      return new Journal(Files.exists(file) ? Files.readAllLines(file) : List.of());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  long starts() {
    return lines.stream().filter(line -> line.startsWith("START ")).count();
  }

  /** As {@code exit 3} or {@code signal KILL}; empty when it never ended. */
  String lastEnd() {
    return lines.stream()
        .filter(line -> line.startsWith("END "))
        .reduce("", (before, last) -> last.substring("END ".length()));
  }

  /** How many lines each start has written at least, by its number. */
  Map<Integer, Integer> said() {
    Map<Integer, Integer> said = new TreeMap<>();
    for (String line : lines) {
      String[] words = line.split(" ");
      if (words[0].equals("SAID")) said.put(Integer.valueOf(words[1]), Integer.valueOf(words[2]));
    }
    return said;
  }

  /** A start that found the one before alive. */
  List<String> twice() {
    return lines.stream().filter(line -> line.startsWith("TWICE ")).toList();
  }

  String tail() {
    return String.join(", ", lines.subList(Math.max(0, lines.size() - 8), lines.size()));
  }
}
