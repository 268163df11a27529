package svc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import svc.nv.NvList;
import svc.service.ServiceState;

@Timeout(60)
class LogsCommandTest {

  @TempDir Path directory;
  private final Ran.Runner runner = new Ran.Runner();

  @BeforeEach
  void noManager() {
    runner.environment.put("SVC_SOCKET", directory.resolve("sock").toString());
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  private Ran logs(String... more) {
    String[] words = new String[more.length + 3];
    words[0] = "logs";
    words[1] = "--log-dir";
    words[2] = directory.toString();
    System.arraycopy(more, 0, words, 3, more.length);
    return runner.svc(words);
  }

  @Test
  void theLastLinesComeFromAsManyFilesAsItTakes() throws Exception {
    write("db.log", "six\nseven");
    write("db.log.20261126T120000.000Z", "three\nfour\nfive\n");
    try (OutputStream out =
        new GZIPOutputStream(
            Files.newOutputStream(directory.resolve("db.log.20261125T120000.000Z.gz")))) {
      out.write("one\ntwo\n".getBytes(StandardCharsets.UTF_8));
    }
    write("db.log.old", "never\n");
    assertEquals(List.of("six", "seven"), logs("-n", "2", "db").good().lines());
    assertEquals(
        List.of("two", "three", "four", "five", "six", "seven"),
        logs("-n", "6", "db").good().lines());
    assertEquals(7, logs("-n", "100", "db").good().lines().size());
    assertEquals(List.of(), logs("-n", "0", "db").good().lines());
  }

  @Test
  void severalHaveTheirNamesInFront() throws Exception {
    write("db.log", "a\n");
    write("web.log", "b\n");
    assertEquals(List.of("db  | a", "web | b"), logs().good().lines());
    assertEquals(List.of("web | b", "db  | a"), logs("web", "db", "web").good().lines());
  }

  @Test
  void bytesStayWhatTheyAre() throws Exception {
    byte[] bytes = {(byte) 0xff, 'x', '\n'};
    Files.write(directory.resolve("db.log"), bytes);
    assertEquals((byte) 0xff, logs("db").good().bytes()[0]);
  }

  @Test
  void whoHasNoLogIsNamedWithTheNearest() throws Exception {
    write("redis.log", "");
    logs("rediss").bad(3, "no log of rediss in " + directory + "; did you mean redis?");
    logs("-n", "-1").bad(2, "-n: expected a number of lines from 0 on");
    runner.svc("logs", "--log-dir", "/nowhere").bad(1, "/nowhere: no such directory");
  }

  @Test
  void theManagerSaysWhereTheyAre() throws Exception {
    write("db.log", "a\n");
    NvList db = FakeManager.service("db", ServiceState.UP, 1, 1, "");
    try (FakeManager manager =
        new FakeManager(
            directory.resolve("sock"),
            (request, conversation) -> {
              conversation.send(
                  request
                      .answer()
                      .string("logs", directory.toString())
                      .lists("services", List.of(db))
                      .build());
              return true;
            })) {
      assertEquals(List.of("a"), runner.svc("logs", "db").good().lines());
      assertEquals(1, manager.requests.size());
    }
  }

  /** Standard output that a test waits for, and that somebody closes then. */
  private static final class Reader extends ByteArrayOutputStream {
    private final CountDownLatch begun = new CountDownLatch(1);
    private volatile boolean closed;

    @Override
    public synchronized void write(byte[] bytes, int from, int length) {
      super.write(bytes, from, length);
      begun.countDown();
    }

    @Override
    public void flush() throws IOException {
      if (closed) throw new IOException("Broken pipe");
    }
  }

  @Test
  void whatIsWrittenFromNowOnFollows() throws Exception {
    write("db.log", "old\n");
    Reader reader = new Reader();
    runner.out = reader;
    Thread thread = new Thread(() -> logs("-f", "db"));
    thread.start();
    assertTrue(reader.begun.await(30, TimeUnit.SECONDS));
    Path log = directory.resolve("db.log");
    while (!reader.toString(StandardCharsets.UTF_8).contains("new")) {
      Files.writeString(log, "new\n", StandardOpenOption.APPEND);
      Thread.onSpinWait();
    }
    assertTrue(reader.toString(StandardCharsets.UTF_8).startsWith("old\n"));
    reader.closed = true;
    while (thread.isAlive()) {
      Files.writeString(log, "more\n", StandardOpenOption.APPEND);
      thread.join(10);
    }
  }
}
