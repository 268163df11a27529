package svc.testkit;

import java.util.List;
import java.util.Map;
import java.util.Random;
import svc.service.Kind;

/** Values of a kind, the usual and the odd ones. */
final class Values {

  private static final Map<String, List<String>> ODD =
      Map.of(
          "TEXT", List.of("", "a", "%s ${x} $(y)", "/", "-", "\u00fc\u4e16", "a=b", "\t;#"),
          "COMMAND", List.of("x", "/bin/x -a 'b c' \"\"", "'/a b/c' \\ ", "a \"$b\" ;", "--"),
          "DURATION", List.of("none", "0s", "1us", "999999999d", "500ms", "1h"),
          "SIGNAL", List.of("TERM", "sighup", "RTMIN+3", "RTMAX", "1", "64", "KILL"),
          "NUMBER", List.of("0", "1", "007", "999999"),
          "PATH", List.of("/", "x", "..", "/a b", "a/", "//x/../y", "."),
          "NAME", List.of("a", "9", "a.b", "a@b:c+d-e_f", "x".repeat(128)),
          "NAMES", List.of("a", "a b", "a,b", "a,  b\tc", "a a"),
          "ASSIGNMENT", List.of("A=", "_a1=b c", "A==", "PATH=/bin"));

  /** The same for kinds that list their values in what they expect, or have a form of their own. */
  private static final List<String> OTHERS =
      List.of(
          "000",
          "022",
          "0777",
          "log",
          "null",
          "inherit",
          "file:/x",
          "none",
          "shutdown",
          "always",
          "on-failure",
          "never",
          "yes",
          "no",
          "hourly",
          "*-*-* 03:00:00",
          "tcp:127.0.0.1:80",
          "unix:/x",
          "1",
          "10s",
          "64K",
          "iso",
          "drop",
          "a",
          "/a",
          "TERM",
          "A=b");

  private Values() {}

  /** A value that the kind accepts, or, of a kind that is not known here, may accept. */
  static String of(Kind kind, Random random) {
    List<String> odd = ODD.getOrDefault(kind.name(), OTHERS);
    List<String> accepted = odd.stream().filter(kind::accepts).toList();
    return accepted.isEmpty() ? "" : accepted.get(random.nextInt(accepted.size()));
  }
}
