package svc.boot;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import svc.patience.Patience;

/** A program that a test has started, with all that it prints. */
public final class Started implements AutoCloseable {

  /** A virtual machine without hardware support takes minutes. */
  private static final long PATIENCE_SECONDS = 400;

  private final Process process;
  private final Path output;

  private Started(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  public static Started of(Path output, List<String> words) throws IOException {
    return of(output, Map.of(), words);
  }

  /**
   * @param environment beside our own
   */
  public static Started of(Path output, Map<String, String> environment, List<String> words)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    return new Started(builder.start(), output);
  }

  /** Runs a program that ends by itself with 0, and gives what it printed. */
  public static String output(Path directory, String... words) throws Exception {
    Path output = Files.createTempFile(directory, "run", ".out");
    try (Started started = of(output, List.of(words))) {
      int status = started.status();
      if (status != 0) {
        throw new AssertionError(
            List.of(words) + ": exit status " + status + "\n" + started.text());
      }
      return started.text();
    } finally {
      Files.delete(output);
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean runs() {
    return process.isAlive();
  }

  public void say(String line) throws IOException {
    OutputStream input = process.getOutputStream();
    input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    input.flush();
  }

  public String text() {
    try {
      return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until something stands in what it printed. */
  public void prints(String regex) {
    Pattern pattern = Pattern.compile(regex);
    await(regex, () -> pattern.matcher(text()).find());
  }

  /** Waits for a condition, and no longer than it runs. */
  public void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      boolean over = !runs() && !condition.getAsBoolean();
      if (over || System.nanoTime() > end)
        throw new AssertionError("waited in vain: " + what + "; it printed\n" + text());
      Patience.lookAway();
    }
  }

  /** Waits for its end. */
  public int status() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
      throw new AssertionError("does not end; it printed\n" + text());
    return process.exitValue();
  }

  /** Sends a signal to it, as kill(1) names it. */
  public static void kill(String signal, long pid) throws Exception {
    int status = new ProcessBuilder("kill", "-s", signal, String.valueOf(pid)).start().waitFor();
    if (status != 0) throw new AssertionError("kill -s " + signal + " " + pid + ": " + status);
  }

  /** The process 1 that a program has made, which is a child of its own. */
  public long first() throws IOException {
    await("a child", () -> !children().isEmpty());
    return Long.parseLong(children().split(" ")[0]);
  }

  private String children() {
    try {
      return Files.readString(Path.of("/proc/" + pid() + "/task/" + pid() + "/children"));
    } catch (IOException e) {
      return "";
    }
  }

  /** Ends what a failed test left. */
  @Override
  public void close() {
    process.destroy();
    if (!ended(5_000)) process.destroyForcibly();
  }

  /** Waits for its end, but not long. */
  public boolean ended(int millis) {
    try {
      return process.waitFor(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
