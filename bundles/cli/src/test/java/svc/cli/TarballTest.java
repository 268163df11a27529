package svc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarballTest {

  @TempDir Path directory;
  private final ByteArrayOutputStream tar = new ByteArrayOutputStream();

  private void entry(char type, String name, String link, String mode, String content) {
    byte[] header = new byte[512];
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    put(header, 0, name);
    put(header, 100, mode);
    put(header, 124, String.format("%011o", bytes.length));
    header[156] = (byte) type;
    put(header, 157, link);
    put(header, 257, "ustar");
    tar.writeBytes(header);
    tar.writeBytes(Arrays.copyOf(bytes, bytes.length + 511 & ~511));
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private Path unpack() throws IOException, Failure {
    Path file = directory.resolve("a.tar.gz");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      tar.writeTo(out);
      out.write(new byte[1024]);
    }
    Path to = Files.createDirectory(directory.resolve("tree"));
    Tarball.unpack(file, to);
    return to;
  }

  private void refused(String why) {
    Failure failure = assertThrows(Failure.class, this::unpack);
    assertTrue(failure.getMessage().startsWith("nothing changed: "), failure.getMessage());
    assertTrue(failure.getMessage().contains(why), failure.getMessage());
  }

  @Test
  void comesOutWithoutItsTopmostDirectoryAndWritableByNobodyElse() throws Exception {
    entry('5', "svc-1/", "", "0000777", "");
    entry('0', "svc-1/bin/svc", "", "0004777", "run");
    entry('0', "svc-1/lib/a.jar", "", "0000666", "jar");
    entry('2', "svc-1/lib/b.jar", "a.jar", "0000777", "");
    Path tree = unpack();
    assertEquals("run", Files.readString(tree.resolve("bin/svc")));
    assertEquals("jar", Files.readString(tree.resolve("lib/b.jar")));
    assertEquals("rwxr-xr-x", mode(tree.resolve("bin/svc")));
    assertEquals("rw-r--r--", mode(tree.resolve("lib/a.jar")));
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void longNamesAreReadAsGnuAndPaxWriteThem() throws Exception {
    String name = "svc-1/" + "d".repeat(60) + "/" + "f".repeat(60);
    entry('L', "././@LongLink", "", "0000644", name + "\0");
    entry('0', "cut", "", "0000644", "gnu");
    entry('x', "pax", "", "0000644", "20 mtime=1\n140 path=" + name + "2\n");
    entry('0', "cut", "", "0000644", "pax");
    Path folder = unpack().resolve("d".repeat(60));
    assertEquals("gnu", Files.readString(folder.resolve("f".repeat(60))));
    assertEquals("pax", Files.readString(folder.resolve("f".repeat(60) + "2")));
  }

  @Test
  void whatLeavesTheTreeIsRefused() {
    entry('0', "svc-1/../../etc/passwd", "", "0000644", "x");
    refused("leaves the tree");
  }

  @Test
  void soIsAnAbsolutePath() {
    entry('0', "/etc/passwd", "", "0000644", "x");
    refused("leaves the tree");
  }

  @Test
  void soIsALinkThatLeadsOut() {
    entry('2', "svc-1/lib", "../../..", "0000777", "");
    refused("leads out of the tree");
  }

  @Test
  void soIsAWayThroughALink() {
    entry('5', "svc-1/lib", "", "0000755", "");
    entry('2', "svc-1/other", "lib", "0000777", "");
    entry('0', "svc-1/other/a.jar", "", "0000644", "x");
    refused("leads through a link");
  }

  @Test
  void soAreDevicesAndHardLinks() {
    for (char type : List.of('1', '3', '4', '6').toArray(new Character[0])) {
      tar.reset();
      entry(type, "svc-1/x", "svc-1/y", "0000644", "");
      Failure failure =
          assertThrows(
              Failure.class,
              () -> {
                Tree.delete(directory.resolve("tree"));
                unpack();
              });
      assertTrue(failure.getMessage().contains("neither file nor directory"));
    }
  }

  @Test
  void oneThatIsCutShortIsRefused() {
    entry('0', "svc-1/a", "", "0000644", "x");
    byte[] whole = tar.toByteArray();
    tar.reset();
    tar.write(whole, 0, 100);
    Path file = directory.resolve("a.tar.gz");
    Failure failure =
        assertThrows(
            Failure.class,
            () -> {
              try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
                tar.writeTo(out);
              }
              Tarball.unpack(file, Files.createDirectory(directory.resolve("tree")));
            });
    assertTrue(failure.getMessage().contains("is no complete .tar.gz"), failure.getMessage());
  }
}
