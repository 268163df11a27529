package svc.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import svc.os.Content;
import svc.os.Errno;
import svc.os.ProcessInfo;

/** What /proc says of processes (proc(5)). Loop thread. */
final class ProcessTable {

  private static final int STAT_LIMIT = 4 << 10;

  /** More children than one thread can have: pid_max is at most 2^22, with seven digits each. */
  private static final int CHILDREN_LIMIT = 32 << 20;

  private final FileTree files;

  ProcessTable(FileTree files) {
    this.files = files;
  }

  /**
   * That it could not be asked for never means that there is none: who has no descriptor left, say,
   * must not take the living for dead.
   */
  ProcessInfo process(int pid) {
    Content stat = files.read("/proc/" + pid + "/stat", STAT_LIMIT);
    if (stat.errno().ok()) return parse(pid, new String(stat.bytes(), StandardCharsets.UTF_8));
    if (stat.errno().equals(Errno.ENOENT) || stat.errno().equals(Errno.ESRCH)) return null;
    throw new IllegalStateException("cannot ask for process " + pid + ": " + stat.errno());
  }

  /** The program's name stands in parentheses and may have any character, spaces and ) included. */
  static ProcessInfo parse(int pid, String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    String state = fields[0];
    return new ProcessInfo(
        pid,
        Integer.parseInt(fields[1]),
        Integer.parseInt(fields[2]),
        Integer.parseInt(fields[3]),
        Long.parseLong(fields[19]),
        state.equals("Z") || state.equals("X"));
  }

  /**
   * Linux keeps children by the thread that made or inherited them, so all threads are asked. A
   * kernel without CONFIG_PROC_CHILDREN has every process asked for its parent.
   */
  void children(int pid, List<Integer> into) {
    boolean kept = files.exists(Libc.AT_FDCWD, "/proc/self/task/" + self() + "/children");
    if (kept) list("/proc/" + pid + "/task", thread -> childrenOf(pid, thread, into));
    else list("/proc", other -> addIfChild(pid, other, into));
  }

  void all(List<Integer> into) {
    list("/proc", into::add);
  }

  private static long self() {
    return ProcessHandle.current().pid();
  }

  private void childrenOf(int pid, int thread, List<Integer> into) {
    String path = "/proc/" + pid + "/task/" + thread + "/children";
    byte[] bytes = files.read(path, CHILDREN_LIMIT).bytes();
    for (String child : new String(bytes, StandardCharsets.US_ASCII).split(" ")) {
      if (!child.isBlank()) into.add(Integer.valueOf(child.trim()));
    }
  }

  private void addIfChild(int pid, int other, List<Integer> into) {
    ProcessInfo process = process(other);
    if (process != null && process.parent() == pid) into.add(other);
  }

  private interface Each {
    void number(int number);
  }

  /** The entries of a directory whose names are numbers; none when it went away meanwhile. */
  private static void list(String directory, Each each) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of(directory), "[0-9]*")) {
      for (Path entry : entries) each.number(Integer.parseInt(entry.getFileName().toString()));
    } catch (IOException | DirectoryIteratorException gone) {
      return;
    }
  }
}
