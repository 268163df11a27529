package svc.installed;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import svc.patience.Patience;

/**
 * The tree that packaging leaves, used as an operator uses it: by its programs. One manager at a
 * time, on a socket in a directory of its own.
 */
public final class Installed implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 90;

  /** What a program printed and how it ended. */
  public record Result(int status, String out, String err) {}

  private final Path bin;
  private final Path directory;
  private final List<Process> running = new CopyOnWriteArrayList<>();

  /**
   * @param directory for the socket and what the programs print
   */
  public Installed(Path directory) {
    this(directory, Path.of("target", "dist").toAbsolutePath());
  }

  /**
   * @param tree another one than the packaged
   */
  public Installed(Path directory, Path tree) {
    this.bin = tree.resolve("bin");
    this.directory = directory;
  }

  public Path socket() {
    return directory.resolve("sock");
  }

  /** Starts a program that stays; it prints to NAME.out and NAME.err. */
  public Process start(String name, String program, String... arguments) throws IOException {
    Process process =
        builder(program, arguments)
            .redirectOutput(output(name).toFile())
            .redirectError(directory.resolve(name + ".err").toFile())
            .start();
    running.add(process);
    return process;
  }

  public Path output(String name) {
    return directory.resolve(name + ".out");
  }

  public Result run(String program, String... arguments) throws Exception {
    String name = "run" + System.nanoTime();
    Process process = start(name, program, arguments);
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError(program + " " + List.of(arguments) + " does not end");
    }
    return new Result(
        process.exitValue(),
        Files.readString(output(name)),
        Files.readString(directory.resolve(name + ".err")));
  }

  private ProcessBuilder builder(String program, String... arguments) {
    List<String> words = new ArrayList<>(List.of(bin.resolve(program).toString()));
    words.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("SVC_SOCKET", socket().toString());
    return builder;
  }

  /** One service as {@code svc status --json} has it; missing when there is none, or no manager. */
  public JsonNode service(String name) {
    return Asked.status(socket(), name);
  }

  /** Waits for a condition; it is asked again and again, and never between. */
  public static void await(String what, Supplier<Boolean> condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.get()) {
      if (System.nanoTime() > end) throw new AssertionError("waited in vain: " + what);
      Patience.lookAway();
    }
  }

  /** Ends what a failed test left. */
  @Override
  public void close() {
    for (Process process : running) {
      process.destroy();
      process.onExit().completeOnTimeout(process, PATIENCE_SECONDS, TimeUnit.SECONDS).join();
      process.destroyForcibly();
    }
  }
}
