package svc.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import aQute.bnd.differ.Baseline;
import aQute.bnd.differ.Baseline.Info;
import aQute.bnd.differ.DiffPluginImpl;
import aQute.bnd.osgi.Builder;
import aQute.bnd.osgi.EmbeddedResource;
import aQute.bnd.osgi.Jar;
import aQute.bnd.osgi.Processor;
import aQute.bnd.service.diff.Delta;
import aQute.bnd.version.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The versions of the contract's packages follow from what has changed since {@code cnf/baseline}.
 * Importers' ranges are made of them, so a bundle that a change breaks is one that does not
 * resolve. bnd's own baseline plugin lets packages below 1.0.0 do as they please; a plugin's range,
 * {@code [0.1,1)}, does not.
 */
class BaselineTest {

  private static final Path BASELINE = Path.of("..", "cnf", "baseline");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"nv", "api", "ipc"})
  void versionsFollowFromWhatHasChanged(String name) throws Exception {
    try (Builder builder = new Builder();
        Jar released = released(name)) {
      assertEquals(List.of(), tooLow(today(name, builder), released));
    }
  }

  /** The same bytes need nothing, or the test would fail whatever anybody wrote. */
  @Test
  void whatHasNotChangedNeedsNoVersion() throws Exception {
    try (Jar released = released("api");
        Jar same = released("api")) {
      assertEquals(List.of(), tooLow(same, released));
    }
  }

  @Test
  void anAdditionNeedsTheNextMinorVersion() throws Exception {
    Info type = afterAChange("enum Verdict { SUCCESS, FAILURE, PERHAPS }");
    Version old = type.olderVersion;
    assertEquals(new Version(old.getMajor(), old.getMinor() + 1, 0), type.suggestedVersion);
    assertEquals(1, tooLow(type).size());
  }

  @Test
  void aBreakNeedsTheNextMajorVersion() throws Exception {
    Info type = afterAChange("enum Verdict { SUCCESS }");
    assertEquals(new Version(type.olderVersion.getMajor() + 1, 0, 0), type.suggestedVersion);
    assertEquals(1, tooLow(type).size());
  }

  // What is compared

  /** {@code svc.type} as it was, with another {@code Verdict}. */
  private Info afterAChange(String verdict) throws Exception {
    try (Jar released = released("api");
        Jar changed = released("api")) {
      byte[] bytes = compiled("package svc.type; public " + verdict);
      changed.putResource("svc/type/Verdict.class", new EmbeddedResource(bytes, 0));
      return infos(changed, released).stream()
          .filter(each -> each.packageName.equals("svc.type"))
          .findFirst()
          .orElseThrow();
    }
  }

  private byte[] compiled(String source) throws IOException {
    Path file = folder.resolve("Verdict.java");
    Files.writeString(file, source);
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "--release", "17", "-d", folder.toString(), file.toString());
    assertEquals(0, status, "javac");
    return Files.readAllBytes(folder.resolve("svc/type/Verdict.class"));
  }

  private static Jar released(String name) throws IOException {
    try (Stream<Path> files = Files.list(BASELINE)) {
      List<Path> found =
          files
              .filter(file -> file.getFileName().toString().startsWith("svc." + name + "-"))
              .toList();
      assertEquals(1, found.size(), found::toString);
      return new Jar(found.get(0).toFile());
    }
  }

  private static Jar today(String name, Builder builder) throws Exception {
    Path classes = Path.of("..", "bundles", name, "target", "classes");
    builder.setProperty("Bundle-SymbolicName", "svc." + name);
    builder.setProperty("-includeresource", classes.toAbsolutePath().normalize().toString());
    Jar jar = builder.build();
    assertTrue(builder.isOk(), () -> builder.getErrors() + " " + builder.getWarnings());
    return jar;
  }

  private static List<String> tooLow(Jar today, Jar released) throws Exception {
    return infos(today, released).stream().flatMap(each -> tooLow(each).stream()).sorted().toList();
  }

  private static Set<Info> infos(Jar today, Jar released) throws Exception {
    try (Processor reporter = new Processor()) {
      Set<Info> infos =
          new Baseline(reporter, new DiffPluginImpl()).baseline(today, released, null);
      assertEquals(List.of(), reporter.getErrors());
      return infos;
    }
  }

  /** {@code PACKAGE is VERSION and has to be VERSION: WHY}, or nothing. */
  private static List<String> tooLow(Info each) {
    if (each.suggestedVersion == null) return List.of(each.packageName + " is gone");
    if (each.newerVersion.compareTo(each.suggestedVersion) >= 0) return List.of();
    return List.of(
        each.packageName
            + (" is " + each.newerVersion + " and has to be " + each.suggestedVersion)
            + providers(each)
            + (": " + changes(each)));
  }

  private static String providers(Info each) {
    if (each.suggestedIfProviders == null) return "";
    return ", or " + each.suggestedIfProviders + " with @ProviderType on " + each.providers;
  }

  private static List<String> changes(Info each) {
    return each.packageDiff.getChildren().stream()
        .filter(child -> child.getDelta() != Delta.UNCHANGED)
        .map(child -> child.getDelta() + " " + child.getName())
        .toList();
  }
}
