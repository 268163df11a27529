package svc.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every check of a bundle finds the mistake that it is there for. */
class BundleConformanceTest {

  private static final String COMPONENT =
      """
      <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="my.type">
        <service><provide interface="svc.type.ServiceType"/></service>
        <implementation class="my.type.MyType"/>
      </scr:component>
      """;

  @TempDir Path folder;

  private final Map<String, String> manifest = new LinkedHashMap<>();
  private final Map<String, String> files = new LinkedHashMap<>();

  @BeforeEach
  void allIsWell() {
    manifest.put("Manifest-Version", "1.0");
    manifest.put("Bundle-ManifestVersion", "2");
    manifest.put("Bundle-SymbolicName", "my.type");
    manifest.put("Bundle-Version", "1.2.3");
    manifest.put(
        "Import-Package", "java.util,svc.type;version=\"[0.1,9)\",svc.service;version=\"[0.1,9)\"");
    manifest.put("Service-Component", "OSGI-INF/my.type.xml");
    files.put("OSGI-INF/my.type.xml", COMPONENT);
    files.put("META-INF/services/svc.type.ServiceType", "# the type\nmy.type.MyType\n");
    files.put("my/type/MyType.class", "");
  }

  private List<String> failing() throws IOException {
    List<String> failing = new ArrayList<>();
    BundleConformance.of(jar())
        .checks()
        .forEach(
            check -> {
              try {
                check.run();
              } catch (AssertionError e) {
                failing.add(check.name() + ": " + e.getMessage());
              }
            });
    return failing;
  }

  private void fails(String check, String word) throws IOException {
    List<String> failing = failing();
    assertTrue(
        failing.stream().anyMatch(each -> each.startsWith(check) && each.contains(word)),
        () -> "no \"" + check + "\" with \"" + word + "\" in " + failing);
  }

  private Path jar() throws IOException {
    StringBuilder headers = new StringBuilder();
    manifest.forEach((name, value) -> headers.append(name).append(": ").append(value).append("\n"));
    Path jar = folder.resolve("my.type.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      add(entries, "META-INF/MANIFEST.MF", headers + "\n");
      for (Map.Entry<String, String> file : files.entrySet())
        add(entries, file.getKey(), file.getValue());
    }
    return jar;
  }

  private static void add(JarOutputStream entries, String name, String text) throws IOException {
    entries.putNextEntry(new ZipEntry(name));
    entries.write(text.getBytes(StandardCharsets.UTF_8));
    entries.closeEntry();
  }

  @Test
  void aBundleWithoutMistakesConforms() throws IOException {
    assertEquals(List.of(), failing());
    manifest.put("Service-Component", "OSGI-INF/*.xml");
    assertEquals(List.of(), failing());
  }

  @Test
  void aPlainJar() throws IOException {
    manifest.remove("Bundle-SymbolicName");
    fails("it is a bundle", "names");
    manifest.put("Bundle-SymbolicName", "my.type");
    manifest.put("Bundle-Version", "one");
    fails("it is a bundle", "Bundle-Version");
  }

  @Test
  void noComponentOrTwo() throws IOException {
    manifest.remove("Service-Component");
    fails("one component", "expected 1, and found 0");
    manifest.put("Service-Component", "OSGI-INF/my.type.xml,OSGI-INF/b.xml");
    files.put("OSGI-INF/b.xml", COMPONENT);
    fails("one component", "expected 1, and found 2");
  }

  @Test
  void anExport() throws IOException {
    manifest.put("Export-Package", "my.type;version=\"1.0.0\"");
    fails("it exports nothing", "my.type");
  }

  @Test
  void importsThatNobodyCanGive() throws IOException {
    manifest.put("Import-Package", "svc.type;version=\"[7,8)\"");
    fails("it imports", "not [7,8)");
    manifest.put("Import-Package", "svc.type");
    fails("it imports", "any version");
    manifest.put("Import-Package", "svc.type;version=\"[0.1,9)\",svc.nv;version=\"[0.1,9)\"");
    fails("it imports", "svc.nv");
    manifest.put("Import-Package", "com.example;resolution:=optional,svc.type;version=\"[0.1,9)\"");
    assertEquals(List.of(), failing());
  }

  @Test
  void aContractOfItsOwn() throws IOException {
    files.put("svc/type/Procedure.class", "");
    fails("it has none of the contract", "svc/type/Procedure.class");
  }

  @Test
  void aTypeThatNoPlainProgramFinds() throws IOException {
    files.put("META-INF/services/svc.type.ServiceType", "my.type.Other\n");
    fails("a plain program finds", "my.type.Other");
    files.remove("META-INF/services/svc.type.ServiceType");
    fails("a plain program finds", "has no");
  }
}
