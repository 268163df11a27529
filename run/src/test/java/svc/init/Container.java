package svc.init;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import svc.patience.Patience;

/**
 * svc-init of the tree that packaging leaves, as process 1 of a PID namespace or beside another
 * init. Whatever it writes to /run and /dev stays with it.
 */
final class Container implements AutoCloseable {

  /** Where an init runs. */
  enum Where {
    /** As process 1; needs root. */
    NAMESPACE,
    /** As any process. */
    PROCESS
  }

  static final Path INIT = Path.of("target", "dist", "bin", "svc-init").toAbsolutePath();

  private static final long PATIENCE_SECONDS = 60;

  private static final String PRIVATE =
      "mount -t tmpfs tmpfs /run; mount --rbind /dev /dev; mount -o remount,bind,ro /dev; "
          + "exec \"$@\"";

  private final Path directory;
  private final Where where;
  private final List<String> words = new ArrayList<>();
  private Process process;

  /**
   * @param directory for what it prints
   */
  Container(Path directory, Where where) {
    this.directory = directory;
    this.where = where;
    if (where == Where.NAMESPACE) {
      isolate("--pid", "--fork", "--mount-proc", "--kill-child");
    }
  }

  private void isolate(String... options) {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root, for a PID namespace");
    words.add("unshare");
    words.addAll(List.of(options));
    words.addAll(List.of("sh", "-c", PRIVATE, "sh"));
  }

  /** Beside another init, and with a /run of its own. */
  static Container beside(Path directory) {
    Container container = new Container(directory, Where.PROCESS);
    container.isolate("--mount");
    return container;
  }

  /** Runs a program that, at last, becomes svc-init. */
  Container exec(String... more) throws IOException {
    words.addAll(List.of(more));
    process =
        new ProcessBuilder(words)
            .redirectOutput(directory.resolve("out").toFile())
            .redirectError(directory.resolve("err").toFile())
            .start();
    return this;
  }

  /** Runs svc-init. */
  Container init(String... arguments) throws IOException {
    words.add(INIT.toString());
    return exec(arguments);
  }

  /**
   * Runs svc-init on a terminal of its own, made by script(1) of util-linux; what is written to it
   * is typed.
   */
  Container initOnTerminal(String... arguments) throws IOException {
    assumeTrue(Files.exists(Path.of("/usr/bin/script")), "needs script of util-linux");
    words.add(INIT.toString());
    words.addAll(List.of(arguments));
    List<String> quoted =
        words.stream().map(word -> "'" + word.replace("'", "'\\''") + "'").toList();
    Path file = Files.writeString(directory.resolve("run"), "exec " + String.join(" ", quoted));
    words.clear();
    return exec("script", "-qec", "sh " + file, "/dev/null");
  }

  void type(String text) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write(text.getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  byte[] bytes() throws IOException {
    return Files.readAllBytes(directory.resolve("out"));
  }

  String out() {
    return text("out");
  }

  String err() {
    return text("err");
  }

  private String text(String name) {
    try {
      return Files.readString(directory.resolve(name), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits until a line is there. */
  void awaitLine(String line) {
    await("line " + line, () -> out().lines().anyMatch(each -> each.strip().endsWith(line)));
  }

  /** Waits for a condition; it is asked again and again, and never between. */
  void await(String what, Supplier<Boolean> condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.get()) {
      if (System.nanoTime() > end)
        throw new AssertionError("waited in vain: " + what + "\n" + out() + err());
      Patience.lookAway();
    }
  }

  /** The init's process id, as the host has it. */
  long pid() {
    if (where == Where.PROCESS) return process.pid();
    await("an init", () -> process.children().findFirst().isPresent());
    return process.children().findFirst().orElseThrow().pid();
  }

  /** Sends the init a signal from outside. */
  void signal(int number) throws Exception {
    List<String> kill = List.of("sh", "-c", "kill -" + number + " " + pid());
    if (new ProcessBuilder(kill).start().waitFor() != 0) throw new AssertionError(kill);
  }

  /** How many children the init has, those included that have ended and were not reaped. */
  int children() {
    long parent = pid();
    int count = 0;
    try (var entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path entry : entries) if (isChild(entry, parent)) count++;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return count;
  }

  private static boolean isChild(Path entry, long parent) {
    try {
      String stat = Files.readString(entry.resolve("stat"), StandardCharsets.ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return Long.parseLong(fields[1]) == parent;
    } catch (IOException gone) {
      return false;
    }
  }

  /** Waits for the end. */
  int status() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
      throw new AssertionError("does not end\n" + out() + err());
    return process.exitValue();
  }

  /** Ends what a failed test left. */
  @Override
  public void close() {
    if (process == null) return;
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
