package svc.launch;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A bundle that a test writes down: sources, components, headers. */
final class BundleMaker {

  private final String name;
  private final String version;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final Map<String, String> resources = new LinkedHashMap<>();
  private final List<Path> classPath = new ArrayList<>();

  BundleMaker(String name, String version) {
    this.name = name;
    this.version = version;
    headers.put("Manifest-Version", "1.0");
    headers.put("Bundle-ManifestVersion", "2");
    headers.put("Bundle-SymbolicName", name);
    headers.put("Bundle-Version", version);
    headers.put(
        "Import-Package", "org.osgi.framework,org.osgi.service.component;resolution:=optional");
  }

  BundleMaker header(String key, String value) {
    headers.put(key, value);
    return this;
  }

  BundleMaker imports(String clause) {
    return header("Import-Package", headers.get("Import-Package") + "," + clause);
  }

  /** A class by its full name and what is between its braces; {@code %C} is {@code class NAME}. */
  BundleMaker source(String className, String text) {
    int dot = className.lastIndexOf('.');
    String declared = "package " + className.substring(0, dot) + ";\n";
    sources.put(className, declared + text.replace("%C", className.substring(dot + 1)));
    return this;
  }

  /** The methods of an activator. */
  BundleMaker activator(String methods) {
    header("Bundle-Activator", name + ".Activator");
    return source(
        name + ".Activator",
        "import org.osgi.framework.*; import java.util.*; import java.util.function.*;"
            + "public class Activator implements BundleActivator {"
            + methods
            + "}");
  }

  /** An activator that starts and ends well. */
  BundleMaker quiet() {
    return activator("public void start(BundleContext c) {} public void stop(BundleContext c) {}");
  }

  /**
   * A component.
   *
   * @param more within the component's element, after its implementation
   */
  BundleMaker component(String simpleName, boolean immediate, String more, String methods) {
    String file = "OSGI-INF/" + simpleName + ".xml";
    headers.merge("Service-Component", file, (a, b) -> a + "," + b);
    headers.put(
        "Require-Capability",
        "osgi.extender;filter:=\"(&(osgi.extender=osgi.component)(version>=1.3.0))\"");
    resources.put(
        file,
        "<scr:component xmlns:scr=\"http://www.osgi.org/xmlns/scr/v1.3.0\" name=\""
            + simpleName
            + "\" immediate=\""
            + immediate
            + (methods.contains(" activate()") ? "\" activate=\"activate\">" : "\">")
            + "<implementation class=\""
            + name
            + "."
            + simpleName
            + "\"/>"
            + more
            + "</scr:component>");
    return source(
        name + "." + simpleName,
        "public class %C implements Runnable { public void run() {} " + methods + "}");
  }

  BundleMaker against(Path jar) {
    classPath.add(jar);
    return this;
  }

  Path in(Path directory) {
    try {
      Path classes = Files.createTempDirectory(directory, "classes");
      compile(classes);
      Path jar = directory.resolve(name + "-" + version + ".jar");
      write(jar, classes);
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void compile(Path classes) throws IOException {
    if (sources.isEmpty()) return;
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<JavaFileObject> units = new ArrayList<>();
    sources.forEach((className, text) -> units.add(new Unit(className, text)));
    StringBuilder path = new StringBuilder(System.getProperty("java.class.path"));
    for (Path jar : classPath) path.append(':').append(jar);
    List<String> options = List.of("-d", classes.toString(), "-cp", path.toString(), "-proc:none");
    if (!compiler.getTask(null, null, null, options, null, units).call())
      throw new AssertionError("does not compile: " + sources);
  }

  private void write(Path jar, Path classes) throws IOException {
    try (OutputStream bytes = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(bytes);
        Stream<Path> files = Files.walk(classes)) {
      StringBuilder manifest = new StringBuilder();
      headers.forEach((key, value) -> manifest.append(line(key + ": " + value)));
      add(zip, "META-INF/MANIFEST.MF", manifest.toString().getBytes(StandardCharsets.UTF_8));
      for (Path file : files.filter(Files::isRegularFile).toList())
        add(zip, classes.relativize(file).toString(), Files.readAllBytes(file));
      for (Map.Entry<String, String> each : resources.entrySet())
        add(zip, each.getKey(), each.getValue().getBytes(StandardCharsets.UTF_8));
    }
  }

  /** A line of a manifest has at most 72 bytes. */
  private static String line(String text) {
    StringBuilder lines = new StringBuilder();
    for (int at = 0; at < text.length(); at += 70)
      lines
          .append(at == 0 ? "" : " ")
          .append(text, at, Math.min(text.length(), at + 70))
          .append("\r\n");
    return lines.toString();
  }

  private static void add(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(bytes);
    zip.closeEntry();
  }

  private static final class Unit extends SimpleJavaFileObject {
    private final String text;

    Unit(String className, String text) {
      super(URI.create("string:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
