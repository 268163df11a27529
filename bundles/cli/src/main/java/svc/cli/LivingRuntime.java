package svc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import svc.init.logic.ControlRequest;
import svc.ipc.Method;
import svc.nv.NvList;

/**
 * A runtime that can be executed anew, through the socket of its svc.update, or, for the init that
 * has none, through its FIFO. What tells one life of its process from the next is {@code began}.
 *
 * @param socket of its svc.update, or null
 * @param record where the init without a socket writes its version and when it began, or null
 */
record LivingRuntime(
    String name, Path socket, Path record, long pid, String version, String java, String began) {

  private static final long PAUSE_NANOS = 10_000_000L;
  private static final int ANSWER_SECONDS = 5;

  static LivingRuntime at(Path socket) throws Failure {
    NvList says = RuntimesThere.ask(socket, Method.BUNDLES, "", ANSWER_SECONDS);
    return new LivingRuntime(
        says.string("runtime", ""),
        socket,
        null,
        says.number("pid", 0),
        says.string("version", ""),
        says.string("java", ""),
        says.string("began", ""));
  }

  /** The first process, where it has a process of its own, or null. */
  static LivingRuntime init(Path run) {
    try {
      Path record = run.resolve("init.began");
      if (!Files.readString(Path.of("/proc/1/cmdline")).contains("svc.program=svc-init"))
        return null;
      String[] words = Files.readString(record).strip().split(" ");
      return words.length == 2
          ? new LivingRuntime("init", null, record, 1, words[0], "", words[1])
          : null;
    } catch (IOException none) {
      return null;
    }
  }

  boolean isManager() {
    return !name.startsWith("supervise-") && socket != null;
  }

  /** Asks for it; where it refuses, it is what it was. */
  void replace(Path home) throws Failure {
    if (socket == null) {
      InitCommand.tell(ControlRequest.runlevel('U', 0));
      return;
    }
    try (Client client = Client.connect(socket)) {
      NvList.Builder request = client.request(Method.REPLACE).string("home", home.toString());
      client.ask(request, 2 * Client.PATIENCE_SECONDS);
    }
  }

  /**
   * Waits for the next life of the same process.
   *
   * @param end in System.nanoTime()
   * @return null when there is none in time, or the process has ended
   */
  LivingRuntime next(Path run, long end) {
    return await(run, end, true);
  }

  /**
   * Waits for any life of it, whichever process has it.
   *
   * @return null when there is none in time
   */
  LivingRuntime again(Path run, long end) {
    return await(run, end, false);
  }

  private LivingRuntime await(Path run, long end, boolean next) {
    while (System.nanoTime() < end) {
      LivingRuntime now = look(run);
      if (now != null && !(next && now.began.equals(began))) return now;
      if (next && ProcessHandle.of(pid).isEmpty()) return null;
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return null;
  }

  /**
   * @param moment milliseconds since 1970
   */
  boolean beganAfter(long moment) {
    return Long.parseLong(began) > moment;
  }

  private LivingRuntime look(Path run) {
    try {
      return socket == null ? init(run) : at(socket);
    } catch (Failure notYet) {
      return null;
    }
  }
}
