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
    volatile boolean stamped;
    final ByteArrayOutputStream partial = new ByteArrayOutputStream();
    FileChannel channel;

    /** What tells the file that is open from those before and after it. */
    Object key;

    Log(String service, boolean stamped) {
      this.service = service;
      this.stamped = stamped;
      this.file = directory.resolve(LogFiles.current(service));
    }

    /** Whatever was there then is not shown. */
    Log from(End end) {
      try {
        if (openNew() && key.equals(end.key)) channel.position(end.size);
      } catch (IOException e) {
        key = null; // it is tried again when it is written to
      }
      return this;
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

  /** A file as it was when we began; without a key when there was none. */
  private record End(Object key, long size) {
    static final End NONE = new End(null, 0);

    static End of(Path file) throws IOException {
      if (!Files.isRegularFile(file)) return NONE;
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new End(attributes.fileKey(), attributes.size());
    }
  }

  private final Path directory;
  private final Screen screen;

  /** Of all files, since services may come that nobody knows yet. */
  private final Map<String, End> ends = new HashMap<>();

  private final ByteBuffer block = ByteBuffer.allocate(BLOCK);
  private final Map<String, Log> logs = new HashMap<>();
  private final WatchService watch;
  private final Thread thread = new Thread(this::follow, "logs");

  private LogTail(
      Path directory, Collection<String> services, Predicate<String> stamped, Screen screen)
      throws IOException {
    this.directory = directory;
    this.screen = screen;
    for (String service : ServiceLog.services(directory)) {
      String file = LogFiles.current(service);
      ends.put(file, End.of(directory.resolve(file)));
    }
    for (String service : services) log(service, stamped.test(service));
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
    LogTail tail = open(directory, services, stamped, screen);
    tail.begin();
    return tail;
  }

  /** Knows from now on what is new, and shows it when it has {@linkplain #begin begun}. */
  static LogTail open(
      Path directory, Collection<String> services, Predicate<String> stamped, Screen screen)
      throws Failure {
    try {
      return new LogTail(directory, services, stamped, screen);
    } catch (IOException e) {
      throw Failure.file(directory, e);
    }
  }

  void begin() {
    thread.setDaemon(true);
    thread.start();
  }

  /** A service that there is, of which nobody may have known before. Any thread. */
  synchronized void add(String service, boolean stamped) {
    if (!logs.containsKey(LogFiles.current(service))) log(service, stamped).read();
    logs.get(LogFiles.current(service)).stamped = stamped;
  }

  private Log log(String service, boolean stamped) {
    String file = LogFiles.current(service);
    Log log = new Log(service, stamped).from(ends.getOrDefault(file, End.NONE));
    logs.put(file, log);
    return log;
  }

  /** Waits until nobody reads any more what is shown. */
  void await() throws InterruptedException {
    thread.join();
  }

  private void follow() {
    try {
      readAll();
      while (!screen.broken()) {
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

  private synchronized void readAll() {
    logs.values().forEach(Log::read);
  }

  private synchronized void changed(WatchEvent<?> event) {
    if (event.kind() == StandardWatchEventKinds.OVERFLOW) {
      readAll();
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
    finishAll();
  }

  private synchronized void finishAll() {
    logs.values().forEach(Log::finish);
  }
}
