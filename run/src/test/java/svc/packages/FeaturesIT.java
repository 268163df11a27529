package svc.packages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** etc/features.xml: of the form that Karaf reads, and with the bundles that were resolved. */
class FeaturesIT {

  private static final String KARAF = "http://karaf.apache.org/xmlns/features/v1.6.0";
  private static final Pattern URL = Pattern.compile("mvn:svc/(svc\\.[a-z.]+)/[0-9][-0-9A-Z.]*");

  private final Map<String, Element> features = new HashMap<>();
  private Element root;

  @BeforeEach
  void read() throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    root =
        factory
            .newDocumentBuilder()
            .parse(Path.of("target", "dist", "etc", "features.xml").toFile())
            .getDocumentElement();
    for (Element feature : children(root)) features.put(feature.getAttribute("name"), feature);
  }

  /** As the schema has it: features of features and bundles, all in its namespace. */
  @Test
  void karafCanReadIt() {
    assertEquals("features", root.getLocalName());
    assertEquals(KARAF, root.getNamespaceURI());
    assertTrue(root.hasAttribute("name"));
    assertEquals(children(root).size(), features.size(), "a name is there twice");
    for (Element feature : children(root)) {
      assertEquals("feature", feature.getLocalName());
      assertTrue(feature.getAttribute("version").matches("[0-9]+\\.[0-9]+\\.[0-9]+.*"));
      for (Element part : children(feature)) {
        String text = part.getTextContent();
        assertEquals(KARAF, part.getNamespaceURI());
        if (part.getLocalName().equals("bundle")) assertTrue(URL.matcher(text).matches(), text);
        else assertTrue(text.equals("scr") || features.containsKey(text), text);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"supervise", "manager", "all-in-one"})
  void aFeatureHasTheBundlesOfItsComposition(String composition) throws Exception {
    assertEquals(resolved(composition), bundles("svc-" + composition));
  }

  private Set<String> bundles(String name) {
    Set<String> bundles = new TreeSet<>();
    for (Element part : children(features.get(name))) {
      String text = part.getTextContent();
      if (part.getLocalName().equals("bundle")) bundles.add(text.split("/")[1]);
      else if (features.containsKey(text)) bundles.addAll(bundles(text));
    }
    return bundles;
  }

  /** What is ours of the committed -runbundles. */
  private static Set<String> resolved(String composition) throws Exception {
    Properties descriptor = new Properties();
    try (Reader text = Files.newBufferedReader(Path.of(composition + ".bndrun"))) {
      descriptor.load(text);
    }
    Set<String> bundles = new TreeSet<>();
    for (String clause : descriptor.getProperty("-runbundles").split(",\\s*(?=[a-z])")) {
      if (clause.strip().startsWith("svc.")) bundles.add(clause.strip().split(";")[0]);
    }
    return bundles;
  }

  private static List<Element> children(Element parent) {
    List<Element> elements = new ArrayList<>();
    NodeList nodes = parent.getChildNodes();
    for (int i = 0; i < nodes.getLength(); i++) {
      if (nodes.item(i) instanceof Element element) elements.add(element);
    }
    return elements;
  }
}
