package svc.types;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.installed.Installed;

/**
 * examples/plugin-openrc as its author builds it, in a folder of its own with nothing of svc but
 * its contract, and as an operator uses it: put among the plugins, with an init script.
 */
class OpenRcExampleIT {

  private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
  private static final String VERSION = "0.1.0-SNAPSHOT";
  private static final long DEADLINE_SECONDS = 300;

  private static final String POM =
      "<project><modelVersion>4.0.0</modelVersion><groupId>svc</groupId>"
          + "<artifactId>svc.api</artifactId><version>"
          + VERSION
          + "</version></project>";

  @TempDir Path directory;

  private Installed installed;

  /** The links alone: what they name stays. */
  @AfterEach
  void end() throws IOException {
    if (installed != null) installed.close();
    try (Stream<Path> groups = Files.list(directory.resolve("repository"))) {
      for (Path link : groups.filter(Files::isSymbolicLink).toList()) Files.delete(link);
    }
  }

  @Test
  void itIsBuiltOutsideAndRunsAnInitScript() throws Exception {
    Path project = copy(TOP.resolve("examples").resolve("plugin-openrc"));
    build(project);
    declare(project);
    installed = new Installed(directory);
    Path plugins = Files.createDirectory(directory.resolve("plugins"));
    String name = "example.plugin.openrc-1.0.0.jar";
    Files.copy(project.resolve("target").resolve(name), plugins.resolve(name));
    installed.start(
        "up",
        "svc",
        "up",
        directory.resolve("services").toString(),
        "--plugins",
        plugins.toString());
    long first = awaitPid(0);
    ProcessHandle.of(first).orElseThrow().destroyForcibly();
    awaitPid(first);
    assertEquals(0, installed.run("svc", "stop", "sleeper").status());
    assertEquals("down", installed.service("sleeper").path("state").asText());
    assertEquals(0, installed.run("svc", "shutdown").status());
  }

  private long awaitPid(long other) {
    long[] found = new long[1];
    Installed.await(
        "up with another process than " + other,
        () -> {
          JsonNode status = installed.service("sleeper");
          found[0] = status.path("pid").asLong();
          return status.path("state").asText().equals("up") && found[0] != other;
        });
    return found[0];
  }

  private void declare(Path project) throws IOException {
    Path openrc = project.resolve("src").resolve("test").resolve("openrc");
    Path script = directory.resolve("sleeper");
    String text = Files.readString(openrc.resolve("sleeper"));
    Files.writeString(
        script, text.replace("#!/sbin/openrc-run", "#!" + openrc.resolve("openrc-run")));
    assertTrue(script.toFile().setExecutable(true));
    Path state = Files.createDirectory(directory.resolve("state"));
    Path services = Files.createDirectory(directory.resolve("services"));
    Files.writeString(
        services.resolve("sleeper.ini"),
        """
        [service]
        type = openrc
        environment = OPENRC_STATE=%s
        environment = SLEEPER_RUN=%s
        [openrc]
        script = %s
        pid-file = %s/sleeper.pid
        """
            .formatted(state, directory, script, directory));
  }

  // The build

  /** Its sources: an author has not built it before. */
  private Path copy(Path example) throws IOException {
    Path project = directory.resolve("plugin-openrc");
    try (Stream<Path> all = Files.walk(example)) {
      for (Path each : all.toList()) {
        Path relative = example.relativize(each);
        if (!relative.startsWith("target")) Files.copy(each, project.resolve(relative.toString()));
      }
    }
    return project;
  }

  private void build(Path project) throws Exception {
    Path output = directory.resolve("maven");
    Process maven =
        new ProcessBuilder("mvn", "-B", "-ntp", "-Dmaven.repo.local=" + repository(), "verify")
            .directory(project.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = maven.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
    if (!ended) maven.destroyForcibly();
    String text = Files.readString(output);
    assertTrue(ended && maven.exitValue() == 0, text);
    assertTrue(text.contains("Tests run: 9, Failures: 0, Errors: 0, Skipped: 0"), text);
  }

  /** Others' artifacts as this machine has them, and of ours the contract. */
  private Path repository() throws IOException {
    Path repository = Files.createDirectory(directory.resolve("repository"));
    String home = System.getProperty("user.home");
    Path machines = Path.of(System.getProperty("maven.repository", home + "/.m2/repository"));
    try (Stream<Path> groups = Files.list(machines)) {
      for (Path group : groups.filter(Files::isDirectory).toList()) {
        if (!group.endsWith("svc"))
          Files.createSymbolicLink(repository.resolve(group.getFileName()), group);
      }
    }
    Path contract = Files.createDirectories(repository.resolve(Path.of("svc", "svc.api", VERSION)));
    String jar = "svc.api-" + VERSION + ".jar";
    Files.copy(TOP.resolve(Path.of("bundles", "api", "target", jar)), contract.resolve(jar));
    Files.writeString(contract.resolve("svc.api-" + VERSION + ".pom"), POM);
    return repository;
  }
}
