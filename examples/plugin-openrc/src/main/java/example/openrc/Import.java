package example.openrc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The command {@code svc-openrc-import SCRIPT}: prints a declaration for an init script. What
 * {@link InitScript} did not understand is a comment in it and makes the exit status 1, so that
 * somebody looks.
 *
 * <table>
 *   <caption>depend() and [depend]</caption>
 *   <tr><td>{@code need}</td><td>{@code requires}</td></tr>
 *   <tr><td>{@code want}</td><td>{@code wants} and {@code after}</td></tr>
 *   <tr><td>{@code use}</td><td>{@code after}: OpenRC does not start it either</td></tr>
 *   <tr><td>{@code after}, {@code before}</td><td>the same</td></tr>
 *   <tr><td>{@code provide}</td><td>a comment: a target of that name says the same in svc</td></tr>
 * </table>
 */
public final class Import {

  private Import() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1 || arguments[0].startsWith("-")) {
      System.err.println("usage: svc-openrc-import SCRIPT");
      System.exit(2);
    }
    Path path = Path.of(arguments[0]).toAbsolutePath().normalize();
    if (!Files.isReadable(path)) {
      System.err.println("svc-openrc-import: cannot read " + path);
      System.exit(2);
    }
    String name = path.getFileName().toString();
    InitScript script =
        InitScript.read(name, Files.readAllLines(path, StandardCharsets.ISO_8859_1));
    System.out.print(declaration(path.toString(), name, script));
    if (script.unread().isEmpty()) return;
    System.err.println("svc-openrc-import: " + path + ": look at the lines after \"not read\"");
    System.out.flush();
    System.exit(1);
  }

  static String declaration(String path, String name, InitScript script) {
    StringBuilder text = new StringBuilder("# from " + path + " by svc-openrc-import\n");
    for (String line : script.unread()) text.append("# not read: ").append(line).append('\n');
    if (script.variable("supervisor").equals("supervise-daemon"))
      text.append("# it is kept alive by supervise-daemon; type daemon does that without it\n");
    for (String provided : script.dependencies("provide"))
      if (!provided.equals(name))
        text.append("# provides " + provided + ": make that a target that requires " + name + "\n");
    text.append("[service]\ntype = openrc\n");
    line(text, "description", script.variable("description"));
    text.append("[openrc]\n");
    line(text, "script", path);
    line(text, "pid-file", script.variable("pidfile"));
    return text + depend(script);
  }

  private static String depend(InitScript script) {
    Set<String> after = new LinkedHashSet<>(script.dependencies("want"));
    after.addAll(script.dependencies("use"));
    after.addAll(script.dependencies("after"));
    StringBuilder text = new StringBuilder();
    line(text, "requires", String.join(" ", script.dependencies("need")));
    line(text, "wants", String.join(" ", script.dependencies("want")));
    line(text, "after", String.join(" ", List.copyOf(after)));
    line(text, "before", String.join(" ", script.dependencies("before")));
    return text.isEmpty() ? "" : "[depend]\n" + text;
  }

  private static void line(StringBuilder text, String key, String value) {
    if (!value.isBlank()) text.append(key).append(" = ").append(value.strip()).append('\n');
  }
}
