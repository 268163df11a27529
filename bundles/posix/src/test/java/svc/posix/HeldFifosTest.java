package svc.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.os.Errno;

/** What is in a pipe waits while nobody but us has it open. */
class HeldFifosTest {

  @TempDir Path directory;

  private final CompletableFuture<Throwable> fault = new CompletableFuture<>();
  private final LinkedBlockingQueue<String> refused = new LinkedBlockingQueue<>();
  private PosixKernel kernel;
  private Heard heard;

  @BeforeEach
  void start() throws IOException {
    kernel = PosixKernel.start(fault::complete);
    heard = new Heard(kernel);
    directory = directory.toRealPath();
  }

  @AfterEach
  void end() {
    kernel.close();
    assertFalse(fault.isDone(), () -> "the loop ended by " + fault.join());
  }

  private Errno holdAll(int most) throws Exception {
    return heard.onLoop(
        () ->
            kernel.holdFifos(
                directory.toString(), most, (path, errno) -> refused.add(path + " " + errno)));
  }

  private Path make(String name) throws Exception {
    Path path = directory.resolve(name);
    assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
    return path;
  }

  /** Opened to read and write, so that neither waits for somebody else. */
  private static void write(Path fifo, String text) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(fifo.toFile(), "rw")) {
      file.writeBytes(text + "\n");
    }
  }

  private static String read(Path fifo) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(fifo.toFile(), "rw")) {
      return file.readLine();
    }
  }

  /** How often it is open in this process. */
  private static long open(Path path) throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(each -> isOn(each, path)).count();
    }
  }

  private static boolean isOn(Path descriptor, Path path) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.equals(path.toString()) || target.equals(path + " (deleted)");
    } catch (IOException closed) {
      return false;
    }
  }

  private static void awaitOpen(long expected, Path path) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (open(path) != expected && System.nanoTime() < end) Thread.onSpinWait();
    assertEquals(expected, open(path), path::toString);
  }

  @Test
  void whatIsInAHeldOneStays() throws Exception {
    Path fifo = directory.resolve("one");
    assertEquals(Errno.OK, heard.onLoop(() -> kernel.holdFifo(fifo.toString())));
    assertEquals(Errno.OK, heard.onLoop(() -> kernel.holdFifo(fifo.toString())));
    write(fifo, "kept");
    assertEquals("kept", read(fifo));
    heard.onLoop(
        () -> {
          kernel.releaseFifo(fifo.toString());
          return null;
        });
    awaitOpen(0, fifo);
  }

  @Test
  void allOfADirectoryAreHeldWhetherTheyWereThereOrCome() throws Exception {
    Path before = make("before");
    assertEquals(Errno.OK, holdAll(9));
    awaitOpen(1, before);
    Path after = make("after");
    awaitOpen(1, after);
    for (Path fifo : List.of(before, after)) {
      write(fifo, "kept");
      assertEquals("kept", read(fifo));
    }
    Files.move(after, directory.resolve("moved"));
    awaitOpen(1, directory.resolve("moved"));
    assertEquals(0, open(after));
  }

  @Test
  void oneThatIsRemovedIsHeldNoLongerAndAnotherOfItsNameIs() throws Exception {
    assertEquals(Errno.OK, holdAll(9));
    for (int i = 0; i < 20; i++) {
      Path fifo = make("again");
      awaitOpen(1, fifo);
      Files.delete(fifo);
    }
    awaitOpen(0, directory.resolve("again"));
    assertFalse(Files.exists(directory.resolve("again")));
  }

  @Test
  void onlyFifosAreOpenedAndNoLinks() throws Exception {
    assertEquals(Errno.OK, holdAll(9));
    Path file = Files.writeString(directory.resolve("file"), "");
    Path folder = Files.createDirectory(directory.resolve(".folder"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    Path last = make("last");
    awaitOpen(1, last);
    for (Path other : List.of(file, folder, link)) assertEquals(0, open(other));
  }

  @Test
  void thereIsALimitThatIsTold() throws Exception {
    Path first = make("first");
    assertEquals(Errno.OK, holdAll(1));
    Path second = make("second");
    String told = refused.poll(30, TimeUnit.SECONDS);
    assertEquals(second + " Too many open files (EMFILE)", told);
    assertEquals(0, open(second));
    Files.delete(first);
    awaitOpen(0, first);
    make("third");
    awaitOpen(1, directory.resolve("third"));
  }

  @Test
  void whatCannotBeWatchedIsToldWithItsErrno() throws Exception {
    directory = directory.resolve("missing");
    assertEquals(Errno.ENOENT, holdAll(1));
  }
}
