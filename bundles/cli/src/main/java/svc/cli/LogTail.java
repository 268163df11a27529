package svc.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import svc.service.LogFiles;

/**
 * Shows what services write to their logs from now on. It hears of changes by inotify, so that it
 * sleeps while nobody writes.
 */
final class LogTail {

  private static final int BLOCK = 16 << 10;

  /** What has no newline yet is kept up to here and then shown as a line. */
  private static final int LINE_LIMIT = 16 << 10;

  private final class Log {
    final String service;
    final Path file;
    final boolean stamped;
    final ByteArrayOutputStream partial = new ByteArrayOutputStream();
    FileChannel channel;

    /** What tells the file that is open from those before and after it. */
    Object key;

    Log(String service, boolean stamped) {
      this.service = service;
      this.stamped = stamped;
      this.file = directory.resolve(LogFiles.current(service));
      try {
        if (openNew()) channel.position(channel.size());
      } catch (IOException e) {
        key = null; // it is tried again when it is written to
      }
    }

    /** Shows what is new: the rest of the file that was written to, and what came after it. */
    void read() {
      try {
        if (channel != null) readOn();
        if (openNew()) readOn();
      } catch (IOException e) {
        // it went away between two looks, or is none of ours to read; its state is told anyway
      }
    }

    /** Whether there is another file than before. */
    private boolean openNew() throws IOException {
      if (!Files.isRegularFile(file)) return false;
      Object now = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      if (now.equals(key)) return false;
      if (channel != null) channel.close();
      channel = FileChannel.open(file);
      key = now;
      return true;
    }

    /** A file that became shorter was begun anew. */
    private void readOn() throws IOException {
      if (channel.size() < channel.position()) channel.position(0);
      while (channel.read(block.clear()) > 0) take(block.array(), block.position());
    }

    private void take(byte[] bytes, int length) {
      int from = 0;
      for (int i = 0; i < length; i++) {
        if (bytes[i] != '\n') continue;
        partial.write(bytes, from, i - from);
        show();
        from = i + 1;
      }
      partial.write(bytes, from, length - from);
      if (partial.size() >= LINE_LIMIT) show();
    }

    private void show() {
      byte[] line = partial.toByteArray();
      partial.reset();
      int stamp = stamped ? LogFiles.stamp(line, line.length) : 0;
      screen.output(service, line, stamp, line.length - stamp);
    }

    void finish() {
      read();
      if (partial.size() > 0) show();
    }
  }

  private final Path directory;
  private final Screen screen;
  private final ByteBuffer block = ByteBuffer.allocate(BLOCK);
  private final Map<String, Log> logs = new HashMap<>();
  private final WatchService watch;
  private final Thread thread = new Thread(this::follow, "logs");

  private LogTail(
      Path directory, Collection<String> services, Predicate<String> stamped, Screen screen)
      throws IOException {
    this.directory = directory;
    this.screen = screen;
    for (String service : services)
      logs.put(LogFiles.current(service), new Log(service, stamped.test(service)));
    watch = directory.getFileSystem().newWatchService();
    directory.register(
        watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
  }

  /**
   * Begins with what is written after this call.
   *
   * @param stamped whether the lines of a service's log have stamps, which are not shown
   */
  static LogTail start(
      Path directory, Collection<String> services, Predicate<String> stamped, Screen screen)
      throws Failure {
    try {
      LogTail tail = new LogTail(directory, services, stamped, screen);
      tail.thread.setDaemon(true);
      tail.thread.start();
      return tail;
    } catch (IOException e) {
      throw Failure.file(directory, e);
    }
  }

  private void follow() {
    try {
      while (true) {
        WatchKey key = watch.take();
        for (WatchEvent<?> event : key.pollEvents()) changed(event);
        if (!key.reset()) return;
      }
    } catch (ClosedWatchServiceException end) {
      // what was written since is read by finish()
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void changed(WatchEvent<?> event) {
    if (event.kind() == StandardWatchEventKinds.OVERFLOW) {
      logs.values().forEach(Log::read);
      return;
    }
    Log log = logs.get(event.context().toString());
    if (log != null) log.read();
  }

  /** Shows the rest; everything that wrote has ended. */
  void finish() throws InterruptedException {
    try {
      watch.close();
    } catch (IOException e) {
      thread.interrupt();
    }
    thread.join();
    logs.values().forEach(Log::finish);
  }
}
