package svc.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import svc.ipc.Message;

/** The whole program is replaced (execve(2)), and its clients notice nothing but the time. */
@Timeout(120)
class ExecTest {

  private static final int LIVES = Integer.getInteger("svc.lives", 4);

  @TempDir Path directory;

  @Test
  void socketsAndConversationsOutliveTheProgram() throws Exception {
    Path path = directory.resolve("sock");
    Process process = start(path);
    while (!path.toFile().exists()) assertTrue(process.isAlive());
    try (Client events = Client.to(path)) {
      events.write(Message.request(7, "events").build().pack());
      assertEquals(7, events.read().id());
      Hammer hammer = new Hammer(path, 4);
      for (int life = 2; life <= LIVES; life++) {
        hammer.await(200);
        ask(path, "again");
        while (ask(path, "life").list().number("life", 0) < life) assertTrue(process.isAlive());
        assertEquals(7, events.read().id(), "who is there now tells of events");
      }
      hammer.await(200);
      hammer.end();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static Message ask(Path path, String method) throws Exception {
    try (Client client = Client.to(path)) {
      client.write(Message.request(1, method).build().pack());
      return client.read();
    }
  }

  private Process start(Path path) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> words =
        List.of(
            "env",
            "--block-signal=CHLD",
            java,
            "-Xrs",
            "-cp",
            System.getProperty("java.class.path"),
            Reborn.class.getName(),
            path.toString());
    return new ProcessBuilder(words).inheritIO().start();
  }
}
