package svc.storm;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import svc.service.LogFiles;

/** What is in a service's log, over all files: lines {@code START LINE}, both numbers. */
record Logged(List<String> lines) {

  static Logged of(Path logs, String service) {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(logs, service + ".log.*")) {
      for (Path each : all)
        if (LogFiles.isOlder(service, each.getFileName().toString())) files.add(each);
      files.sort(null);
      Path current = logs.resolve(LogFiles.current(service));
      if (Files.exists(current)) files.add(current);
      List<String> lines = new ArrayList<>();
      for (Path file : files) lines.addAll(Files.readAllLines(file));
      return new Logged(lines);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * What is missing, there twice or out of order. One that was killed as it wrote down how many it
   * has written has written more.
   */
  List<String> wrong(Journal journal) {
    List<String> wrong = new ArrayList<>();
    Map<Integer, Integer> found = new HashMap<>();
    int start = 0;
    for (String line : lines) {
      String[] words = line.split(" ");
      int number = Integer.parseInt(words[0]);
      int expected = found.merge(number, 1, Integer::sum) - 1;
      boolean right = number >= start && Integer.parseInt(words[1]) == expected;
      if (!right) wrong.add("log has " + line + " after start " + start + ", line " + expected);
      start = number;
    }
    journal.said().forEach((number, said) -> missing(number, said, found, wrong));
    return wrong.subList(0, Math.min(wrong.size(), 5));
  }

  private static void missing(
      int number, int said, Map<Integer, Integer> found, List<String> wrong) {
    int there = found.getOrDefault(number, 0);
    if (there < said) wrong.add("log has " + there + " of " + said + " lines of start " + number);
  }
}
