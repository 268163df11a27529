package svc.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import svc.rootfs.Rootfs;

/**
 * A machine: Debian's cloud kernel in qemu, without hardware support, and a disk with svc-init as
 * /sbin/init. The kernel has the disk's driver as modules, so an initramfs loads them and mounts
 * the root, read-only; all else is svc-init's.
 */
@Timeout(600)
class QemuIT {

  private static final Path QEMU = Path.of("/usr/bin/qemu-system-x86_64");
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final List<String> MODULES =
      List.of(
          "virtio/virtio_ring",
          "virtio/virtio",
          "virtio/virtio_pci_legacy_dev",
          "virtio/virtio_pci_modern_dev",
          "virtio/virtio_pci",
          "block/virtio_blk");

  @TempDir Path directory;

  private final Path root = Path.of("target", "qemu-root").toAbsolutePath();
  private Path kernel;
  private Path disk;
  private Path initramfs;

  @BeforeEach
  void aMachine() throws Exception {
    assumeTrue(Rootfs.missing() == null, Rootfs.missing());
    assumeTrue(Files.isExecutable(QEMU), "needs qemu: apt-get install qemu-system-x86");
    assumeTrue(Files.isExecutable(BUSYBOX), "needs busybox: apt-get install busybox-static");
    kernel = kernel();
    assumeTrue(kernel != null, "needs a kernel: apt-get install linux-image-cloud-amd64");
    assumeTrue("amd64".equals(System.getProperty("os.arch")), "needs amd64");
    Started.output(directory, "rm", "-rf", root.toString());
    Rootfs.copyInstalled(root);
    Sysvinit.clientsInto(root);
    Files.createSymbolicLink(root.resolve("usr/sbin/init"), Path.of("svc-init"));
    Started.output(
        directory, "cp", "-r", "../examples/machine", root.resolve("etc/svc").toString());
    // shells instead of logins: nobody has a password here
    Files.writeString(
        root.resolve("etc/svc/init.conf"), "[init]\nshell = setsid --wait --ctty sh -i\n");
    Files.writeString(
        root.resolve("etc/svc/console.ini"),
        "[service]\nexec = setsid --ctty sh -i\nstdin = file:/dev/ttyS0\n"
            + "stdout = file:/dev/ttyS0\nstderr = file:/dev/ttyS0\n"
            + "[depend]\nwants = mounts\nafter = mounts\n");
    Services.declare(root.resolve("etc/svc"), "/journal");
    for (String service : List.of("first", "second")) {
      Path file = root.resolve("etc/svc/" + service + ".ini");
      Files.writeString(file, Files.readString(file) + "[depend]\nrequires = root\n");
    }
    Files.writeString(
        root.resolve("etc/svc/default.ini"),
        "[service]\ntype = target\n[depend]\nrequires = mounts console second\n");
    disk = directory.resolve("disk.img");
    Started.output(
        directory, "mke2fs", "-q", "-t", "ext4", "-d", root.toString(), disk.toString(), "700M");
    initramfs = initramfs();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    Started.output(directory, "rm", "-rf", root.toString());
  }

  private static Path kernel() throws IOException {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(Path.of("/boot"), "vmlinuz-*-cloud-amd64")) {
      for (Path file : files) return file;
    }
    return null;
  }

  private Path initramfs() throws Exception {
    Path tree = Files.createDirectories(directory.resolve("initramfs"));
    for (String folder : List.of("bin", "dev", "root")) Files.createDirectory(tree.resolve(folder));
    Files.copy(BUSYBOX, tree.resolve("bin/busybox"));
    tree.resolve("bin/busybox").toFile().setExecutable(true);
    String version = kernel.getFileName().toString().substring("vmlinuz-".length());
    Path drivers = Path.of("/lib/modules", version, "kernel", "drivers");
    StringBuilder script = new StringBuilder("#!/bin/busybox sh\n");
    for (String module : MODULES) {
      String file = module.substring(module.indexOf('/') + 1) + ".ko";
      Files.copy(drivers.resolve(module + ".ko"), tree.resolve(file));
      script.append("/bin/busybox insmod /").append(file).append('\n');
    }
    script
        .append("/bin/busybox mount -t devtmpfs dev /dev\n")
        .append("while [ ! -b /dev/vda ]; do :; done\n")
        .append("/bin/busybox mount -t ext4 -o ro /dev/vda /root\n")
        .append("/bin/busybox umount /dev\n")
        .append("exec /bin/busybox switch_root /root /sbin/init \"$@\"\n");
    Files.writeString(tree.resolve("init"), script);
    tree.resolve("init").toFile().setExecutable(true);
    Path archive = directory.resolve("initramfs.gz");
    String pack = "cd " + tree + " && find . | cpio -o -H newc --quiet | gzip -1 >" + archive;
    Started.output(directory, "sh", "-c", pack);
    return archive;
  }

  private Started boot(String name, String line) throws IOException {
    return Started.of(
        directory.resolve(name),
        List.of(
            QEMU.toString(),
            "-machine",
            "pc,accel=tcg",
            "-cpu",
            "max",
            "-smp",
            "2",
            "-m",
            "1024",
            "-nographic",
            "-no-reboot",
            "-nic",
            "none",
            "-kernel",
            kernel.toString(),
            "-initrd",
            initramfs.toString(),
            "-append",
            "console=ttyS0 loglevel=7 " + line,
            "-drive",
            "file=" + disk + ",if=virtio,format=raw"));
  }

  @Test
  void bootsToItsTargetAndIsSwitchedOffCleanly() throws Exception {
    try (Started machine = boot("first.out", "")) {
      machine.prints("svc-init: target default reached");
      machine.say("echo it is $((40 + 2)); hostname; poweroff");
      machine.prints("it is 42");
      assertEquals(0, machine.status(), machine::text);
      assertTrue(machine.text().contains("svc-init: runlevel 0"), machine::text);
      assertTrue(machine.text().contains("reboot: Power down"), machine::text);
      assertFalse(machine.text().contains("cannot "), machine::text);
    }
    String state = Started.output(directory, "dumpe2fs", "-h", disk.toString());
    assertTrue(state.contains("Filesystem state:         clean"), state);
    assertFalse(state.contains("needs_recovery"), state);
    assertEquals(Services.IN_ORDER, cat("/journal"));
    String log = cat("/var/log/svc/init.log");
    assertTrue(log.contains("target default reached") && log.contains("runlevel 0"), log);
    try (Started machine = boot("second.out", "emergency")) {
      machine.prints("svc-init: runs in a machine");
      machine.say("echo in an $((6 * 7)) emergency");
      machine.prints("in an 42 emergency");
      assertTrue(machine.text().contains("EXT4-fs (vda): mounted"), machine::text);
      assertFalse(machine.text().contains("recovery"), machine::text);
    }
  }

  /** A file on the disk, as debugfs(8) reads it without mounting. */
  private String cat(String file) throws Exception {
    Path copy = directory.resolve("copy");
    Started.output(directory, "debugfs", "-R", "dump " + file + " " + copy, disk.toString());
    return Files.readString(copy);
  }
}
