package svc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import svc.service.Durations;
import svc.service.LogFiles;
import svc.service.LogSettings;
import svc.service.LogSettings.Stamp;

/** What becomes of older files, also of those that a predecessor had not done with. */
@Timeout(120)
class ArchiveTest {

  @TempDir Path directory;
  private int steppedBack;
  private Archive archive;

  @AfterEach
  void stop() throws InterruptedException {
    if (archive != null) archive.stop(10_000);
  }

  private static LogSettings settings(int keep, boolean compress) {
    return new LogSettings(
        Stamp.NONE, 1 << 20, Durations.FOREVER, keep, compress, 1 << 16, 0640, false);
  }

  private String older(int number, String text) throws IOException {
    String name = LogFiles.older("web", number * 1000L);
    Files.writeString(directory.resolve(name), text);
    return name;
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  private void look(int keep, boolean compress) {
    archive = new Archive(directory, () -> steppedBack++);
    archive.look("web", settings(keep, compress));
  }

  private void await(List<String> expected) throws IOException {
    List<String> sorted = expected.stream().sorted().toList();
    while (!files().equals(sorted)) Thread.onSpinWait(); // until the test's time is over
  }

  private String unpacked(String name) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(directory.resolve(name)))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void olderFilesAreCompressedAndTheOldestGo() throws IOException {
    List<String> names = List.of(older(1, "one"), older(2, "two"), older(3, "three"));
    Files.setPosixFilePermissions(
        directory.resolve(names.get(2)), PosixFilePermissions.fromString("rw-r-----"));
    Files.writeString(directory.resolve("web.log"), "now");
    Files.writeString(directory.resolve("other.log." + names.get(0).substring(8)), "another's");
    look(2, true);
    await(
        List.of(
            "other.log." + names.get(0).substring(8),
            "web.log",
            names.get(1) + ".gz",
            names.get(2) + ".gz"));
    assertEquals("two", unpacked(names.get(1) + ".gz"));
    assertEquals("three", unpacked(names.get(2) + ".gz"));
    assertEquals(
        "rw-r-----",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(directory.resolve(names.get(2) + ".gz"))));
    assertEquals(1, steppedBack);
  }

  @Test
  void whatIsHalfCompressedIsDoneAnew() throws IOException {
    String half = older(1, "one");
    Files.writeString(directory.resolve(half + ".gz.new"), "no gzip at all");
    String done = older(2, "two");
    look(10, true);
    await(List.of(half + ".gz", done + ".gz"));
    assertEquals("one", unpacked(half + ".gz"));
    archive.look("web", settings(10, true));
    older(2, "two"); // as if it had not been removed
    archive.look("web", settings(10, true));
    await(List.of(half + ".gz", done + ".gz"));
    assertEquals("two", unpacked(done + ".gz"));
  }

  @Test
  void orTheyStayAsTheyAre() throws IOException {
    older(1, "one");
    String two = older(2, "two");
    look(1, false);
    await(List.of(two));
    assertEquals("two", Files.readString(directory.resolve(two)));
  }
}
