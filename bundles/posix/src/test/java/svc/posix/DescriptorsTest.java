package svc.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.nv.DescriptorSockets;
import svc.nv.DescriptorSockets.Connection;
import svc.nv.DescriptorSockets.Listener;
import svc.nv.NvList;
import svc.nv.NvSocket;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.Spawn;
import svc.os.Spawn.Stream;
import svc.os.Spawned;

/** Lists with descriptors over real sockets, within a process and to another one and back. */
class DescriptorsTest {

  private static final FileTree FILES = new FileTree();

  /** SCM_RIGHTS takes 253 at once, so this many need a second batch. */
  private static final int MANY = 300;

  @TempDir Path directory;

  private final DescriptorSockets sockets = new JunixDescriptorSockets();

  private Path socket() {
    return directory.resolve("socket");
  }

  private static int open(Path file) {
    int descriptor = FILES.open(file.toString(), Libc.O_RDWR | Libc.O_CREAT, 0600);
    assertTrue(descriptor >= 0);
    return descriptor;
  }

  private static String target(int descriptor) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
  }

  private static boolean closesOnExec(int descriptor) throws IOException {
    String flags =
        Files.readAllLines(Path.of("/proc/self/fdinfo/" + descriptor)).stream()
            .filter(line -> line.startsWith("flags:"))
            .findFirst()
            .orElseThrow();
    return (Integer.parseInt(flags.substring(6).strip(), 8) & Libc.O_CLOEXEC) != 0;
  }

  @Test
  void passesDescriptorsToAnotherProcessAndGetsThemBack() throws Exception {
    try (OtherProcess other = new OtherProcess();
        Listener listener = sockets.listen(socket())) {
      int pid = other.spawn(DescriptorEcho.class, socket().toString());
      try (Connection connection = listener.accept()) {
        echoes(new NvSocket(connection));
      }
      assertEquals(ExitStatus.exited(0), other.heard.exit(pid));
    }
  }

  /** The other process renames what it got to show that it understood. */
  private void echoes(NvSocket socket) throws Exception {
    int[] many = new int[MANY];
    for (int i = 0; i < MANY; i++) many[i] = open(directory.resolve("many" + i % 3));
    int one = open(directory.resolve("one"));
    socket.send(
        NvList.builder()
            .string("text", "hello")
            .descriptor("one", one)
            .list("inner", NvList.builder().descriptors("many", many).build())
            .build());
    NvList reply = socket.receive();
    assertEquals("hello back", reply.string("text", ""));
    int[] returned = reply.descriptors("returned");
    assertEquals(MANY + 1, returned.length);
    for (int i = 0; i < MANY; i++) {
      assertEquals(target(many[i]), target(returned[i]));
      assertTrue(closesOnExec(returned[i]));
    }
    assertEquals(target(one), target(returned[MANY]));
    for (int descriptor : many) Libc.close(descriptor);
    for (int descriptor : returned) Libc.close(descriptor);
    Libc.close(one);
  }

  @Test
  void keepsWhatItReceivedWhenTheSocketCloses() throws Exception {
    Path file = directory.resolve("file");
    int sent = open(file);
    int[] received = {-1};
    try (Listener listener = sockets.listen(socket());
        Connection near = sockets.connect(socket());
        Connection far = listener.accept()) {
      near.sendDescriptors((byte) 0, new int[] {sent}, 0, 1);
      assertEquals(1, far.receiveDescriptors(received, 0, 1));
    }
    assertEquals(file.toRealPath().toString(), target(received[0]));
    Libc.close(received[0]);
    Libc.close(sent);
  }

  @Test
  void closesWhatDoesNotFit() throws Exception {
    int sent = open(directory.resolve("file"));
    try (Listener listener = sockets.listen(socket());
        Connection near = sockets.connect(socket());
        Connection far = listener.accept()) {
      far.sendDescriptors((byte) 0, new int[] {sent}, 0, 1); // junixsocket has its buffers now
      near.receiveDescriptors(new int[1], 0, 1);
      long before = descriptors();
      near.sendDescriptors((byte) 0, new int[] {sent, sent}, 0, 2);
      assertThrows(IOException.class, () -> far.receiveDescriptors(new int[1], 0, 1));
      assertEquals(before, descriptors());
    }
    Libc.close(sent);
  }

  @Test
  void readsNoFurtherThanAsked() throws Exception {
    int sent = open(directory.resolve("file"));
    try (Listener listener = sockets.listen(socket());
        Connection near = sockets.connect(socket());
        Connection far = listener.accept()) {
      NvSocket sender = new NvSocket(near);
      NvSocket receiver = new NvSocket(far);
      NvList first = NvList.builder().descriptor("d", sent).build();
      NvList second = NvList.builder().number("n", 7).build();
      sender.send(first);
      sender.send(second);
      int[] received = receiver.receive().descriptors();
      assertEquals(1, received.length);
      assertArrayEquals(second.pack(), receiver.receive().pack());
      Libc.close(received[0]);
    }
    Libc.close(sent);
  }

  private static long descriptors() throws IOException {
    try (var entries = Files.list(Path.of("/proc/self/fd"))) {
      return entries.count();
    }
  }

  /** Starts the other process. */
  private static final class OtherProcess implements AutoCloseable {
    final PosixKernel kernel = PosixKernel.start(Throwable::printStackTrace);
    final Heard heard = new Heard(kernel);
    final Kernel.Attachment attachment = kernel.attach(heard, List.of());

    int spawn(Class<?> program, String argument) throws Exception {
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      String classPath = System.getProperty("java.class.path");
      List<String> words =
          List.of(java, "-XX:TieredStopAtLevel=1", "-cp", classPath, program.getName(), argument);
      Spawn request =
          new Spawn(
              words,
              List.of("PATH=/usr/bin:/bin"),
              "/",
              null,
              null,
              -1,
              Stream.NULL,
              Stream.NULL,
              Stream.INHERIT);
      Spawned spawned = heard.onLoop(() -> kernel.spawn(request));
      return ((Spawned.Child) spawned).pid();
    }

    @Override
    public void close() {
      attachment.detach();
      kernel.close();
    }
  }

  @Test
  void saysThatNobodyListens() {
    assertThrows(IOException.class, () -> sockets.connect(socket()));
  }

  @Test
  void aReceiverHearsThatItsPeerLeft() throws Exception {
    try (Listener listener = sockets.listen(socket())) {
      Connection near = sockets.connect(socket());
      try (Connection far = listener.accept()) {
        near.close();
        assertEquals(-1, far.receiveDescriptors(new int[1], 0, 1));
      }
    }
  }
}
