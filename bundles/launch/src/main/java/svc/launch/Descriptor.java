package svc.launch;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.osgi.framework.Version;
import org.osgi.framework.VersionRange;

/**
 * A launch descriptor of Bnd, {@code etc/NAME.bndrun}, as far as a launcher needs it.
 *
 * @param bundles files, in the order to install them
 * @param wanted the versions that it takes, by symbolic name
 * @param properties for the framework
 */
record Descriptor(
    List<Path> bundles, Map<String, VersionRange> wanted, Map<String, String> properties) {

  private static final int INCLUDES = 8;

  /** One entry of {@code -runbundles}: {@code svc.nv;version='[0.1.0,0.1.1)'}. */
  private record Wanted(String name, VersionRange range) {
    static Wanted of(String entry) {
      int semicolon = entry.indexOf(';');
      if (semicolon < 0) return new Wanted(entry.strip(), new VersionRange("0"));
      int from = entry.indexOf('\'', semicolon) + 1;
      String range = entry.substring(from, entry.indexOf('\'', from));
      return new Wanted(entry.substring(0, semicolon).strip(), new VersionRange(range));
    }

    @Override
    public String toString() {
      return name + " " + range;
    }
  }

  /**
   * @param home the installed tree: {@code etc/} has descriptors, {@code bundles/} jars named
   *     {@code NAME-VERSION.jar}
   */
  static Descriptor read(Path home, String name) throws LaunchException {
    Path file = home.resolve("etc").resolve(name + ".bndrun");
    Map<String, String> text = new LinkedHashMap<>();
    load(file, 0, text);
    Map<String, Map<Version, Path>> jars = jars(home.resolve("bundles"));
    List<Path> bundles = new ArrayList<>();
    Map<String, VersionRange> ranges = new LinkedHashMap<>();
    for (String entry : clauses(text.getOrDefault("-runbundles", ""))) {
      Wanted wanted = Wanted.of(entry);
      ranges.put(wanted.name, wanted.range);
      bundles.add(find(wanted, jars, file));
    }
    if (bundles.isEmpty()) throw new LaunchException(file + " names no -runbundles");
    return new Descriptor(bundles, ranges, properties(text));
  }

  /** What a file says prevails over what it includes. */
  private static void load(Path file, int depth, Map<String, String> into) throws LaunchException {
    if (depth > INCLUDES) throw new LaunchException(file + " is included in itself");
    Properties own = new Properties();
    try (Reader text = Files.newBufferedReader(file)) {
      own.load(text);
    } catch (IOException | IllegalArgumentException e) {
      throw new LaunchException("cannot read the launch descriptor " + file, e);
    }
    for (String include : clauses(own.getProperty("-include", ""))) {
      load(file.resolveSibling(include.replace("${.}/", "")), depth + 1, into);
    }
    own.forEach((key, value) -> into.put((String) key, (String) value));
  }

  private static Path find(Wanted wanted, Map<String, Map<Version, Path>> jars, Path file)
      throws LaunchException {
    Version best = null;
    for (Version version : jars.getOrDefault(wanted.name, Map.of()).keySet()) {
      boolean better = best == null || best.compareTo(version) < 0;
      if (better && wanted.range.includes(version)) best = version;
    }
    if (best == null) throw new LaunchException(file + " wants " + wanted + ": no such bundle");
    return jars.get(wanted.name).get(best);
  }

  /** The jars in a directory, by name and version. */
  static Map<String, Map<Version, Path>> jars(Path directory) throws LaunchException {
    Map<String, Map<Version, Path>> jars = new LinkedHashMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*-*.jar")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        int dash = name.indexOf('-');
        // Maven's 0.1.0-SNAPSHOT is OSGi's 0.1.0.SNAPSHOT
        String version =
            name.substring(dash + 1, name.length() - ".jar".length()).replace('-', '.');
        jars.computeIfAbsent(name.substring(0, dash), any -> new LinkedHashMap<>())
            .put(Version.parseVersion(version), file);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new LaunchException("cannot look for bundles in " + directory + ": " + e, e);
    }
    return jars;
  }

  /** Bnd joins {@code -runproperties} and all that begin so, {@code -runproperties.debug}. */
  private static Map<String, String> properties(Map<String, String> text) {
    Map<String, String> properties = new LinkedHashMap<>();
    for (Map.Entry<String, String> line : text.entrySet()) {
      if (!line.getKey().startsWith("-runproperties")) continue;
      for (String clause : clauses(line.getValue())) {
        int equals = clause.indexOf('=');
        if (equals > 0) properties.put(clause.substring(0, equals).strip(), value(clause, equals));
      }
    }
    return properties;
  }

  private static String value(String clause, int equals) {
    String value = clause.substring(equals + 1).strip();
    boolean quoted = value.length() > 1 && (value.startsWith("'") || value.startsWith("\""));
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  /** Splits at commas that stand outside of quotes. */
  private static List<String> clauses(String text) {
    List<String> clauses = new ArrayList<>();
    char quote = 0;
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : ',';
      if (quote != 0 && i < text.length()) {
        if (c == quote) quote = 0;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == ',') {
        String clause = text.substring(start, i).strip();
        if (!clause.isEmpty()) clauses.add(clause);
        start = i + 1;
      }
    }
    return clauses;
  }
}
