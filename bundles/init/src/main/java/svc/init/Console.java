package svc.init;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import svc.os.Kernel;

/**
 * Where an init says what it does: the console, and a file as soon as one can be written. A
 * terminal may hold up whoever writes to it (termios(3), XOFF), so a thread of its own writes
 * there, and what cannot be written in time is dropped. The file is not kept open: file systems are
 * to be detached.
 */
final class Console {

  private static final int LINES = 256;
  private static final long FLUSH_MILLIS = 500;
  private static final int DIRECTORY_MODE = 0755;

  private final PrintStream stream;
  private final Kernel kernel;
  private final Thread writer = new Thread(this::write, "svc.console");
  private final BlockingQueue<Runnable> lines = new ArrayBlockingQueue<>(LINES);

  /** For a file that cannot be written yet. */
  private final Deque<String> kept = new ArrayDeque<>();

  Console(PrintStream stream, Kernel kernel) {
    this.stream = stream;
    this.kernel = kernel;
    writer.setDaemon(true);
    writer.start();
  }

  private void write() {
    try {
      while (true) lines.take().run();
    } catch (InterruptedException over) {
      for (Runnable line = lines.poll(); line != null; line = lines.poll()) line.run();
    }
  }

  /** What was printed before is written, and the thread ends. Any thread; nothing is waited for. */
  void close() {
    writer.interrupt();
  }

  void print(String line) {
    lines.offer(() -> stream.println(line));
  }

  /** Loop thread. */
  void log(String file, String line) {
    kept.addLast(line + "\n");
    if (kept.size() > LINES) kept.removeFirst();
    byte[] bytes = String.join("", kept).getBytes(StandardCharsets.UTF_8);
    kernel.makeDirectory(file.substring(0, Math.max(0, file.lastIndexOf('/'))), DIRECTORY_MODE);
    if (kernel.append(file, bytes).ok()) kept.clear();
  }

  /** Waits until all is written, but not for a terminal that does not take it. */
  void flush() {
    CountDownLatch written = new CountDownLatch(1);
    lines.offer(stream::flush);
    lines.offer(written::countDown);
    try {
      written.await(FLUSH_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
