package svc.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.os.Errno;

/** FIFOs and datagram sockets, written to as others write to them. */
class InletsTest {

  @TempDir Path directory;

  private final CompletableFuture<Throwable> fault = new CompletableFuture<>();
  private final LinkedBlockingQueue<byte[]> pieces = new LinkedBlockingQueue<>();
  private PosixKernel kernel;
  private Heard heard;
  private Path path;

  @BeforeEach
  void start() {
    kernel = PosixKernel.start(fault::complete);
    heard = new Heard(kernel);
    path = directory.resolve("inlet");
  }

  @AfterEach
  void end() {
    kernel.close();
    assertFalse(fault.isDone(), () -> "the loop ended by " + fault.join());
  }

  private Errno fifo(Path at, int mode) throws Exception {
    return heard.onLoop(() -> kernel.openFifo(at.toString(), mode, pieces::add));
  }

  private Errno datagrams(String at) throws Exception {
    return heard.onLoop(
        () -> kernel.openDatagrams(at, 0600, datagram -> pieces.add(datagram.bytes())));
  }

  private Errno notify(String at, String text) throws Exception {
    return heard.onLoop(() -> kernel.notify(at, text));
  }

  private void close(String at) throws Exception {
    heard.onLoop(
        () -> {
          kernel.closeInlet(at);
          return null;
        });
  }

  private void write(byte... bytes) throws Exception {
    try (OutputStream writer = Files.newOutputStream(path, StandardOpenOption.WRITE)) {
      writer.write(bytes);
    }
  }

  private byte[] hear(int count) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (all.size() < count) {
      byte[] piece = pieces.poll(Heard.PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertTrue(piece != null, () -> "only " + all.size() + " bytes of " + count);
      all.writeBytes(piece);
    }
    return all.toByteArray();
  }

  private String word() throws Exception {
    byte[] piece = pieces.poll(Heard.PATIENCE_SECONDS, TimeUnit.SECONDS);
    return piece == null ? null : new String(piece, StandardCharsets.UTF_8);
  }

