package svc.posix;

import java.util.List;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.Signal;
import svc.os.Spawn;
import svc.os.Spawn.Stream;
import svc.os.Spawned;

/**
 * Started on a terminal: gives it to a child, and tells how that ended.
 *
 * <p>The arguments are the place and the child's words.
 */
final class Foreground implements Kernel.Events {

  public static void main(String[] arguments) {
    PosixKernel kernel = PosixKernel.start(Throwable::printStackTrace);
    kernel.attach(new Foreground(), List.of());
    List<String> words = List.of(arguments).subList(1, arguments.length);
    Spawn request =
        new Spawn(
            words,
            List.of("PATH=/usr/bin:/bin"),
            "/",
            null,
            null,
            -1,
            Stream.INHERIT,
            Stream.INHERIT,
            Stream.INHERIT,
            Spawn.Place.valueOf(arguments[0]));
    kernel.execute(
        () -> {
          Spawned spawned = kernel.spawn(request);
          if (spawned instanceof Spawned.Failure) System.out.println(spawned);
        });
  }

  @Override
  public void exited(int pid, ExitStatus status) {
    System.out.println("child: " + status);
    System.exit(0);
  }

  @Override
  public void signalled(Signal signal) {}

  @Override
  public void woken(long now) {}

  @Override
  public long deadline() {
    return Kernel.NEVER;
  }
}
