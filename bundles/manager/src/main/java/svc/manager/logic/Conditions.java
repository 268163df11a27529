package svc.manager.logic;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import svc.service.Declaration;
import svc.service.Declaration.Entry;
import svc.service.Key;
import svc.service.Keys;

/**
 * The section {@code [condition]}: what has to be so for a service to be started. All lines have to
 * be met; an exclamation mark before a value negates it.
 */
public final class Conditions {

  private static final String NOT = "!";

  /** Words for one processor: Java's, systemd's and uname(1)'s. */
  private static final List<List<String>> ARCHITECTURES =
      List.of(
          List.of("amd64", "x86-64", "x86_64"),
          List.of("aarch64", "arm64"),
          List.of("x86", "i386", "i686"),
          List.of("ppc64le", "ppc64-le"));

  private static final Map<Key, BiPredicate<World, String>> TESTS =
      Map.of(
          Keys.PATH_EXISTS, World::exists,
          Keys.PATH_MISSING, (world, path) -> !world.exists(path),
          Keys.DIRECTORY_NOT_EMPTY, World::holdsSomething,
          Keys.VIRTUALIZATION, (world, word) -> Whereabouts.of(world).contains(word),
          Keys.KERNEL_COMMAND_LINE, Conditions::isOnCommandLine,
          Keys.IN_ENVIRONMENT, Conditions::isInEnvironment,
          Keys.ARCHITECTURE, Conditions::isArchitecture,
          Keys.HOST, Conditions::isHost);

  private Conditions() {}

  /** Whether a service has any. */
  public static boolean any(Declaration declaration) {
    return TESTS.keySet().stream().anyMatch(declaration::has);
  }

  /**
   * The first that is not met, for people; or empty.
   *
   * @param declaration one without problems
   */
  public static String unmet(Declaration declaration, World world) {
    for (Entry entry : declaration.entries()) {
      for (Key key : TESTS.keySet()) {
        if (key.names(entry) && !isMet(declaration, key, entry.value(), world))
          return "condition not met: " + key.name() + " = " + entry.value();
      }
    }
    return "";
  }

  private static boolean isMet(Declaration declaration, Key key, String value, World world) {
    boolean negated = value.startsWith(NOT);
    String word = negated ? value.substring(1).strip() : value;
    String meant = key.kind() == Keys.PATH_EXISTS.kind() ? absolute(declaration, word) : word;
    return TESTS.get(key).test(world, meant) != negated;
  }

  private static String absolute(Declaration declaration, String path) {
    String file = declaration.file();
    return path.startsWith("/") ? path : file.substring(0, file.lastIndexOf('/') + 1) + path;
  }

  private static boolean isOnCommandLine(World world, String word) {
    for (String each : world.text("/proc/cmdline").strip().split("\\s+"))
      if (each.equals(word) || each.startsWith(word + "=")) return true;
    return false;
  }

  private static boolean isInEnvironment(World world, String text) {
    int equals = text.indexOf('=');
    String value = world.variable(equals < 0 ? text : text.substring(0, equals));
    return value != null && (equals < 0 || value.equals(text.substring(equals + 1)));
  }

  private static boolean isArchitecture(World world, String word) {
    List<String> same = new ArrayList<>(List.of(world.architecture()));
    for (List<String> words : ARCHITECTURES)
      if (words.contains(world.architecture())) same.addAll(words);
    return same.contains(word);
  }

  private static boolean isHost(World world, String word) {
    String name = world.text("/proc/sys/kernel/hostname").strip();
    if (word.equals(world.text("/etc/machine-id").strip())) return true;
    return name.matches("\\Q" + word.replace("*", "\\E.*\\Q") + "\\E");
  }
}
