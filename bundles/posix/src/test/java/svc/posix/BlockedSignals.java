package svc.posix;

import java.util.List;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.Signal;
import svc.os.Spawn;
import svc.os.Spawn.Stream;
import svc.os.Spawned;

/**
 * A runtime as a launcher starts it, with its signals blocked. Starts children, says when all have
 * been told, then names the signals that come, until TERM.
 */
final class BlockedSignals implements Kernel.Events {

  static final int CHILDREN = 50;

  private final PosixKernel kernel;
  private final boolean faulty;
  private int left = CHILDREN;

  private BlockedSignals(boolean faulty) {
    this.faulty = faulty;
    kernel =
        faulty
            ? PosixKernel.surviving(mistake -> {})
            : PosixKernel.start(Throwable::printStackTrace);
  }

  /** With {@code faulty} the role makes a mistake whenever it is told something. */
  public static void main(String[] arguments) {
    BlockedSignals role = new BlockedSignals(List.of(arguments).contains("faulty"));
    List<Signal> signals =
        List.of(Signal.TERM, Signal.HUP, Signal.INT, Signal.parse("RTMIN+3").orElseThrow());
    role.kernel.attach(role, signals);
    role.kernel.execute(role::begin);
  }

  private void begin() {
    Spawn request =
        new Spawn(
            List.of("/bin/true"),
            List.of(),
            "/",
            null,
            null,
            -1,
            Stream.NULL,
            Stream.NULL,
            Stream.INHERIT);
    for (int i = 0; i < CHILDREN; i++) {
      Spawned spawned = kernel.spawn(request);
      if (!(spawned instanceof Spawned.Child)) throw new IllegalStateException(spawned.toString());
    }
  }

  @Override
  public void exited(int pid, ExitStatus status) {
    if (--left == 0) System.out.println("reaped");
    if (faulty) throw new IllegalStateException("a mistake");
  }

  @Override
  public void signalled(Signal signal) {
    System.out.println(signal.name());
    if (signal.equals(Signal.TERM)) System.exit(0);
    if (faulty) throw new IllegalStateException("a mistake");
  }

  @Override
  public void woken(long now) {}

  @Override
  public long deadline() {
    return Kernel.NEVER;
  }
}
