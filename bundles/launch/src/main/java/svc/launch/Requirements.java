package svc.launch;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a bundle asks for, in words: resolvers speak in filters. */
final class Requirements {

  private static final Pattern LOWEST = Pattern.compile("\\(version>=([^)]*)\\)");
  private static final Pattern BELOW = Pattern.compile("\\(!\\(version>=([^)]*)\\)\\)");
  private static final Pattern HIGHEST = Pattern.compile("\\(version<=([^)]*)\\)");

  /** The namespaces of the OSGi framework and of Declarative Services. */
  private static final Map<String, String> KINDS =
      Map.of(
          "osgi.wiring.package", "package",
          "osgi.wiring.bundle", "bundle",
          "osgi.wiring.host", "host",
          "osgi.ee", "Java",
          "osgi.extender", "extender");

  private Requirements() {}

  /**
   * As {@code package svc.nv [0.1,0.2)}.
   *
   * @param filter RFC 4515, as {@code (&(osgi.wiring.package=svc.nv)(version>=0.1))}
   */
  static String text(String namespace, String filter) {
    Matcher name =
        Pattern.compile("\\(" + Pattern.quote(namespace) + "=([^)]*)\\)").matcher(filter);
    if (!name.find()) return namespace + " " + filter;
    String kind = KINDS.getOrDefault(namespace, namespace);
    return (kind + " " + name.group(1) + " " + range(filter)).strip();
  }

  private static String range(String filter) {
    Matcher below = BELOW.matcher(filter);
    boolean bounded = below.find();
    String rest = bounded ? filter.replace(below.group(), "") : filter;
    Matcher lowest = LOWEST.matcher(rest);
    String from = lowest.find() ? lowest.group(1) : "";
    if (bounded) return "[" + (from.isEmpty() ? "0" : from) + "," + below.group(1) + ")";
    Matcher highest = HIGHEST.matcher(rest);
    if (highest.find()) return "[" + from + "," + highest.group(1) + "]";
    return from.isEmpty() ? "" : from + " or later";
  }
}
