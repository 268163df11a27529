package svc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.nv.NvList;

/**
 * Another tree, or another Java, is tried: it brings one small service up on a socket of its own,
 * answers, and takes it down. A runtime that lives starts it.
 */
final class TrialRun implements AutoCloseable {

  private static final long PATIENCE_NANOS = 90_000_000_000L;
  private static final long PAUSE_NANOS = 20_000_000L;
  private static final int END_SECONDS = 60;
  private static final int LINES = 3;

  private final Path directory;
  private final Client door;
  private final FutureTask<Message> ended;

  private TrialRun(Path directory, Client door, FutureTask<Message> ended) {
    this.directory = directory;
    this.door = door;
    this.ended = ended;
  }

  /**
   * @param socket of the runtime that starts it
   * @param java the home of another Java, or empty
   */
  static void of(Path socket, Path home, String java) throws Failure {
    Path directory = prepare();
    try (Client door = Client.connect(socket);
        TrialRun trial = begin(door, directory, home, java)) {
      trial.awaitUp();
      trial.end();
    }
  }

  private static Path prepare() throws Failure {
    try {
      Path directory = Files.createTempDirectory("svc-trial-");
      Path services = Files.createDirectory(directory.resolve("services"));
      Files.writeString(services.resolve("probe.ini"), "[service]\nexec = sleep 300\n");
      return directory;
    } catch (IOException e) {
      throw Failure.failed("no place for a trial: " + e.getMessage());
    }
  }

  private static TrialRun begin(Client door, Path directory, Path home, String java) {
    NvList.Builder request =
        door.request(Method.TRIAL)
            .string("home", home.toString())
            .string("directory", directory.toString());
    if (!java.isEmpty()) request.string("java", java);
    FutureTask<Message> ended = new FutureTask<>(() -> door.ask(request, Client.FOREVER));
    Thread thread = new Thread(ended, "svc.trial");
    thread.setDaemon(true);
    thread.start();
    return new TrialRun(directory, door, ended);
  }

  private void awaitUp() throws Failure {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!isUp()) {
      if (ended.isDone()) throw failed("ends: " + status());
      if (System.nanoTime() > end) throw failed("its service does not come up");
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private boolean isUp() {
    try (Client client = Client.connect(directory.resolve("sock"))) {
      List<NvList> services =
          ClientCommand.status(client, List.of("probe")).list().lists("services");
      return services.get(0).string("state", "").equals("up");
    } catch (Failure notYet) {
      return false;
    }
  }

  private void end() throws Failure {
    try (Client client = Client.connect(directory.resolve("sock"))) {
      client.ask(client.request(Method.SHUTDOWN), Client.PATIENCE_SECONDS);
    }
    String status = status();
    if (!status.equals("exit status 0")) throw failed("ends: " + status);
  }

  private String status() throws Failure {
    try {
      return ended.get(END_SECONDS, TimeUnit.SECONDS).list().string("status", "");
    } catch (TimeoutException e) {
      throw failed("does not end");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Failure why) throw why;
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.failed("interrupted");
    }
  }

  private Failure failed(String what) {
    return Failure.failed("nothing changed: the trial " + what + said());
  }

  /** The last that it printed. */
  private String said() {
    try {
      List<String> lines = Files.readAllLines(directory.resolve("log"));
      List<String> last = lines.subList(Math.max(0, lines.size() - LINES), lines.size());
      return last.isEmpty() ? "" : "; it said: " + Text.line(String.join(" / ", last));
    } catch (IOException nothing) {
      return "";
    }
  }

  /** A trial that still runs is ended when nobody listens to it any more. */
  @Override
  public void close() {
    door.close();
    try {
      Tree.delete(directory);
    } catch (IOException e) {
      // it still writes there; the system's temporary directory is cleared by others
    }
  }
}
