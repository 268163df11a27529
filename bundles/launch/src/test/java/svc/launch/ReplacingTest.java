package svc.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplacingTest {

  @TempDir Path run;

  private Path file() {
    return run.resolve("replacing");
  }

  private void write(String text) throws IOException {
    Files.writeString(file(), text);
  }

  @Test
  void isBelievedWhileTheProcessLives() throws IOException {
    assertFalse(Replacing.isGoingOn(run));
    Replacing.mark(run);
    assertTrue(Replacing.isGoingOn(run));
    assertTrue(Replacing.isOver(run));
    String own = String.valueOf(ProcessHandle.current().pid());
    assertEquals(own, Files.readString(file()).split(" ")[0]);
  }

  @Test
  void notWhenAnotherHasItsPidOrItIsTorn() throws IOException {
    Replacing.mark(run);
    String[] words = Files.readString(file()).strip().split(" ");
    write(words[0] + " " + (Long.parseLong(words[1]) - 1));
    assertFalse(Replacing.isOver(run));
    assertFalse(Replacing.isGoingOn(run));
    for (String text : new String[] {words[0], "", "999999999 1", "../self 1", "x"}) {
      write(text);
      assertFalse(Replacing.isGoingOn(run), text);
    }
  }

  @Test
  void andNotForLong() throws IOException {
    Replacing.mark(run);
    Instant before = Instant.now().minus(Duration.ofMinutes(3));
    Files.setLastModifiedTime(file(), FileTime.from(before));
    assertFalse(Replacing.isGoingOn(run));
  }
}
