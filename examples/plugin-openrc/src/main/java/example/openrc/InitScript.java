package example.openrc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an init script says about itself, read without running it. That is less than the shell would
 * find out:
 *
 * <ul>
 *   <li>assignments at the beginning of a line, {@code name=value}, {@code name="value"}; with
 *       {@code $name} and {@code ${name}} of such assignments before, and of {@code RC_SVCNAME} and
 *       {@code SVCNAME}
 *   <li>in {@code depend() { ... }}, lines of {@code need use want after before provide keyword
 *       config} and words without variables
 * </ul>
 *
 * Whatever else stands in {@code depend}, or in the value of a variable that matters, is kept in
 * {@link #unread}. {@code /etc/conf.d} is not looked at.
 */
final class InitScript {

  private static final Pattern ASSIGNMENT =
      Pattern.compile(
          "(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)=(\"[^\"]*\"|'[^']*'|[^\\s;#\"']*)\\s*(#.*)?");
  private static final Pattern DEPEND =
      Pattern.compile("(?:function\\s+)?depend\\s*\\(\\s*\\)\\s*(\\{?)\\s*");
  private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)\\}|(\\w+))");
  private static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@:+-]*");

  /** Those whose value is asked for; what is not understood in others does not matter. */
  private static final Set<String> MATTERS = Set.of("pidfile", "description", "supervisor");

  private static final Set<String> IGNORED = Set.of("keyword", "config");

  private final Map<String, String> variables = new LinkedHashMap<>();
  private final Map<String, Set<String>> dependencies = new LinkedHashMap<>();
  private final List<String> unread = new ArrayList<>();

  private InitScript(String name) {
    variables.put("RC_SVCNAME", name);
    variables.put("SVCNAME", name);
  }

  /**
   * @param name the service's, as OpenRC calls it: that of the file
   */
  static InitScript read(String name, List<String> lines) {
    InitScript script = new InitScript(name);
    boolean within = false;
    for (String line : joined(lines)) {
      Matcher depend = DEPEND.matcher(line);
      if (within && line.strip().equals("}")) within = false;
      else if (within) script.dependLine(line.strip());
      else if (depend.matches()) within = true;
      else script.assignment(line);
    }
    return script;
  }

  /** Lines that end with a backslash go on in the next. */
  private static List<String> joined(List<String> lines) {
    List<String> joined = new ArrayList<>();
    StringBuilder open = new StringBuilder();
    for (String line : lines) {
      if (line.endsWith("\\")) {
        open.append(line, 0, line.length() - 1).append(' ');
        continue;
      }
      joined.add(open.append(line).toString());
      open.setLength(0);
    }
    if (!open.isEmpty()) joined.add(open.toString());
    return joined;
  }

  private void assignment(String line) {
    Matcher matcher = ASSIGNMENT.matcher(line);
    if (!matcher.matches()) return;
    String name = matcher.group(1);
    String text = matcher.group(2);
    boolean literal = text.startsWith("'");
    String bare = literal || text.startsWith("\"") ? text.substring(1, text.length() - 1) : text;
    String value = literal ? bare : expand(bare);
    if (value != null) variables.put(name, value);
    else {
      variables.remove(name);
      if (MATTERS.contains(name)) unread.add(line.strip());
    }
  }

  /** The text with the values of variables, or null when there is anything else to be done. */
  private String expand(String text) {
    Matcher matcher = VARIABLE.matcher(text);
    StringBuilder result = new StringBuilder();
    while (matcher.find()) {
      String name = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
      String value = variables.get(name);
      if (value == null) return null;
      matcher.appendReplacement(result, Matcher.quoteReplacement(value));
    }
    matcher.appendTail(result);
    boolean more = result.indexOf("$") >= 0 || result.indexOf("`") >= 0;
    return more ? null : result.toString();
  }

  private void dependLine(String line) {
    if (line.isEmpty() || line.startsWith("#") || line.equals("{") || line.equals(":")) return;
    String[] words = line.replaceFirst("\\s+#.*", "").split("\\s+");
    if (IGNORED.contains(words[0])) return;
    boolean known = Set.of("need", "use", "want", "after", "before", "provide").contains(words[0]);
    Set<String> found = new LinkedHashSet<>();
    for (int i = 1; i < words.length; i++) {
      if (!SERVICE.matcher(words[i]).matches()) known = false;
      found.add(words[i]);
    }
    if (known) dependencies.computeIfAbsent(words[0], word -> new LinkedHashSet<>()).addAll(found);
    else unread.add(line);
  }

  /** The value of a variable, or empty. */
  String variable(String name) {
    return variables.getOrDefault(name, "");
  }

  /** What stands after one of the words of {@code depend}, each once, in order. */
  List<String> dependencies(String word) {
    return List.copyOf(dependencies.getOrDefault(word, Set.of()));
  }

  /** Lines that matter and were not understood. */
  List<String> unread() {
    return List.copyOf(unread);
  }
}
