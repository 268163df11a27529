package svc.launch;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.osgi.framework.Bundle;
import svc.launch.logic.Outcome;
import svc.launch.logic.Plan;

/**
 * A directory whose jars are bundles of ours: a new file is added, a changed one replaces its
 * bundle, a removed one takes it along, each with all the checks of an {@link Updater}. What is
 * refused is told once, with the reason.
 *
 * <p>A thread waits for changes (inotify(7)). A file counts when it has been the same for a moment:
 * one that is being copied into the directory is not looked at half-way.
 */
final class PluginDirectory implements AutoCloseable {

  /** How long a file has to be the same. */
  private static final long QUIET_MILLIS = 300;

  /** A jar, its print and its bundle; the latter's name is empty when it was refused. */
  private record Known(Map<String, Object> print, String bundle) {}

  /** A file that has changed, and since when (nanoTime) it is as it is. */
  private record Settling(Map<String, Object> print, long since) {
    boolean done() {
      return System.nanoTime() - since >= TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS);
    }
  }

  private final Path directory;
  private final Trust trust;
  private final Updater updater;
  private final Consumer<String> tell;
  private final Map<Path, Known> known = new ConcurrentHashMap<>();
  private final Map<Path, Settling> settling = new HashMap<>();
  private WatchService watch;
  private Thread thread;

  /**
   * @param tell takes lines for the operator
   */
  PluginDirectory(Path directory, Trust trust, Updater updater, Consumer<String> tell) {
    this.directory = directory;
    this.trust = trust;
    this.updater = updater;
    this.tell = tell;
  }

  /** Loads what is there, and from now on what comes. Where there can be no directory, nothing. */
  void begin() {
    try {
      if (!Files.isDirectory(directory)) Files.createDirectory(directory);
      watch = directory.getFileSystem().newWatchService();
      directory.register(
          watch,
          StandardWatchEventKinds.ENTRY_CREATE,
          StandardWatchEventKinds.ENTRY_MODIFY,
          StandardWatchEventKinds.ENTRY_DELETE);
    } catch (IOException e) {
      if (!Files.isDirectory(directory)) return;
      tell.accept("plugins in " + directory + " are not watched: " + e.getMessage());
    }
    look(true);
    if (watch == null) return;
    thread = new Thread(this::run, "svc.plugins");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      boolean there = true;
      while (there) {
        WatchKey key =
            settling.isEmpty() ? watch.take() : watch.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
        if (key != null) key.pollEvents(); // which, does not matter: all is looked at
        there = key == null || key.reset();
        look(false);
      }
      tell.accept("plugins in " + directory + " are not watched any more: it is gone");
    } catch (ClosedWatchServiceException | InterruptedException e) {
      // the end
    }
  }

  /**
   * @param atOnce whether what is there is taken as it is
   */
  private void look(boolean atOnce) {
    try {
      TreeSet<Path> files = files();
      for (Path file : List.copyOf(known.keySet())) {
        // who replaces a file may remove it first
        boolean gone = !files.contains(file) && !Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        if (gone && settled(file, Map.of())) removed(file);
      }
      settling.keySet().removeIf(file -> !files.contains(file) && !known.containsKey(file));
      for (Path file : files) look(file, atOnce);
    } catch (IOException | RuntimeException e) {
      tell.accept("plugins in " + directory + ": " + e);
    }
  }

  private TreeSet<Path> files() throws IOException {
    TreeSet<Path> files = new TreeSet<>();
    if (!Files.isDirectory(directory)) return files;
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.jar")) {
      for (Path file : found) if (!file.getFileName().toString().startsWith(".")) files.add(file);
    }
    return files;
  }

  private void look(Path file, boolean atOnce) throws IOException {
    try {
      Map<String, Object> print = Trust.print(file);
      Known before = known.get(file);
      if (before != null && before.print.equals(print)) {
        settling.remove(file);
      } else if (atOnce || settled(file, print)) {
        settling.remove(file);
        known.put(file, new Known(print, load(file, before == null ? "" : before.bundle)));
      }
    } catch (NoSuchFileException gone) {
      settled(file, Map.of()); // looked at again, and found gone
    }
  }

  private boolean settled(Path file, Map<String, Object> print) {
    Settling before = settling.get(file);
    if (before != null && before.print.equals(print)) return before.done();
    settling.put(file, new Settling(print, System.nanoTime()));
    return false;
  }

  /**
   * @param had the name of the bundle that this file gave, or empty
   * @return the name of the bundle that it gives now, or empty
   */
  private String load(Path file, String had) throws IOException {
    String problem = trust.problemOfDirectory(directory);
    if (problem.isEmpty()) problem = trust.problemOfFile(file);
    if (!problem.isEmpty()) return refuse(file, had, problem);
    Path copy = updater.copy(file);
    try {
      problem = trust.problemOfSignatures(copy);
      return problem.isEmpty() ? load(file, had, copy) : refuse(file, had, problem);
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  private String load(Path file, String had, Path copy) throws IOException {
    String name;
    try {
      name = Candidate.read(copy).name();
    } catch (IOException e) {
      return refuse(file, had, e.getMessage().replace(copy.toString(), "the file"));
    }
    if (!had.isEmpty() && !had.equals(name)) remove(file, had);
    if (had.equals(name)) return update(file, name, copy);
    Outcome outcome = updater.add(copy);
    if (!outcome.ok()) return refuse(file, "", outcome.step().text() + ": " + outcome.reason());
    tellAll(file, outcome, "added");
    return name;
  }

  private String update(Path file, String name, Path copy) {
    Plan plan = updater.plan(copy);
    Outcome outcome = updater.apply(plan);
    if (!outcome.ok()) return refuse(file, name, outcome.step().text() + ": " + outcome.reason());
    tellAll(file, outcome, "updated");
    return name;
  }

  private void tellAll(Path file, Outcome outcome, String what) {
    tell.accept("plugin " + file.getFileName() + " " + what);
    for (String note : outcome.notes()) tell.accept("plugin " + file.getFileName() + ": " + note);
  }

  private String refuse(Path file, String had, String reason) {
    String stays = had.isEmpty() ? "" : "; what was loaded of it before stays";
    tell.accept("plugin " + file.getFileName() + " refused: " + reason + stays);
    return had;
  }

  private void removed(Path file) {
    settling.remove(file);
    Known gone = known.remove(file);
    if (!gone.bundle.isEmpty()) remove(file, gone.bundle);
  }

  private void remove(Path file, String name) {
    Bundle bundle = updater.installed(name);
    if (bundle == null) return;
    Outcome outcome = updater.remove(bundle);
    if (outcome.ok()) tellAll(file, outcome, "removed");
    else tell.accept("plugin " + file.getFileName() + ": " + outcome.reason());
  }

  /** The names of the bundles that came from here. */
  List<String> bundles() {
    List<String> names = new ArrayList<>();
    for (Known each : known.values()) if (!each.bundle.isEmpty()) names.add(each.bundle);
    return names;
  }

  /**
   * Keeps a bundle that came from here and has just been updated by somebody else.
   *
   * @return false when it did not come from here
   */
  boolean keep(String bundle, Path jar) throws IOException {
    for (Map.Entry<Path, Known> each : known.entrySet()) {
      if (!each.getValue().bundle.equals(bundle)) continue;
      Path file = each.getKey();
      if (!Files.exists(file) || Files.mismatch(file, jar) >= 0) InstalledBundles.put(jar, file);
      known.put(file, new Known(Trust.print(file), bundle));
      return true;
    }
    return false;
  }

  @Override
  public void close() {
    if (watch == null) return;
    try {
      watch.close();
    } catch (IOException e) {
      tell.accept("plugins in " + directory + ": " + e.getMessage());
    }
  }
}
