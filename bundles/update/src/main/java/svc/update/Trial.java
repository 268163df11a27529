package svc.update;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.Signal;
import svc.os.Spawn;
import svc.os.Spawn.Stream;
import svc.os.Spawned;

/** A runtime of another tree that is run to see whether it works. Loop thread. */
final class Trial implements Kernel.Events {

  /** Whoever asked gives up before. */
  private static final long PATIENCE = 120_000_000_000L;

  private static final long KILL_PATIENCE = 10_000_000_000L;

  private final Kernel kernel;
  private final Consumer<String> ended;
  private Kernel.Attachment attachment;
  private int pid;
  private long deadline = Kernel.NEVER;
  private Signal next = Signal.TERM;

  /**
   * @param ended is told how it has ended, once
   */
  Trial(Kernel kernel, Consumer<String> ended) {
    this.kernel = kernel;
    this.ended = ended;
  }

  /**
   * @param java the home of another Java, or empty
   * @param environment ours
   */
  void start(String home, String directory, String java, List<String> environment) {
    attachment = kernel.attach(this, List.of());
    Stream log = new Stream.File(directory + "/log");
    List<String> words = List.of(home + "/bin/svc", "up", directory + "/services");
    Spawned spawned =
        kernel.spawn(
            new Spawn(
                words,
                environment(environment, directory, java),
                directory,
                null,
                null,
                -1,
                Stream.NULL,
                log,
                log));
    if (spawned instanceof Spawned.Child child) {
      pid = child.pid();
      deadline = kernel.now() + PATIENCE;
    } else {
      end("cannot " + spawned);
    }
  }

  /** Nothing that says who and where we are: it is none of us. */
  private static List<String> environment(List<String> ours, String directory, String java) {
    List<String> environment = new ArrayList<>();
    for (String entry : ours) {
      boolean own = entry.startsWith("SVC_") && !entry.startsWith("SVC_JAVA_OPTS=");
      if (!own && !entry.startsWith("NOTIFY_SOCKET=")) environment.add(entry);
    }
    environment.add("SVC_SOCKET=" + directory + "/sock");
    if (!java.isEmpty()) environment.add("SVC_JAVA_HOME=" + java);
    return environment;
  }

  /** Nobody waits for it any more. */
  void abandon() {
    if (pid == 0) return;
    kernel.kill(pid, next);
    next = Signal.KILL;
    deadline = kernel.now() + KILL_PATIENCE;
  }

  @Override
  public void exited(int ended, ExitStatus status) {
    if (ended == pid && pid != 0) end(status.toString());
  }

  private void end(String how) {
    pid = 0;
    deadline = Kernel.NEVER;
    attachment.detach();
    ended.accept(how);
  }

  @Override
  public void signalled(Signal signal) {}

  @Override
  public void woken(long now) {
    deadline = Kernel.NEVER;
    abandon();
  }

  @Override
  public long deadline() {
    return deadline;
  }
}
