package svc.supervise.logic;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file with variables, as systemd's EnvironmentFile and most shells' scripts of assignments have
 * them: a line {@code NAME=value} each, with {@code export} before it or not. Lines that are empty
 * or begin with {@code #} or {@code ;} do not count, nor do blanks around a value. A value in
 * {@code '...'} stands as it is; in {@code "..."} a backslash takes the meaning from {@code " \ $
 * `} and nothing is expanded. A value ends with its line.
 *
 * @param variables {@code NAME=value}, in the file's order
 * @param badLine the first that is none of these, from 1; 0 when all are
 */
public record EnvironmentFile(List<String> variables, int badLine) {

  public EnvironmentFile {
    variables = List.copyOf(variables);
  }

  public boolean ok() {
    return badLine == 0;
  }

  public static EnvironmentFile parse(String text) {
    List<String> variables = new ArrayList<>();
    int number = 0;
    for (String line : text.split("\\r?\\n", -1)) {
      number++;
      String stripped = line.strip();
      if (stripped.isEmpty() || stripped.startsWith("#") || stripped.startsWith(";")) continue;
      Optional<String> variable = variable(stripped.replaceFirst("^export\\s+", ""));
      if (variable.isEmpty()) return new EnvironmentFile(List.of(), number);
      variables.add(variable.get());
    }
    return new EnvironmentFile(variables, 0);
  }

  private static Optional<String> variable(String assignment) {
    int equals = assignment.indexOf('=');
    if (equals < 0 || assignment.indexOf('\0') >= 0) return Optional.empty();
    String name = assignment.substring(0, equals);
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) return Optional.empty();
    return value(assignment.substring(equals + 1).strip()).map(value -> name + "=" + value);
  }

  private static Optional<String> value(String text) {
    if (text.startsWith("'")) return single(text);
    return text.startsWith("\"") ? doubled(text) : Optional.of(text);
  }

  private static Optional<String> single(String text) {
    boolean whole = text.length() > 1 && text.indexOf('\'', 1) == text.length() - 1;
    return whole ? Optional.of(text.substring(1, text.length() - 1)) : Optional.empty();
  }

  private static Optional<String> doubled(String text) {
    StringBuilder value = new StringBuilder();
    for (int at = 1; at < text.length(); at++) {
      char each = text.charAt(at);
      if (each == '"')
        return at == text.length() - 1 ? Optional.of(value.toString()) : Optional.empty();
      boolean escapes =
          each == '\\' && at + 1 < text.length() && "\"\\$`".indexOf(text.charAt(at + 1)) >= 0;
      value.append(escapes ? text.charAt(++at) : each);
    }
    return Optional.empty();
  }
}
