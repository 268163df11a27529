package svc.os;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The program of this process as the installed tree has it now: what a process is executed anew
 * with, {@link Kernel#exec}.
 *
 * <p>The tree's launcher is a shell script, and a shell takes the ends of children that it has not
 * started away from whoever comes after it. So it is run in a process of its own, with {@code
 * SVC_WORDS} set, and prints the words that it would execute, each ended by a NUL.
 *
 * <p>Loop thread.
 */
public final class Successor implements Kernel.Events {

  /** More than Linux takes (execve(2)). */
  private static final int LIMIT = 8 << 20;

  private static final long PATIENCE = 20_000_000_000L;

  private static final String MAIN = "svc.cli.Main";
  private static final String PROGRAM = "-Dsvc.program=";

  /**
   * What was found.
   *
   * @param words for {@link Kernel#exec}; empty where there is a problem
   * @param environment as this process was given it
   * @param problem why it cannot be executed anew, or empty
   */
  public record Found(List<String> words, List<String> environment, String problem) {}

  private final Kernel kernel;
  private final String file;
  private final Consumer<Found> found;
  private final List<String> environment;
  private Kernel.Attachment attachment;
  private int launcher;
  private long deadline = Kernel.NEVER;

  private Successor(Kernel kernel, String file, Consumer<Found> found) {
    this.kernel = kernel;
    this.file = file;
    this.found = found;
    this.environment = texts("/proc/self/environ");
  }

  /**
   * Looks for it.
   *
   * @param kernel of this process
   * @param home the installed tree
   * @param run a directory of ours, for a file
   * @param found is told once, on the loop
   */
  public static void find(Kernel kernel, String home, String run, Consumer<Found> found) {
    new Successor(kernel, run + "/words-" + kernel.pid(), found).ask(home);
  }

  private void ask(String home) {
    kernel.delete(file);
    List<String> words = words(home);
    List<String> variables = new ArrayList<>(environment);
    variables.add("SVC_WORDS=1");
    attachment = kernel.attach(this, List.of());
    deadline = kernel.now() + PATIENCE;
    Spawned spawned =
        kernel.spawn(
            new Spawn(
                words,
                variables,
                "/",
                null,
                null,
                -1,
                Spawn.Stream.NULL,
                new Spawn.Stream.File(file),
                Spawn.Stream.INHERIT));
    if (spawned instanceof Spawned.Child child) launcher = child.pid();
    else fail("cannot " + spawned);
  }

  /** As we were called, by {@code bin/PROGRAM ARGUMENTS}. */
  private List<String> words(String home) {
    List<String> ours = texts("/proc/self/cmdline");
    int main = ours.indexOf(MAIN);
    List<String> options = ours.subList(0, Math.max(0, main));
    String program = "svc";
    for (String option : options)
      if (option.startsWith(PROGRAM)) program = option.substring(PROGRAM.length());
    List<String> words = new ArrayList<>(List.of(home + "/bin/" + program));
    words.addAll(ours.subList(main + 1, ours.size()));
    return words;
  }

  private List<String> texts(String path) {
    return split(kernel.read(path, LIMIT).bytes());
  }

  /** Each is ended by a NUL, and may be empty. */
  private static List<String> split(byte[] bytes) {
    if (bytes.length == 0) return List.of();
    List<String> texts = Arrays.asList(ExactText.of(bytes).split("\0", -1));
    return List.copyOf(texts.subList(0, texts.size() - 1));
  }

  @Override
  public void exited(int pid, ExitStatus status) {
    if (pid != launcher) return;
    List<String> words = texts(file);
    if (!status.clean()) fail("the launcher: " + status);
    else if (words.indexOf(MAIN) < 1) fail("the launcher does not say what it would run");
    else tell(new Found(words, environment, ""));
  }

  private void fail(String problem) {
    tell(new Found(List.of(), environment, problem));
  }

  private void tell(Found what) {
    launcher = 0;
    deadline = Kernel.NEVER;
    attachment.detach();
    kernel.delete(file);
    found.accept(what);
  }

  @Override
  public void signalled(Signal signal) {}

  @Override
  public void woken(long now) {
    if (launcher != 0) kernel.kill(launcher, Signal.KILL);
    if (launcher != 0) fail("the launcher does not end");
  }

  @Override
  public long deadline() {
    return deadline;
  }
}
