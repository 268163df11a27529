package svc.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A header of a bundle's manifest (OSGi Core, 3.2.4): clauses with commas between them, each of
 * paths and parameters, {@code a;b=c;d:="e,f"}.
 *
 * @param parameters by name, where a directive's ends in a colon
 */
record Header(String path, Map<String, String> parameters) {

  static List<Header> parse(String header) {
    List<Header> clauses = new ArrayList<>();
    if (header == null) return clauses;
    for (String clause : parts(header, ',')) clauses.addAll(clause(clause));
    return clauses;
  }

  private static List<Header> clause(String clause) {
    List<String> paths = new ArrayList<>();
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String part : parts(clause, ';')) {
      int equals = part.indexOf('=');
      if (equals < 0) paths.add(part);
      else parameters.put(part.substring(0, equals), bare(part.substring(equals + 1)));
    }
    return paths.stream().map(path -> new Header(path, parameters)).toList();
  }

  private static String bare(String value) {
    return value.strip().replaceAll("^\"|\"$", "");
  }

  /** Parts between separators that stand in no quotes. */
  private static List<String> parts(String text, char separator) {
    List<String> parts = new ArrayList<>();
    boolean quoted = false;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '"') quoted = !quoted;
      if (text.charAt(i) != separator || quoted) continue;
      parts.add(text.substring(from, i).strip());
      from = i + 1;
    }
    parts.add(text.substring(from).strip());
    return parts;
  }
}
