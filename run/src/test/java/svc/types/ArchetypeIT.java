package svc.types;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.testkit.BundleConformance;

/**
 * What a newcomer does: makes a type from the archetype by one command and tests it by another, in
 * a folder and with a Maven repository where there is nothing of this build but the artifacts that
 * {@code install} would put there.
 */
class ArchetypeIT {

  private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
  private static final String VERSION = System.getProperty("svc.version");
  private static final String GENERATE =
      "org.apache.maven.plugins:maven-archetype-plugin:"
          + System.getProperty("archetype.version")
          + ":generate";
  private static final long DEADLINE_SECONDS = 300;

  @TempDir Path folder;

  /** The links alone: what they name stays. */
  @AfterEach
  void unlink() throws IOException {
    try (Stream<Path> groups = Files.list(folder.resolve("repository"))) {
      for (Path link : groups.filter(Files::isSymbolicLink).toList()) Files.delete(link);
    }
  }

  @Test
  void aNewTypeWorksAndIsTested() throws Exception {
    Path repository = repository();
    maven(folder, repository, generate());
    Path project = folder.resolve("hello-type");
    maven(project, repository, List.of("verify"));
    assertTrue(tests(project.resolve("target/surefire-reports")) > 10);
    assertTrue(tests(project.resolve("target/failsafe-reports")) > 4);
    Path bundle = project.resolve("target/hello-type-1.0.0-SNAPSHOT.jar");
    BundleConformance.of(bundle).run();
  }

  /**
   * The command of docs/plugins.md, with a version of Maven's plugin that is certain to be there.
   */
  private static List<String> generate() throws IOException {
    String text = Files.readString(TOP.resolve("docs/plugins.md"));
    String begin = "    mvn archetype:generate ";
    int from = text.indexOf(begin) + begin.length();
    String command = text.substring(from, text.indexOf("\n    cd ", from));
    List<String> words = new ArrayList<>(List.of(GENERATE));
    words.addAll(List.of(command.replace("\\\n", " ").strip().split(" +")));
    assertTrue(words.contains("-DarchetypeVersion=" + VERSION), words::toString);
    return words;
  }

  // Maven

  private void maven(Path directory, Path repository, List<String> arguments) throws Exception {
    List<String> words = new ArrayList<>(List.of("mvn", "-B", "-ntp"));
    words.add("-Dmaven.repo.local=" + repository);
    words.addAll(arguments);
    Path output = folder.resolve("output");
    Process maven =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = maven.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
    if (!ended) maven.destroyForcibly();
    assertTrue(ended && maven.exitValue() == 0, () -> words + "\n" + text(output));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** How many tests ran, by the reports; none of them failed, or Maven would have. */
  private static long tests(Path reports) throws IOException {
    long tests = 0;
    try (Stream<Path> files = Files.list(reports)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".xml")).toList())
        tests += Files.readString(file).split("<testcase ", -1).length - 1;
    }
    return tests;
  }

  // The repository

  /** Others' artifacts as this machine has them, and ours as they have just been made. */
  private Path repository() throws IOException {
    Path repository = Files.createDirectory(folder.resolve("repository"));
    Path machines = Path.of(System.getProperty("maven.repository"));
    try (Stream<Path> groups = Files.list(machines)) {
      for (Path group : groups.filter(Files::isDirectory).toList()) {
        if (!group.endsWith("svc"))
          Files.createSymbolicLink(repository.resolve(group.getFileName()), group);
      }
    }
    install(repository, "svc", TOP, null);
    for (Path module : modules()) install(repository, module);
    return repository;
  }

  /** Those that were built before this one and make a jar. */
  private static List<Path> modules() throws IOException {
    List<Path> modules = new ArrayList<>(List.of(TOP.resolve("simulation")));
    modules.add(TOP.resolve("archetype"));
    try (Stream<Path> bundles = Files.walk(TOP.resolve("bundles"), 2)) {
      bundles.filter(each -> Files.exists(each.resolve("pom.xml"))).forEach(modules::add);
    }
    return modules;
  }

  private static void install(Path repository, Path module) throws IOException {
    String end = "-" + VERSION + ".jar";
    try (Stream<Path> files = Files.list(module.resolve("target"))) {
      for (Path jar : files.filter(each -> each.toString().endsWith(end)).toList()) {
        String name = jar.getFileName().toString();
        install(repository, name.substring(0, name.length() - end.length()), module, jar);
      }
    }
  }

  private static void install(Path repository, String name, Path module, Path jar)
      throws IOException {
    Path place = repository.resolve("svc").resolve(name).resolve(VERSION);
    Files.createDirectories(place);
    String file = name + "-" + VERSION;
    Files.copy(module.resolve("target/.flattened-pom.xml"), place.resolve(file + ".pom"));
    if (jar != null) Files.copy(jar, place.resolve(file + ".jar"));
  }
}
