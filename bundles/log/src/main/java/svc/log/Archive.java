package svc.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import svc.service.LogFiles;
import svc.service.LogSettings;

/**
 * What becomes of older files: some stay, compressed or not, and the oldest go. On a thread that is
 * there while there is something to do, after all others.
 *
 * <p>What is half done is done anew: a compressed file has its name when it is whole, and the one
 * that it stands for is removed after that.
 */
final class Archive {

  private static final String UNFINISHED = ".new";
  private static final int BLOCK = 64 << 10;

  private final Path directory;
  private final Runnable stepBack;
  private final Map<String, LogSettings> waiting = new LinkedHashMap<>();
  private Thread thread;
  private volatile boolean stopping;

  /**
   * @param stepBack lets other threads go first
   */
  Archive(Path directory, Runnable stepBack) {
    this.directory = directory;
    this.stepBack = stepBack;
  }

  /** There may be more of a service's older files than should be. Any thread. */
  synchronized void look(String service, LogSettings settings) {
    waiting.put(service, settings);
    if (thread != null || stopping) return;
    thread = new Thread(this::run, "svc.log.archive");
    thread.start();
  }

  private void run() {
    stepBack.run();
    for (Map<String, LogSettings> next = next(); !next.isEmpty(); next = next()) {
      try {
        tidy(next);
      } catch (IOException | RuntimeException e) {
        System.err.println("svc-log: " + directory + ": " + e);
      }
    }
  }

  /** Nothing more, and the next to ask finds no thread. */
  private synchronized Map<String, LogSettings> next() {
    Map<String, LogSettings> next = stopping ? Map.of() : new HashMap<>(waiting);
    waiting.clear();
    if (next.isEmpty()) thread = null;
    return next;
  }

  /** Returns when the thread has ended; what it was about is left to whoever comes next. */
  void stop(long millis) throws InterruptedException {
    Thread running;
    synchronized (this) {
      stopping = true;
      running = thread;
    }
    if (running != null) running.join(millis);
  }

  private void tidy(Map<String, LogSettings> services) throws IOException {
    Map<String, List<String>> files = new TreeMap<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
      for (Path file : all) sort(file.getFileName().toString(), services.keySet(), files);
    }
    for (Map.Entry<String, List<String>> each : files.entrySet()) {
      tidy(each.getValue(), services.get(each.getKey()));
    }
  }

  private void sort(String file, Set<String> services, Map<String, List<String>> files)
      throws IOException {
    String whole = file.endsWith(UNFINISHED) ? file.substring(0, file.length() - 4) : file;
    int suffix = whole.lastIndexOf(LogFiles.SUFFIX + ".");
    String service = suffix < 0 ? "" : whole.substring(0, suffix);
    if (!services.contains(service) || !LogFiles.isOlder(service, whole)) return;
    if (whole.equals(file)) files.computeIfAbsent(service, any -> new ArrayList<>()).add(file);
    else Files.deleteIfExists(directory.resolve(file));
  }

  private void tidy(List<String> names, LogSettings settings) throws IOException {
    Collections.sort(names);
    for (String name : List.copyOf(names)) {
      if (!names.contains(name + LogFiles.COMPRESSED)) continue;
      Files.deleteIfExists(directory.resolve(name));
      names.remove(name);
    }
    while (names.size() > settings.keep()) {
      Files.deleteIfExists(directory.resolve(names.remove(0)));
    }
    for (String name : names) {
      if (stopping) return;
      if (settings.compress() && !name.endsWith(LogFiles.COMPRESSED)) compress(name);
    }
  }

  private void compress(String name) throws IOException {
    Path plain = directory.resolve(name);
    Path whole = directory.resolve(name + LogFiles.COMPRESSED);
    Path unfinished = directory.resolve(whole.getFileName() + UNFINISHED);
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(plain);
    FileTime time = Files.getLastModifiedTime(plain);
    Files.deleteIfExists(unfinished);
    boolean done = compress(plain, unfinished, mode);
    if (!done) {
      Files.deleteIfExists(unfinished);
      return;
    }
    Files.setLastModifiedTime(unfinished, time);
    Files.move(unfinished, whole, StandardCopyOption.ATOMIC_MOVE);
    Files.delete(plain);
  }

  /** False when it was told to stop. */
  private boolean compress(Path plain, Path into, Set<PosixFilePermission> mode)
      throws IOException {
    Files.createFile(into);
    Files.setPosixFilePermissions(into, mode);
    byte[] block = new byte[BLOCK];
    try (InputStream in = Files.newInputStream(plain);
        OutputStream file = Files.newOutputStream(into);
        OutputStream out = new GZIPOutputStream(file, BLOCK)) {
      for (int got; (got = in.read(block)) > 0; ) {
        if (stopping) return false;
        out.write(block, 0, got);
      }
    }
    return true;
  }
}
