package svc.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A composition of two bundles: one that is replaced, and one that drives and ends it. */
@Timeout(120)
class LaunchTest {

  private static final String IMPORTS =
      "public void stop(BundleContext c) {}"
          + "static <T> T one(BundleContext c, Class<T> t, String f) throws Exception {"
          + " return c.getService(c.getServiceReferences(t, f).iterator().next()); }";

  @TempDir Path home;
  private Path bundles;
  private Path plugins;

  @BeforeEach
  void prepare() throws IOException {
    bundles = Files.createDirectory(home.resolve("bundles"));
    plugins = Files.createDirectory(home.resolve("plugins"));
    Path etc = Files.createDirectory(home.resolve("etc"));
    Files.writeString(
        etc.resolve("test.bndrun"), "-runbundles: a;version='[1.0.0,1.0.2)',driver\n");
    new BundleMaker("a", "1.0.0").quiet().in(bundles);
  }

  /**
   * @param body of a method that is run when the framework has started, and gives the exit status
   */
  private void driver(String body) {
    new BundleMaker("driver", "1.0.0")
        .activator(
            "public void start(BundleContext c) { c.addFrameworkListener(e -> {"
                + " if (e.getType() == FrameworkEvent.STARTED) new Thread(() -> {"
                + " int status = 99; try { status = drive(c); }"
                + " catch (Throwable t) { t.printStackTrace(); }"
                + " try { one(c, IntConsumer.class, \"(svc.exit=true)\").accept(status); }"
                + " catch (Exception x) { x.printStackTrace(); } }).start(); }); }"
                + IMPORTS
                + "int drive(BundleContext c) throws Exception { "
                + body
                + " }")
        .in(bundles);
  }

  private int launch() throws Exception {
    Map<String, String> properties = new HashMap<>();
    properties.put("svc.plugins", plugins.toString());
    properties.put("svc.update.deadline", "3s");
    return Launch.start(home, "test", properties).await();
  }

  private List<String> kept() throws IOException {
    try (Stream<Path> files = Files.list(bundles)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("a-") || name.startsWith("."))
          .toList();
    }
  }

  private String update(Path jar) {
    return "var answer = (Map<?, ?>) one(c, Function.class, \"(svc.updater=true)\").apply("
        + " Map.of(\"method\", \"update\", \"id\", \"7\", \"jar\", \""
        + jar
        + "\")); System.setProperty(\"svc.test.answer\", answer.toString());"
        + " return answer.get(\"ok\").equals(true) ? 3 : 4;";
  }

  @Test
  void whatIsUpdatedIsThereAtTheNextStart() throws Exception {
    Path made = Files.createDirectory(home.resolve("made"));
    driver(update(new BundleMaker("a", "1.0.1").quiet().in(made)));
    assertEquals(3, launch());
    assertEquals(List.of("a-1.0.1.jar"), kept());
    assertEquals(-1, Files.mismatch(made.resolve("a-1.0.1.jar"), bundles.resolve("a-1.0.1.jar")));
    assertTrue(System.getProperty("svc.test.answer").contains("notes=[]"));
  }

  @Test
  void oneThatTheDescriptorDoesNotTakeLastsUntilTheNextStart() throws Exception {
    Path made = Files.createDirectory(home.resolve("made"));
    driver(update(new BundleMaker("a", "1.0.2").quiet().in(made)));
    assertEquals(3, launch());
    assertEquals(List.of("a-1.0.0.jar"), kept());
    String answer = System.getProperty("svc.test.answer");
    assertTrue(
        answer.contains("the next start has the old one again: etc/test.bndrun asks for"), answer);
  }

  @Test
  void oneThatIsNotWellIsNotKept() throws Exception {
    Path made = Files.createDirectory(home.resolve("made"));
    String throwing =
        "public void start(BundleContext c) { throw new IllegalStateException(\"no such luck\"); }"
            + "public void stop(BundleContext c) {}";
    driver(update(new BundleMaker("a", "1.0.1").activator(throwing).in(made)));
    assertEquals(4, launch());
    assertEquals(List.of("a-1.0.0.jar"), kept());
    assertTrue(System.getProperty("svc.test.answer").contains("no such luck"));
  }

  @Test
  void pluginsAreThereWhenTheFrameworkHasStarted() throws Exception {
    new BundleMaker("b", "1.0.0").quiet().in(plugins);
    Files.writeString(plugins.resolve("broken.jar"), "no jar; it keeps nothing from starting");
    driver(
        "for (Bundle b : c.getBundles()) if (\"b\".equals(b.getSymbolicName()))"
            + " return b.getState() == Bundle.ACTIVE ? 5 : 6; return 7;");
    assertEquals(5, launch());
  }

  @Test
  void aBundleOfTheCompositionThatThrowsKeepsItFromStarting() throws Exception {
    new BundleMaker("a", "1.0.1")
        .activator(
            "public void start(BundleContext c) { throw new IllegalStateException(\"no luck\"); }"
                + "public void stop(BundleContext c) {}")
        .in(bundles);
    driver("return 0;");
    LaunchException e = assertThrows(LaunchException.class, this::launch);
    assertEquals("cannot start: no luck", e.getMessage());
  }
}
