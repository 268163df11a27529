package svc.posix;

import com.kenai.jffi.Function;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Which descriptors outlive execve(2) for {@link PosixLocalSockets}, and what the next program has
 * to know of them. Both belong to the process, and so stand in one place. What is left is written
 * into a memory file (memfd_create(2)), which is left too: how many descriptors, each of them, then
 * what its user says. Any thread.
 */
final class Legacy {

  private static final Function MEMFD_CREATE = Libc.function("memfd_create", 2);

  private static final String NAME = "svc.legacy";
  private static final byte[] NOTHING = {};

  private static volatile boolean expected;
  private static final List<Integer> LEFT = new ArrayList<>();

  /** Of the program before; null until it is asked for. */
  private static List<Integer> inherited;

  private static byte[] state = NOTHING;

  private Legacy() {}

  /** From now on somebody comes after us. */
  static void expect() {
    expected = true;
  }

  static boolean isExpected() {
    return expected;
  }

  static synchronized void leave(byte[] bytes, Collection<Integer> descriptors) throws IOException {
    Arena arena = new Arena();
    int file = Libc.call(MEMFD_CREATE, arena.path(NAME), 0);
    arena.close();
    if (file < 0) throw new IOException("memfd_create: " + Libc.of(Libc.errno()));
    ByteBuffer all = ByteBuffer.allocate((1 + descriptors.size()) * Integer.BYTES + bytes.length);
    all.putInt(descriptors.size());
    descriptors.forEach(all::putInt);
    all.put(bytes);
    Files.write(Path.of("/proc/self/fd/" + file), all.array());
    LEFT.addAll(descriptors);
    LEFT.add(file);
  }

  /** Those that the next program gets. */
  static synchronized List<Integer> left() {
    return List.copyOf(LEFT);
  }

  /** What the program before us said, once. */
  static synchronized byte[] take() {
    read();
    byte[] taken = state;
    state = NOTHING;
    return taken;
  }

  /** Whether the program before us left this one here. */
  static synchronized boolean isInherited(int descriptor) {
    read();
    return inherited.contains(descriptor);
  }

  private static void read() {
    if (inherited != null) return;
    inherited = List.of();
    String[] all = new File("/proc/self/fd").list();
    for (String each : all == null ? new String[0] : all) {
      Path file = Path.of("/proc/self/fd", each);
      if (isOurs(file)) read(file, Integer.parseInt(each));
    }
  }

  private static boolean isOurs(Path file) {
    try {
      return Files.readSymbolicLink(file).toString().startsWith("/memfd:" + NAME);
    } catch (IOException closed) {
      return false;
    }
  }

  private static void read(Path file, int descriptor) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      List<Integer> found = new ArrayList<>();
      for (int left = bytes.getInt(); left > 0; left--) found.add(bytes.getInt());
      state = new byte[bytes.remaining()];
      bytes.get(state);
      inherited = List.copyOf(found);
    } catch (IOException e) {
      System.err.println("svc.posix: what was left cannot be read: " + e.getMessage());
    }
    Libc.close(descriptor);
  }
}
