package svc.packages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import svc.rootfs.Rootfs;

/**
 * Each package in a fresh Debian of its own: {@code svc up} on examples/hello comes up, is asked
 * for its status, and goes down on TERM.
 */
@Timeout(240)
class PackagesIT {

  private static final long PATIENCE_SECONDS = 200;

  private Path root;
  private Process up;

  @BeforeEach
  void aFreshRoot(TestInfo test) throws Exception {
    assumeTrue(Rootfs.missing() == null, Rootfs.missing());
    root = Path.of("target", "rootfs-" + test.getTestMethod().orElseThrow().getName());
    root = root.toAbsolutePath();
    run(List.of("rm", "-rf", root.toString()));
    Rootfs.copy(root);
    run(List.of("cp", "-r", "../examples/hello", root.resolve("root/hello").toString()));
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    if (up != null) up.destroyForcibly().waitFor();
    if (root != null) run(List.of("rm", "-rf", root.toString()));
  }

  @Test
  void debianPackage() throws Exception {
    Path deb = packaged("svc_*_all.deb");
    Files.copy(deb, root.resolve("tmp/svc.deb"));
    copy("/etc/resolv.conf");
    copy("/etc/hosts");
    inside("apt-get", "-qq", "update");
    inside("apt-get", "-qq", "-y", "--no-install-recommends", "install", "/tmp/svc.deb");
    assertTrue(Files.exists(root.resolve("usr/lib/svc/lib/runtime.jsa")), "made by postinst");
    assertFalse(
        Files.exists(root.resolve("sbin/init"), LinkOption.NOFOLLOW_LINKS), "takes nothing over");
    inside("svc", "check", "/etc/svc");
    upAndDown("svc");
    inside("apt-get", "-qq", "-y", "purge", "svc");
    assertFalse(Files.exists(root.resolve("usr/lib/svc")), "nothing stays");
    assertFalse(Files.exists(root.resolve("etc/svc")), "nothing stays");
  }

  @Test
  void tarballWithItsOwnJava() throws Exception {
    assumeTrue(Files.exists(Path.of("target/jre/bin/java")), "this JDK has no jlink");
    unpack(packaged("svc-*-linux-*.tar.gz"));
    inside("/opt/svc/bin/svc-archive");
    inside("/opt/svc/bin/svc", "check", "/opt/svc/etc/svc");
    upAndDown("/opt/svc/bin/svc");
  }

  @Test
  void tarballForAnyJava() throws Exception {
    unpack(packaged("svc-*[!4].tar.gz"));
    Rootfs.java(root.resolve("usr/local"));
    upAndDown("/opt/svc/bin/svc");
  }

  private static Path packaged(String glob) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("target"), glob)) {
      for (Path file : files) return file;
    }
    throw new AssertionError("no target/" + glob);
  }

  private void unpack(Path tarball) throws Exception {
    Path home = Files.createDirectories(root.resolve("opt/svc"));
    run(List.of("tar", "-xzf", tarball.toString(), "-C", home.toString(), "--strip-components=1"));
  }

  private void copy(String file) throws Exception {
    run(List.of("cp", "-L", file, root + file));
  }

  private void upAndDown(String svc) throws Exception {
    Path output = root.resolve("up.out");
    up = start(output, Rootfs.inside(root, svc, "up", "/root/hello"));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!isUp(svc)) {
      assertTrue(up.isAlive() && System.nanoTime() < end, () -> text(output));
    }
    up.destroy();
    assertTrue(up.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), () -> text(output));
    assertEquals(0, up.exitValue(), () -> text(output));
    assertTrue(
        text(output).contains("default is reached") && text(output).contains("clock      down"),
        () -> text(output));
    assertFalse(Files.exists(root.resolve("root/hello/hello.tmp")), "stopped in order");
  }

  private boolean isUp(String svc) throws Exception {
    Path answer = root.resolve("status.out");
    Process status = start(answer, Rootfs.inside(root, svc, "status", "--json", "default"));
    assertTrue(status.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
    if (status.exitValue() != 0) return false;
    JsonNode service = new ObjectMapper().readTree(text(answer)).path("services").path(0);
    return service.path("state").asText().equals("up");
  }

  private void inside(String... words) throws Exception {
    run(Rootfs.inside(root, words));
  }

  private static void run(List<String> words) throws Exception {
    Path output = Files.createTempFile("packages", ".log");
    Process process = start(output, words);
    assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), words + " does not end");
    assertEquals(0, process.exitValue(), () -> words + ":\n" + text(output));
    Files.delete(output);
  }

  private static Process start(Path output, List<String> words) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("SVC_"));
    builder.environment().remove("JAVA_HOME");
    builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
    builder.environment().put("LC_ALL", "C.UTF-8");
    return builder.start();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
