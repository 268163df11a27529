package svc.posix;

import java.util.List;
import svc.os.Errno;
import svc.os.Spawn;
import svc.os.Spawn.Stream;
import svc.os.Spawned;

/**
 * Starts a child that stays and one that ends with 7, then becomes a shell, which tells its pid,
 * who the first one's parent is, what descriptors it has, and how the second one has ended: nobody
 * has asked before. With arguments it becomes those.
 */
final class Reborn {

  /**
   * In the shell's own process, since a shell reaps whatever child it finds once it has made one.
   */
  private static final String SCRIPT =
      "echo pid $$; read -r stat </proc/$1/stat; set -- $1 $2 $stat; echo parent $6;"
          + " read -r stat </proc/$2/stat; set -- $1 $2 $stat; echo state $5;"
          + " open=; n=0; while [ $n -lt 300 ]; do [ ! -e /proc/$$/fd/$n ] || open=\"$open $n\";"
          + " n=$((n + 1)); done; echo open$open; kill $1; ";

  public static void main(String[] arguments) {
    PosixKernel kernel = PosixKernel.start(Throwable::printStackTrace);
    kernel.execute(
        () -> {
          if (arguments.length > 0) System.out.println(exec(kernel, List.of(arguments)));
          int child = spawn(kernel, "sleep", "1000");
          int ended = spawn(kernel, "sh", "-c", "exit 7");
          kernel.execute(() -> become(kernel, child, ended));
        });
  }

  private static int spawn(PosixKernel kernel, String... words) {
    Spawn request =
        new Spawn(
            List.of(words),
            List.of("PATH=/usr/bin:/bin"),
            "/",
            null,
            null,
            -1,
            Stream.NULL,
            Stream.INHERIT,
            Stream.INHERIT);
    return ((Spawned.Child) kernel.spawn(request)).pid();
  }

  private static Errno exec(PosixKernel kernel, List<String> words) {
    return kernel.exec(words, List.of("PATH=/usr/bin:/bin")).get();
  }

  /** When the second has ended: a zombie as long as nobody is told of it. */
  private static void become(PosixKernel kernel, int child, int ended) {
    if (!kernel.process(ended).zombie()) {
      kernel.execute(() -> become(kernel, child, ended));
      return;
    }
    System.out.println("pid " + kernel.pid());
    System.out.flush();
    kernel.close(); // as when its framework has stopped
    String first = String.valueOf(child);
    List<String> words = List.of("/bin/sh", "-c", SCRIPT, "sh", first, String.valueOf(ended));
    System.out.println(exec(kernel, words));
  }
}
