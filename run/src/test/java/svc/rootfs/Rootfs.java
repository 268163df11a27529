package svc.rootfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Root filesystems of a small Debian with this tree in {@code /opt/svc}: for chroots, containers
 * and virtual machines.
 *
 * <p>The base is made once by mmdebstrap(1) from this machine's package sources and kept below
 * {@code /var/cache/svc-tests}; {@code -Dsvc.rootfs=DIR} names another place.
 */
public final class Rootfs {

  private static final String PACKAGES = "procps,mount,util-linux";
  private static final long PATIENCE_MINUTES = 5;
  private static final Path APT = Path.of("/etc/apt");

  private Rootfs() {}

  /** Why there can be none here; null when there can. */
  public static String missing() {
    try {
      if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) return "needs root";
    } catch (IOException e) {
      return "needs /proc: " + e.getMessage();
    }
    if (Files.isExecutable(Path.of("/usr/bin/mmdebstrap"))) return null;
    return "needs mmdebstrap: apt-get install mmdebstrap";
  }

  /** Made on the first call, and only read by everybody. */
  public static synchronized Path base() {
    try {
      Path cache =
          Files.createDirectories(
              Path.of(System.getProperty("svc.rootfs", "/var/cache/svc-tests")));
      Path base = cache.resolve("bookworm-" + PACKAGES.replace(',', '-'));
      // builds in other checkouts want the same one
      try (FileChannel channel =
          FileChannel.open(
              cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        channel.lock();
        if (!Files.isDirectory(base)) make(cache, base);
      }
      return base;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void make(Path cache, Path base) throws IOException {
    Path half = cache.resolve("half");
    run("rm", "-rf", half.toString());
    List<String> words = new ArrayList<>(List.of("mmdebstrap", "--quiet", "--variant=minbase"));
    words.add("--include=" + PACKAGES);
    // how this machine reaches its packages, and no more: the rest is about its own programs
    for (String setting : output("apt-config", "dump").lines().toList()) {
      if (setting.matches("Acquire::(Check|http|https|Retries).*;")) {
        words.add("--aptopt=" + setting);
      }
    }
    words.addAll(List.of("bookworm", half.toString()));
    for (Path source : sources()) words.add(source.toString());
    run(words.toArray(String[]::new));
    Files.move(half, base);
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    Path list = APT.resolve("sources.list");
    if (Files.exists(list) && Files.size(list) > 0) sources.add(list);
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(APT.resolve("sources.list.d"), "debian*.{list,sources}")) {
      files.forEach(sources::add);
    }
    return sources;
  }

  /** Copies the base to a directory that is not there yet. */
  public static void copy(Path target) {
    copy(base(), target);
  }

  /**
   * Copies the base with what the build packaged in {@code /opt/svc}, with a Java of its own and
   * prepared to start fast, and its programs in {@code /usr/sbin}. That is made once for a build.
   */
  public static void copyInstalled(Path target) {
    copy(installed(), target);
  }

  private static void copy(Path root, Path target) {
    run("cp", "-a", "--reflink=auto", root.toString(), target.toString());
  }

  private static synchronized Path installed() {
    Path installed = Path.of("target", "rootfs-svc").toAbsolutePath();
    try (FileChannel channel =
        FileChannel.open(
            Path.of("target", "rootfs-svc.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE)) {
      channel.lock();
      Path packaged = withOwnJava();
      Path source = packaged == null ? Path.of("target/dist/lib") : packaged;
      Path stamp = installed.resolve("opt/svc.of");
      String made = Files.getLastModifiedTime(source).toString();
      if (Files.exists(stamp) && Files.readString(stamp).equals(made)) return installed;
      run("rm", "-rf", installed.toString());
      copy(installed);
      install(installed, packaged);
      run(inside(installed, "/opt/svc/bin/svc-archive").toArray(String[]::new));
      Files.writeString(stamp, made);
      return installed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void install(Path root, Path packaged) throws IOException {
    Path home = Files.createDirectories(root.resolve("opt/svc"));
    if (packaged == null) {
      run("cp", "-a", "target/dist/.", home.toString());
      java(home.resolve("jre"));
    } else {
      run("tar", "-xzf", packaged.toString(), "-C", home.toString(), "--strip-components=1");
    }
    try (Stream<Path> programs = Files.list(home.resolve("bin"))) {
      for (Path program : programs.toList()) {
        String name = program.getFileName().toString();
        Path link = root.resolve("usr/sbin").resolve(name);
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of("/opt/svc/bin", name));
      }
    }
  }

  /** Copies the Java that this runs on, as far as programs need it. */
  public static void java(Path target) {
    try {
      Files.createDirectories(target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // a JDK may consist of links into /etc, and have some that lead nowhere
    String script =
        "tar -ch --exclude=./jmods --exclude=./lib/src.zip --exclude=./man -C \"$0\" . | tar -x -C \"$1\"";
    run("sh", "-c", script, System.getProperty("java.home"), target.toString());
  }

  /** The package with a runtime; null when the build's JDK could not make one. */
  private static Path withOwnJava() throws IOException {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(Path.of("target"), "svc-*-linux-*.tar.gz")) {
      for (Path file : files) return file;
      return null;
    }
  }

  /**
   * A command that runs another in a root file system, where that finds /proc. A mount namespace of
   * its own gives it back when it ends.
   */
  public static List<String> inside(Path root, String... words) {
    String script = "mount -t proc proc \"$0/proc\" && exec chroot \"$0\" \"$@\"";
    List<String> command = new ArrayList<>(List.of("unshare", "-m", "sh", "-c", script));
    command.add(root.toString());
    command.addAll(List.of(words));
    return command;
  }

  private static void run(String... words) {
    Path log = null;
    try {
      log = Files.createTempFile("rootfs", ".log");
      Process process =
          new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
      if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError(List.of(words) + " does not end");
      }
      if (process.exitValue() != 0) {
        throw new AssertionError(List.of(words) + ":\n" + Files.readString(log));
      }
      Files.delete(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String output(String... words) throws IOException {
    Process process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    return new String(process.getInputStream().readAllBytes());
  }
}
