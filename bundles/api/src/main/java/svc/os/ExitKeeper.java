package svc.os;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Hands exit statuses down. When a supervisor dies, its services fall to the nearest subreaper
 * above, which is the only one that Linux tells how they end (prctl(2), PR_SET_CHILD_SUBREAPER);
 * the supervisor's successor can see no more than that they did. So every kernel of ours, whatever
 * role runs on it, completes the {@link ExitNote} of a child before it reaps it: the end of a
 * process is either counted by who waits for it, who takes the note away, or it is in the note.
 *
 * <p>A process whose supervisor died before it could make a note is one that leads a session and
 * that we have not started. The last of those are kept too, as {@code orphan-PID}, by whoever is
 * above supervisors: what one of those inherits itself are its own services' daemons.
 */
public final class ExitKeeper {

  /** How many ends of processes are kept that nobody has asked for. */
  private static final int ORPHANS = 64;

  private static final String ORPHAN = "orphan-";
  private static final int UPTIME_LIMIT = 64;
  private static final long NANOS_PER_TICK = 10_000_000L;

  private final Kernel kernel;
  private final String directory;
  private final boolean keepsOrphans;
  private final Deque<String> orphans = new ArrayDeque<>();

  /**
   * Keeps ends in a directory.
   *
   * @param kernel of this process
   * @param directory where the notes are
   * @param keepsOrphans whether those are kept of which there is no note
   */
  public ExitKeeper(Kernel kernel, String directory, boolean keepsOrphans) {
    this.kernel = kernel;
    this.directory = directory;
    this.keepsOrphans = keepsOrphans;
  }

  /**
   * A process whose end was kept though nobody had asked for it.
   *
   * @param pid of the process
   * @param note what is known of its end
   */
  public record Orphan(int pid, ExitNote note) {}

  /**
   * Where the end of a process is kept that had no note.
   *
   * @param directory where the notes are
   * @param pid of the process
   * @return a path in that directory
   */
  public static String orphan(String directory, int pid) {
    return directory + "/" + ORPHAN + pid;
  }

  /**
   * The orphan that began first after a moment, or null. Loop thread.
   *
   * @param kernel of this process
   * @param directory where the notes are
   * @param after nanoseconds of CLOCK_MONOTONIC
   * @return the orphan, or null
   */
  public static Orphan firstOrphan(Kernel kernel, String directory, long after) {
    List<String> entries = new ArrayList<>();
    kernel.list(directory, entries);
    entries.removeIf(entry -> !entry.matches(ORPHAN + "[0-9]{1,9}"));
    long ticks = entries.isEmpty() ? 0 : ticks(kernel, after);
    Orphan first = null;
    for (String entry : entries) {
      int pid = Integer.parseInt(entry.substring(ORPHAN.length()));
      ExitNote note = ExitNote.read(kernel, orphan(directory, pid));
      if (note == null || note.status() == null || note.started() < ticks) continue;
      if (first == null || note.started() < first.note.started()) first = new Orphan(pid, note);
    }
    return first;
  }

  /**
   * A moment in the unit of {@link ProcessInfo#started}, rounded down: /proc/uptime (proc(5)) is in
   * hundredths of a second, as those ticks are. Loop thread.
   *
   * @param kernel of this process
   * @param moment nanoseconds of CLOCK_MONOTONIC
   * @return clock ticks since boot
   */
  public static long ticks(Kernel kernel, long moment) {
    String uptime =
        new String(kernel.read("/proc/uptime", UPTIME_LIMIT).bytes(), StandardCharsets.US_ASCII);
    if (!uptime.matches("(?s)[0-9]{1,12}\\.[0-9]{2} .*")) return Long.MAX_VALUE;
    int point = uptime.indexOf('.');
    long now = Long.parseLong(uptime.substring(0, point) + uptime.substring(point + 1, point + 3));
    return now - (kernel.now() - moment) / NANOS_PER_TICK - 1;
  }

  /**
   * A child has ended, every role has been told, and it has not been reaped. Loop thread.
   *
   * @param pid of the process
   * @param known whether somebody here started it or watches it
   * @param status how it ended
   */
  public void ended(int pid, boolean known, ExitStatus status) {
    ExitNote note = ExitNote.read(kernel, ExitNote.path(directory, pid));
    if (note == null && (known || !keepsOrphans)) return;
    ProcessInfo process = kernel.process(pid);
    if (process == null) return;
    boolean its = note != null && note.started() == process.started();
    ExitNote complete = new ExitNote(process.started(), status);
    if (!its && !known && keepsOrphans) keepOrphan(process, complete);
    else if (its && note.status() == null)
      kernel.replace(ExitNote.path(directory, pid), complete.bytes());
  }

  private void keepOrphan(ProcessInfo process, ExitNote note) {
    if (process.session() != process.pid()) return;
    String path = orphan(directory, process.pid());
    if (!kernel.replace(path, note.bytes()).ok()) return; // nobody has made the directory
    orphans.add(path);
    if (orphans.size() > ORPHANS) kernel.delete(orphans.remove());
  }
}
