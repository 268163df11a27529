package svc.posix;

import com.kenai.jffi.Function;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import svc.os.Errno;

/**
 * Puts another program in the place of this one (execve(2)).
 *
 * <p>It is called when nothing else of ours works any more, and so uses nothing that a kernel
 * closes, and no class that would have to be loaded then from a bundle that has stopped; it is made
 * with its kernel, so that this one is there.
 */
final class Exec {

  private static final Function EXECVE = Libc.function("execve", 3);
  private static final Function FCNTL = Libc.function("fcntl", 3);

  /** fcntl.h */
  private static final int F_SETFD = 2;

  private static final int FD_CLOEXEC = 1;

  /**
   * Any thread: Linux ends the others.
   *
   * @param left descriptors that the next program gets beside the standard streams and the {@link
   *     Legacy}
   */
  Errno exec(List<String> words, List<String> environment, List<Integer> left) {
    List<byte[]> arguments = bytes(words);
    List<byte[]> variables = bytes(environment);
    Arena arena = new Arena();
    try {
      arena.reset(Arena.room(arguments) + Arena.room(variables) + Arena.room(arguments.get(0)));
      long program = arena.text(arguments.get(0));
      long argv = arena.vector(arguments);
      long envp = arena.vector(variables);
      closeAllBut(Stream.concat(left.stream(), Legacy.left().stream()).toList());
      return Libc.result(Libc.call(EXECVE, program, argv, envp));
    } finally {
      arena.close();
    }
  }

  private static List<byte[]> bytes(List<String> texts) {
    List<byte[]> all = new ArrayList<>();
    for (String text : texts) all.add(Arena.bytes(text));
    return all;
  }

  /** The JDK leaves its own descriptors to whatever program comes after it. */
  private static void closeAllBut(List<Integer> left) {
    String[] descriptors = new File("/proc/self/fd").list();
    if (descriptors == null) throw new IllegalStateException("/proc/self/fd cannot be read");
    for (String each : descriptors) {
      int descriptor = Integer.parseInt(each);
      boolean closed = descriptor >= Spawner.FIRST_TO_CLOSE && !left.contains(descriptor);
      Libc.call(FCNTL, descriptor, F_SETFD, closed ? FD_CLOEXEC : 0);
    }
  }
}
