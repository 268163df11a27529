package svc.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.os.Pipes;

/** FIFOs and files of the machine that the test runs on. */
class PosixPipesTest {

  @TempDir Path directory;
  private final Pipes pipes = new PosixPipeSource().open();

  @AfterEach
  void close() {
    pipes.close();
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private int say(int fifo, String text) {
    return pipes.append(fifo, bytes(text), 0, text.length());
  }

  @Test
  void whatIsWrittenStaysWhileAnybodyHasIt() {
    int one = pipes.openFifo(path("fifo"));
    int other = pipes.openFifo(path("fifo"));
    assertEquals(5, say(one, "hello"));
    pipes.close(one);
    int spool = pipes.openFile(path("spool"), 0600, false);
    assertEquals(5, pipes.move(other, spool, 0, 100));
    assertEquals(0, pipes.move(other, spool, 5, 100));
    byte[] read = new byte[10];
    assertEquals(5, pipes.read(spool, 0, read, 10));
    assertArrayEquals(bytes("hello"), Arrays.copyOf(read, 5));
    pipes.close(other);
    pipes.close(spool);
  }

  @Test
  void noMoreIsMovedThanWasAskedFor() {
    int fifo = pipes.openFifo(path("fifo"));
    int spool = pipes.openFile(path("spool"), 0600, false);
    say(fifo, "x".repeat(10_000));
    assertEquals(6_000, pipes.move(fifo, spool, 0, 6_000));
    assertEquals(4_000, pipes.move(fifo, spool, 6_000, 6_000));
    assertEquals(10_000, pipes.size(spool));
    assertEquals(0, pipes.cut(spool, 3));
    assertEquals(3, pipes.size(spool));
    pipes.close(fifo);
    pipes.close(spool);
  }

  @Test
  void aFileIsNoFifo() throws IOException {
    Files.writeString(directory.resolve("file"), "text");
    assertEquals(-Pipes.EEXIST, pipes.openFifo(path("file")));
    assertEquals("EEXIST", pipes.errno(-Pipes.EEXIST).name());
  }

  @Test
  void aFileHasItsModeAndIsAddedTo() throws IOException {
    int file = pipes.openFile(path("log"), 0664, true);
    say(file, "one\n");
    say(file, "two\n");
    assertEquals("one\ntwo\n", Files.readString(directory.resolve("log")));
    assertEquals(0664, (int) Files.getAttribute(directory.resolve("log"), "unix:mode") & 0777);
    assertEquals(Files.getAttribute(directory.resolve("log"), "unix:ino"), pipes.identity(file));
    assertTrue(Math.abs(System.currentTimeMillis() - pipes.made(file)) < 600_000);
    pipes.close(file);
  }

  @Test
  void aNameThatIsTakenIsNotTaken() throws IOException {
    Files.writeString(directory.resolve("log"), "new");
    Files.writeString(directory.resolve("log.1"), "old");
    assertEquals(-Pipes.EEXIST, pipes.rename(path("log"), path("log.1")));
    assertEquals(0, pipes.rename(path("log"), path("log.2")));
    assertEquals(0, pipes.delete(path("log.1")));
    assertEquals(0, pipes.delete(path("log.1")));
    assertEquals("new", Files.readString(directory.resolve("log.2")));
  }

  @Test
  void aLockIsOneAtATime() {
    int one = pipes.openFile(path("file"), 0600, false);
    int other = pipes.openFile(path("file"), 0600, false);
    assertEquals(0, pipes.lock(one));
    assertEquals(-Pipes.EAGAIN, pipes.lock(other));
    pipes.close(one);
    assertEquals(0, pipes.lock(other));
    pipes.close(other);
  }

  @Test
  void itWaitsForWhatIsThereAndForACall() {
    int[] ready = new int[4];
    int fifo = pipes.openFifo(path("fifo"));
    assertEquals(0, pipes.watch(fifo, true));
    pipes.wake();
    assertEquals(0, pipes.await(-1, ready));
    say(fifo, "x");
    assertEquals(1, pipes.await(-1, ready));
    assertEquals(fifo, ready[0]);
    assertEquals(0, pipes.watch(fifo, false));
    assertEquals(0, pipes.await(0, ready));
    assertEquals(0, pipes.watch(fifo, true));
    assertEquals(1, pipes.await(-1, ready));
    pipes.close(fifo);
  }

  @Test
  void nothingIsAllocatedOnTheWay() {
    int[] ready = new int[4];
    byte[] line = bytes("a line\n");
    byte[] read = new byte[100];
    int fifo = pipes.openFifo(path("fifo"));
    int spool = pipes.openFile(path("spool"), 0600, false);
    int log = pipes.openFile(path("log"), 0600, true);
    pipes.watch(fifo, true);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long me = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 20; round++) {
      long before = threads.getThreadAllocatedBytes(me);
      for (int i = 0; i < 100; i++) {
        pipes.append(fifo, line, 0, line.length);
        pipes.await(-1, ready);
        pipes.move(fifo, spool, 0, 100);
        pipes.read(spool, 0, read, 7);
        pipes.size(log);
        pipes.write(spool, 1000, read, 48);
        pipes.append(log, read, 0, 7);
        pipes.cut(spool, 0);
      }
      least = Math.min(least, threads.getThreadAllocatedBytes(me) - before);
    }
    assertEquals(0, least);
    assertEquals(14_000, pipes.size(log));
    for (int each : new int[] {fifo, spool, log}) pipes.close(each);
  }
}
