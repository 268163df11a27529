package svc.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the classes of a type name: neither files nor sockets, processes, threads, clocks, chance or
 * the process's own surroundings, since what a type says follows from its arguments alone.
 */
final class Reach {

  private static final Pattern CLASSES =
      Pattern.compile(
          "java\\.lang\\.(Thread(Local|Group)?|Process(Builder|Handle)?|Runtime)"
              + "|java\\.io\\.(File|Random|Console).*"
              + "|java\\.nio\\.(channels\\..*|file\\.(Files|FileSystems?|WatchService))"
              + "|java\\.net\\.(?!URI).*"
              + "|java\\.util\\.(Timer|Random|SplittableRandom)"
              + "|java\\.util\\.concurrent\\.(?!TimeUnit).*"
              + "|java\\.time\\.Clock");

  private static final Pattern METHODS =
      Pattern.compile(
          "java\\.lang\\.System\\.(currentTimeMillis|nanoTime|getenv|getProperty|setProperty|exit)"
              + "|java\\.lang\\.Math\\.random"
              + "|java\\.util\\.UUID\\.randomUUID"
              + "|java\\.time\\.[A-Za-z]+\\.now");

  private Reach() {}

  /** Follows a class to all that it names in its own package and below. */
  static void none(Class<?> type) {
    String home = type.getPackageName() + ".";
    Set<String> seen = new HashSet<>(Set.of(type.getName()));
    Deque<String> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      ClassFile file = read(type.getClassLoader(), open.pop());
      allowed(file, seen);
      for (String each : file.classes())
        if (each.startsWith(home) && seen.add(each)) open.add(each);
    }
  }

  private static void allowed(ClassFile file, Set<String> seen) {
    for (String each : file.classes())
      Expect.that(!CLASSES.matcher(each).matches(), "one of " + seen + " uses " + each);
    for (String each : file.methods())
      Expect.that(!METHODS.matcher(each).matches(), "one of " + seen + " calls " + each);
  }

  static ClassFile read(ClassLoader loader, String name) {
    try (InputStream in = loader.getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) throw new AssertionError("the class " + name + " is not there");
      return ClassFile.of(in.readAllBytes());
    } catch (IOException e) {
      throw new AssertionError(name + ": " + e, e);
    }
  }
}