  private static String mode(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static String type(Path file) throws Exception {
    int type = (Integer) Files.getAttribute(file, "unix:mode") & 0170000;
    return Integer.toOctalString(type);
  }

  @Test
  void aFifoIsMadeWithItsModeWhateverTheUmask() throws Exception {
    assertEquals(Errno.OK, fifo(path, 0622));
    assertEquals("10000", type(path));
    assertEquals("rw--w--w-", mode(path));
  }

  @Test
  void aFifoThatIsThereIsUsedAsItIs() throws Exception {
    assertEquals(Errno.OK, fifo(path, 0600));
    close(path.toString());
    assertTrue(Files.exists(path));
    assertEquals(Errno.OK, fifo(path, 0666));
    assertEquals("rw-------", mode(path));
    write((byte) 1);
    assertArrayEquals(new byte[] {1}, hear(1));
  }

  @Test
  void whatIsNoFifoIsRefusedAndStays() throws Exception {
    Files.writeString(path, "precious");
    assertEquals("EEXIST", fifo(path, 0600).name());
    assertEquals("precious", Files.readString(path));
    assertEquals("EEXIST", fifo(directory, 0600).name());
  }

  @Test
  void aLinkToAFifoIsRefused() throws Exception {
    Path real = directory.resolve("real");
    assertEquals(Errno.OK, fifo(real, 0600));
    Files.createSymbolicLink(path, real);
    assertEquals("EEXIST", fifo(path, 0600).name());
    Path dangling = Files.createSymbolicLink(directory.resolve("dangling"), Path.of("nowhere"));
    assertEquals("EEXIST", fifo(dangling, 0600).name());
    assertFalse(Files.exists(directory.resolve("nowhere")));
  }

  @Test
  void aFifoWhoseDirectoryIsNotThereIsRefused() throws Exception {
    assertEquals(Errno.ENOENT, fifo(path.resolve("deeper"), 0600));
  }

  @Test
  void aWriterComesAndGoesAndComesAgain() throws Exception {
    assertEquals(Errno.OK, fifo(path, 0600));
    for (byte i = 0; i < 20; i++) {
      write(i, (byte) (i + 1));
      assertArrayEquals(new byte[] {i, (byte) (i + 1)}, hear(2));
    }
  }

  @Test
  void whatManyWriteAtOnceArrivesWholeAndUnmixed() throws Exception {
    assertEquals(Errno.OK, fifo(path, 0600));
    List<CompletableFuture<Void>> writers = new ArrayList<>();
    for (byte i = 1; i <= 4; i++) {
      byte[] request = new byte[384];
      Arrays.fill(request, i);
      writers.add(
          CompletableFuture.runAsync(
              () -> {
                try {
                  for (int j = 0; j < 100; j++) write(request);
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              }));
    }
    byte[] all = hear(4 * 100 * 384);
    for (CompletableFuture<Void> writer : writers) writer.join();
    for (int at = 0; at < all.length; at += 384) {
      byte[] request = new byte[384];
      Arrays.fill(request, all[at]);
      assertArrayEquals(request, Arrays.copyOfRange(all, at, at + 384));
    }
  }

  @Test
  void aFifoOpenedAnewIsReadOnce() throws Exception {
    assertEquals(Errno.OK, fifo(path, 0600));
    Files.delete(path);
    assertEquals(Errno.OK, fifo(path, 0600));
    write((byte) 7);
    assertArrayEquals(new byte[] {7}, hear(1));
  }

  @Test
  void aReaderMayCloseItsFifo() throws Exception {
    heard.onLoop(
        () ->
            kernel.openFifo(
                path.toString(),
                0600,
                bytes -> {
                  pieces.add(bytes);
                  kernel.closeInlet(path.toString());
                }));
    write(new byte[9000]); // more than one piece
    assertEquals(4096, hear(1).length);
    assertEquals(null, heard.onLoop(() -> pieces.poll()));
  }

  @Test
  void datagramsAreHeardOneByOneAtAPath() throws Exception {
    assertEquals(Errno.OK, datagrams(path.toString()));
    assertEquals("140000", type(path));
    assertEquals("rw-------", mode(path));
    assertEquals(Errno.OK, notify(path.toString(), "READY=1\nSTATUS=wört"));
    assertEquals(Errno.OK, notify(path.toString(), "STOPPING=1"));
    assertEquals(Errno.OK, notify(path.toString(), ""));
    assertEquals("READY=1\nSTATUS=wört", word());
    assertEquals("STOPPING=1", word());
    assertEquals("", word());
    close(path.toString());
    assertFalse(Files.exists(path));
    assertEquals(Errno.ENOENT, notify(path.toString(), "READY=1"));
  }

  @Test
  void datagramsAreHeardAtAnAbstractNameWhichIsNoFile() throws Exception {
    String name = "@svc-test-" + kernel.pid() + "-" + System.nanoTime();
    Path file = Files.writeString(Path.of(name), "precious");
    try {
      assertEquals(Errno.OK, datagrams(name));
      assertEquals(Errno.OK, notify(name, "READY=1"));
      assertEquals("READY=1", word());
      close(name);
      assertEquals("ECONNREFUSED", notify(name, "READY=1").name());
      assertTrue(Files.exists(file));
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void aSocketMadeAnewAtTheSamePathIsTheOneThatIsHeard() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertEquals(Errno.OK, datagrams(path.toString()));
      assertEquals(Errno.OK, notify(path.toString(), "number " + i));
      assertEquals("number " + i, word());
    }
  }

  @Test
  void aSocketTakesThePlaceOfOneThatWasLeft() throws Exception {
    assertEquals(Errno.OK, datagrams(path.toString()));
    Path left = directory.resolve("left");
    Files.move(path, left);
    assertEquals(Errno.OK, datagrams(left.toString()));
    assertEquals(Errno.OK, notify(left.toString(), "READY=1"));
    assertEquals("READY=1", word());
  }

  @Test
  void aNameThatIsTooLongIsRefused() throws Exception {
    for (String name : List.of("/" + "x".repeat(107), "@" + "x".repeat(108))) {
      assertEquals(Errno.EINVAL, datagrams(name));
      assertEquals(Errno.EINVAL, notify(name, "READY=1"));
    }
    assertEquals(Errno.OK, datagrams("@" + kernel.pid() + "x".repeat(90)));
  }

  @Test
  void aDatagramThatIsTooLongIsCut() throws Exception {
    assertEquals(Errno.OK, datagrams(path.toString()));
    assertEquals(Errno.OK, notify(path.toString(), "x".repeat(5000)));
    assertEquals("x".repeat(4096), word());
    assertEquals(Errno.OK, notify(path.toString(), "next"));
    assertEquals("next", word());
  }

  @Test
  void nobodyListensOnAnyPathThatIsClosed() throws Exception {
    close("/no/such");
    assertEquals(Errno.ENOENT, notify("/no/such", "READY=1"));
  }

  @Test
  void leaksNoDescriptor() throws Exception {
    fifo(path, 0600);
    long before = descriptors();
    for (int i = 0; i < 20; i++) {
      fifo(path, 0600);
      fifo(directory, 0600);
      datagrams(directory.resolve("socket").toString());
      datagrams("/no/such/directory");
      notify("/no/such", "x");
      close(directory.resolve("socket").toString());
    }
    assertEquals(before, descriptors());
  }

  private static long descriptors() throws Exception {
    try (var entries = Files.list(Path.of("/proc/self/fd"))) {
      return entries.count();
    }
  }
}
