package svc.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import svc.rootfs.Rootfs;

/** {@code systemd-nspawn --boot} of a Debian with svc-init as its /sbin/init. */
@Timeout(300)
class NspawnIT {

  private static final Path NSPAWN = Path.of("/usr/bin/systemd-nspawn");
  private static final Path SOCAT = Path.of("/usr/bin/socat");

  /** nspawn's exit status for a container that asked to be started again. */
  private static final int EXIT_FORCE_RESTART = 133;

  @TempDir Path directory;

  private final Path root = Path.of("target", "nspawn-root").toAbsolutePath();
  private Started ready;
  private Started nspawn;

  @BeforeEach
  void boot() throws Exception {
    assumeTrue(Rootfs.missing() == null, Rootfs.missing());
    assumeTrue(
        Files.isExecutable(NSPAWN), "needs systemd-nspawn: apt-get install systemd-container");
    assumeTrue(Files.isExecutable(SOCAT), "needs socat, to hear what nspawn is told");
    Started.output(directory, "rm", "-rf", root.toString());
    Rootfs.copyInstalled(root);
    Sysvinit.clientsInto(root);
    Files.createSymbolicLink(root.resolve("usr/sbin/init"), Path.of("svc-init"));
    Files.write(root.resolve("etc/machine-id"), new byte[0]);
    Services.declare(root.resolve("etc/svc"), "/journal");
    Path notify = directory.resolve("notify");
    ready =
        Started.of(
            directory.resolve("ready.out"),
            List.of("socat", "-u", "UNIX-RECV:" + notify, "STDOUT"));
    ready.await("a socket", () -> Files.exists(notify));
    nspawn =
        Started.of(
            directory.resolve("nspawn.out"),
            Map.of("NOTIFY_SOCKET", notify.toString()),
            List.of(
                NSPAWN.toString(),
                "--quiet",
                "--boot",
                "--register=no",
                "--keep-unit",
                "--notify-ready=yes",
                "--directory=" + root));
    nspawn.prints("svc-init: target default reached");
    assertTrue(nspawn.text().contains("runs in systemd-nspawn"), nspawn::text);
    // nspawn hands it on only when its process 1 has said so
    ready.prints("READY=1");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    if (nspawn != null) nspawn.close();
    if (ready != null) ready.close();
    Started.output(directory, "rm", "-rf", root.toString());
  }

  private String inside(String... words) throws Exception {
    List<String> all = new java.util.ArrayList<>(List.of("nsenter", "-a", "-t"));
    all.add(String.valueOf(nspawn.first()));
    all.addAll(List.of(words));
    return Started.output(directory, all.toArray(String[]::new));
  }

  private void wentDownInOrder() throws Exception {
    assertEquals(0, nspawn.status(), nspawn::text);
    assertEquals(Services.IN_ORDER, Files.readString(root.resolve("journal")));
    String id = Files.readString(root.resolve("etc/machine-id"));
    assertTrue(id.matches("[0-9a-f]{32}\n"), id);
  }

  @Test
  void shutdownFromInsideBySysvinitsClient() throws Exception {
    inside("/sbin/shutdown", "-h", "now");
    nspawn.prints("runlevel 0");
    wentDownInOrder();
  }

  @Test
  void poweroffFromInsideBySysvinitsClient() throws Exception {
    inside("/sbin/poweroff");
    wentDownInOrder();
  }

  @Test
  void poweroffFromOutsideBySignal() throws Exception {
    Started.kill("RTMIN+4", nspawn.first());
    nspawn.prints("RTMIN.4");
    wentDownInOrder();
  }

  @Test
  void nspawnsOwnWishToEnd() throws Exception {
    Started.kill("TERM", nspawn.pid());
    nspawn.prints("RTMIN.3");
    wentDownInOrder();
  }

  @Test
  void rebootIsNspawnsToDo() throws Exception {
    inside("/sbin/reboot");
    // nspawn within a unit leaves it to that to start it again, and says so
    assertEquals(EXIT_FORCE_RESTART, nspawn.status(), nspawn::text);
  }

  @Test
  void runlevelsAreTargetsByConfiguration() throws Exception {
    Files.writeString(root.resolve("etc/svc/init.conf"), "[runlevels]\n3 = first\n");
    inside("/usr/sbin/telinit", "q");
    nspawn.prints("configuration read");
    inside("/usr/sbin/telinit", "3");
    nspawn.prints("target first reached|target first wanted");
    Path journal = root.resolve("journal");
    nspawn.await(
        "second is not in target first",
        () -> {
          try {
            return Files.readString(journal).equals("FIRST\nSECOND\nsecond\n");
          } catch (java.io.IOException e) {
            throw new AssertionError(e);
          }
        });
    String status = inside("/usr/sbin/svc", "status");
    assertTrue(status.lines().anyMatch(line -> line.matches("first +daemon +up .*")), status);
    inside("sh", "-c", "printf nonsense >/dev/initctl");
    nspawn.prints("initctl: dropped 8 bytes that are no request");
    Started.kill("RTMIN+4", nspawn.first());
    assertEquals(0, nspawn.status(), nspawn::text);
  }
}
