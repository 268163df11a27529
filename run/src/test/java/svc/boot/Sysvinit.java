package svc.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The clients of Debian's sysvinit-core, as they are. */
final class Sysvinit {

  private static final Path CACHE = Path.of("/var/cache/svc-tests/sysvinit");

  private Sysvinit() {}

  /**
   * Puts halt, poweroff, reboot, shutdown and telinit into a root file system. What Debian has as
   * telinit is its init under another name.
   */
  static void clientsInto(Path root) throws Exception {
    if (!Files.isDirectory(CACHE)) download();
    Path sbin = root.resolve("usr/sbin");
    for (String name : List.of("halt", "poweroff", "reboot", "shutdown")) {
      Files.copy(
          CACHE.resolve("sbin/" + name), sbin.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
    }
    Files.copy(
        CACHE.resolve("sbin/init"), sbin.resolve("telinit"), StandardCopyOption.COPY_ATTRIBUTES);
  }

  private static void download() throws Exception {
    Path half = Files.createTempDirectory(Files.createDirectories(CACHE.getParent()), "sysvinit");
    int status =
        new ProcessBuilder(
                "sh",
                "-c",
                "apt-get -qq download sysvinit-core && dpkg-deb -x sysvinit-core_*.deb . && rm *.deb")
            .directory(half.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    if (status != 0) throw new IOException("sysvinit-core cannot be downloaded");
    Files.move(half, CACHE);
  }
}
