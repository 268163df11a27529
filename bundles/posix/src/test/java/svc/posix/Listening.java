package svc.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import svc.os.Address;
import svc.os.Errno;

/**
 * Listens at an address, tells which socket that is and whether its children get it, and executes
 * itself anew; three times in all.
 */
final class Listening {

  public static void main(String[] arguments) {
    PosixKernel kernel = PosixKernel.start(Throwable::printStackTrace);
    kernel.execute(() -> listen(kernel, arguments[0], arguments.length));
  }

  private static void listen(PosixKernel kernel, String address, int lives) {
    int fd =
        kernel.listen("web", Address.parse(address).orElseThrow(), 0600, 16, null).descriptor();
    System.out.println(socket(fd));
    List<String> again = new ArrayList<>(List.of(words()));
    again.add("again");
    Supplier<Errno> next = kernel.exec(again, List.of("PATH=/usr/bin:/bin"));
    kernel.close(); // as when its framework has stopped
    if (lives == 3) System.exit(0);
    System.out.println(next.get());
  }

  private static String socket(int fd) {
    try {
      String flags = Files.readString(Path.of("/proc/self/fdinfo/" + fd)).split("\\s+")[3];
      boolean kept = (Integer.parseInt(flags, 8) & Libc.O_CLOEXEC) == 0;
      return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)) + (kept ? " inherited" : "");
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static String[] words() {
    try {
      String[] words = Files.readString(Path.of("/proc/self/cmdline")).split("\0");
      words[0] = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      return words;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
