package svc.posix;

import com.kenai.jffi.Function;
import svc.os.Errno;
import svc.os.Spawned.Stage;

/**
 * A thread for one spawn. Mask of new files, root and directory belong to the process unless a
 * thread leaves the others (unshare(2), CLONE_FS); so this one does, changes what it wants, spawns,
 * and ends. It is also the one that waits in the vfork while {@link Hold} works on the loop.
 */
final class SpawnThread {

  private static final Function UNSHARE = Libc.function("unshare", 1);
  private static final Function GETTID = Libc.function("gettid", 0);

  private static final int CLONE_FS = 0x200;

  /** What the thread does: a pid, or why there is none. */
  interface Call {
    int spawn() throws Refused;
  }

  private final Thread thread;
  private volatile int id;
  private int pid;
  private Refused refused;
  private RuntimeException mistake;

  private SpawnThread(Call call) {
    thread = new Thread(() -> run(call), "svc.spawn");
  }

  static SpawnThread start(Call call) {
    SpawnThread started = new SpawnThread(call);
    started.thread.start();
    return started;
  }

  private void run(Call call) {
    try {
      id = Libc.call(GETTID);
      Errno errno = Libc.result(Libc.call(UNSHARE, CLONE_FS));
      if (!errno.ok()) throw new Refused(Stage.FORK, "a thread of its own", errno);
      pid = call.spawn();
    } catch (Refused e) {
      refused = e;
    } catch (RuntimeException e) {
      mistake = e;
    }
  }

  /** Its number in Linux, once it works. */
  int id() {
    return id;
  }

  boolean works() {
    return thread.isAlive();
  }

  /** Its end is near: posix_spawn(3) returns when the program has been executed. */
  int await() throws Refused {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) Thread.currentThread().interrupt();
    if (mistake != null) throw mistake;
    if (refused != null) throw refused;
    return pid;
  }
}
