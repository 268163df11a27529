package svc.update;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import svc.ipc.ErrorCode;
import svc.ipc.Message;
import svc.ipc.Peer;
import svc.os.Errno;
import svc.os.Kernel;
import svc.os.Successor;

/**
 * What concerns the whole runtime and its tree: that it is executed anew, and what is to be done
 * before. Any thread gives the work to the loop.
 */
final class Whole {

  private final Kernel kernel;
  private final String run;
  private final Consumer<Callable<String>> replace;
  private final Map<Peer, Trial> trials = new HashMap<>();

  /**
   * @param run the run directory
   * @param replace the launcher's service
   */
  Whole(Kernel kernel, String run, Consumer<Callable<String>> replace) {
    this.kernel = kernel;
    this.run = run;
    this.replace = replace;
  }

  /** See {@link svc.ipc.Method#REPLACE}. */
  void replace(Peer peer, Message request) {
    String home = path(peer, request, "home");
    if (home == null) return;
    kernel.execute(() -> Successor.find(kernel, home, run, found -> found(peer, request, found)));
  }

  private void found(Peer peer, Message request, Successor.Found found) {
    if (!found.problem().isEmpty()) {
      peer.send(request.refusal(ErrorCode.FAILED, found.problem()));
      return;
    }
    peer.send(request.answer().build());
    Supplier<Errno> next = kernel.exec(found.words(), found.environment());
    replace.accept(() -> next.get().toString());
  }

  /** See {@link svc.ipc.Method#TRIAL}. */
  void trial(Peer peer, Message request) {
    String home = path(peer, request, "home");
    String directory = home == null ? null : path(peer, request, "directory");
    if (directory == null) return;
    String java = request.list().string("java", "");
    kernel.execute(() -> trial(peer, request, home, directory, java));
  }

  private void trial(Peer peer, Message request, String home, String directory, String java) {
    List<String> environment = new ArrayList<>();
    System.getenv().forEach((name, value) -> environment.add(name + "=" + value));
    Trial trial =
        new Trial(
            kernel,
            status -> {
              trials.remove(peer);
              peer.send(request.answer().string("status", status).build());
            });
    trials.put(peer, trial);
    trial.start(home, directory, java, environment);
  }

  /** See {@link svc.ipc.Method#EXCHANGE}. */
  void exchange(Peer peer, Message request) {
    String one = path(peer, request, "one");
    String other = one == null ? null : path(peer, request, "other");
    if (other == null) return;
    kernel.execute(
        () -> {
          Errno errno = kernel.exchange(one, other);
          if (errno.ok()) peer.send(request.answer().build());
          else peer.send(request.refusal(ErrorCode.FAILED, one + ": " + errno));
        });
  }

  /** An absolute path, or null when that was refused. */
  private static String path(Peer peer, Message request, String name) {
    String path = request.list().string(name, "");
    if (path.startsWith("/")) return path;
    peer.send(request.refusal(ErrorCode.INVALID, name + ": expected an absolute path"));
    return null;
  }

  void closed(Peer peer) {
    kernel.execute(
        () -> {
          Trial trial = trials.remove(peer);
          if (trial != null) trial.abandon();
        });
  }
}
