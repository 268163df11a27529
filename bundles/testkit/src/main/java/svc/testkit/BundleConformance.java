package svc.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.osgi.framework.Version;
import org.osgi.framework.VersionRange;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import svc.type.ServiceType;

/**
 * Holds the jar of a service type to what svc's runtimes ask of it: a bundle of one component that
 * offers the type, which exports nothing and imports the contract alone, and which a plain program
 * finds too.
 *
 * <p>The jar is there when Maven has packaged it, so this belongs into a test that runs after that
 * ({@code *IT}).
 */
public final class BundleConformance {

  private static final String TYPE = ServiceType.class.getName();
  private static final String ENTRY = "META-INF/services/" + TYPE;
  private static final Set<String> CONTRACT = Set.of("svc.type", "svc.service", "svc.os");

  private final Path jar;

  private BundleConformance(Path jar) {
    this.jar = jar;
  }

  /**
   * The checks of a bundle.
   *
   * @param jar a file
   * @return its checks
   */
  public static BundleConformance of(Path jar) {
    return new BundleConformance(jar);
  }

  /**
   * The checks, to be run one by one.
   *
   * @return in a fixed order; they do not depend on each other
   */
  public Stream<Check> checks() {
    return Stream.of(
        new Check("it is a bundle with a name and a version", this::isBundle),
        new Check("one component offers the type", this::oneComponent),
        new Check("it exports nothing", this::exportsNothing),
        new Check("it imports the contract alone, in versions that are there", this::imports),
        new Check("it has none of the contract inside", this::hasNoContract),
        new Check("a plain program finds the type", this::isFound));
  }

  /**
   * Runs all checks, for who has no use for them one by one.
   *
   * @throws AssertionError that names every check that failed
   */
  public void run() {
    Checks.run(checks());
  }

  // What the checks do

  private void isBundle() {
    Attributes manifest = manifest();
    Expect.equal("2", manifest.getValue("Bundle-ManifestVersion"), "Bundle-ManifestVersion");
    Expect.equal(1, Header.parse(manifest.getValue("Bundle-SymbolicName")).size(), "names");
    String version = manifest.getValue("Bundle-Version");
    Expect.that(version != null, "there is no Bundle-Version");
    Expect.given("Bundle-Version", () -> Version.parseVersion(version));
  }

  private void exportsNothing() {
    Expect.equal(null, manifest().getValue("Export-Package"), "Export-Package");
  }

  private void imports() {
    List<Header> imports = Header.parse(manifest().getValue("Import-Package"));
    Expect.that(
        imports.stream().anyMatch(each -> each.path().equals("svc.type")),
        "svc.type is not imported");
    imports.forEach(BundleConformance::imported);
  }

  private static void imported(Header wanted) {
    String name = wanted.path();
    boolean optional = "optional".equals(wanted.parameters().get("resolution:"));
    if (optional || name.startsWith("java.") || name.startsWith("org.osgi.")) return;
    Expect.that(CONTRACT.contains(name), "it imports " + name + ", which no runtime has for it");
    String range = wanted.parameters().get("version");
    Expect.that(range != null && range.contains(","), name + " is imported in any version");
    Version there = Contract.version(name);
    Expect.that(
        VersionRange.valueOf(range).includes(there), name + " is " + there + ", not " + range);
  }

  private void hasNoContract() {
    for (String name : names()) {
      String folder = name.substring(0, name.lastIndexOf('/') + 1);
      if (folder.isEmpty() || !name.endsWith(".class")) continue;
      String packageName = folder.substring(0, folder.length() - 1).replace('/', '.');
      Expect.that(!CONTRACT.contains(packageName), "it has " + name + " of its own");
    }
  }

  private void oneComponent() {
    List<String> offering = offering();
    Expect.equal(1, offering.size(), "components that offer " + TYPE + ", which are " + offering);
    Expect.that(
        names().contains(offering.get(0).replace('.', '/') + ".class"),
        "it lacks the component's class " + offering.get(0));
  }

  private void isFound() {
    List<String> found =
        new String(bytes(ENTRY), StandardCharsets.UTF_8)
            .lines()
            .map(line -> line.replaceAll("#.*", "").strip())
            .filter(line -> !line.isEmpty())
            .toList();
    Expect.equal(offering(), found, "classes in " + ENTRY);
  }

  /** The classes of the components that offer a type. */
  private List<String> offering() {
    List<String> classes = new ArrayList<>();
    for (Header description : Header.parse(manifest().getValue("Service-Component")))
      for (String file : described(description.path())) offering(file, classes);
    return classes;
  }

  /** A description may be named as {@code OSGI-INF/*.xml}. */
  private List<String> described(String path) {
    String form = path.replace(".", "\\.").replace("*", "[^/]*");
    return names().stream().filter(name -> name.matches(form)).toList();
  }

  private void offering(String file, List<String> classes) {
    Element component = xml(bytes(file));
    NodeList provided = component.getElementsByTagName("provide");
    for (int i = 0; i < provided.getLength(); i++) {
      if (!TYPE.equals(((Element) provided.item(i)).getAttribute("interface"))) continue;
      Element made = (Element) component.getElementsByTagName("implementation").item(0);
      classes.add(made.getAttribute("class"));
    }
  }

  private static Element xml(byte[] bytes) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      return factory
          .newDocumentBuilder()
          .parse(new ByteArrayInputStream(bytes))
          .getDocumentElement();
    } catch (Exception e) {
      throw new AssertionError("a component's description that cannot be read: " + e, e);
    }
  }

  // The jar

  private Attributes manifest() {
    Manifest manifest = new Manifest();
    try {
      manifest.read(new ByteArrayInputStream(bytes(JarFile.MANIFEST_NAME)));
    } catch (IOException e) {
      throw new AssertionError(jar + ": " + e, e);
    }
    return manifest.getMainAttributes();
  }

  private List<String> names() {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream().map(JarEntry::getName).toList();
    } catch (IOException e) {
      throw new AssertionError(jar + ": " + e, e);
    }
  }

  private byte[] bytes(String name) {
    try (JarFile file = new JarFile(jar.toFile())) {
      JarEntry entry = file.getJarEntry(name);
      Expect.that(entry != null, jar + " has no " + name);
      try (InputStream in = file.getInputStream(entry)) {
        return in.readAllBytes();
      }
    } catch (IOException e) {
      throw new AssertionError(jar + ": " + e, e);
    }
  }
}
