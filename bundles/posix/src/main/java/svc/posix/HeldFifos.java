package svc.posix;

import com.kenai.jffi.Function;
import com.kenai.jffi.MemoryIO;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import svc.os.Errno;

/**
 * FIFOs that are open here so that what is in them stays (fifo(7)): single ones, and all that are
 * in a directory, as inotify(7) tells them. Nothing is read from them. Loop thread.
 */
final class HeldFifos {

  private static final Function INOTIFY_INIT = Libc.function("inotify_init1", 1);
  private static final Function INOTIFY_ADD = Libc.function("inotify_add_watch", 3);
  private static final Function READ = Libc.function("read", 3);

  private static final MemoryIO MEMORY = Arena.MEMORY;

  /** As for a process (errno(3)): too many open files. */
  private static final int EMFILE = 24;

  private static final int IN_MOVED_FROM = 0x40;
  private static final int IN_MOVED_TO = 0x80;
  private static final int IN_CREATE = 0x100;
  private static final int IN_DELETE = 0x200;
  private static final int IN_ONLYDIR = 0x1000000;
  private static final int IN_Q_OVERFLOW = 0x4000;

  private static final int COMES = IN_CREATE | IN_MOVED_TO;
  private static final int GOES = IN_DELETE | IN_MOVED_FROM;

  /** struct inotify_event: the watch, what happened, a cookie, the length of the name; the name. */
  private static final int MASK = 4;

  private static final int LENGTH = 12;
  private static final int NAME = 16;

  /** Room for some events with the longest of names. */
  private static final int BLOCK = 16 << 10;

  /** A directory of which all are held, as far as there are not too many. */
  private record Folder(String path, int most, BiConsumer<String, Errno> refused) {}

  private final Poll poll;
  private final FileTree files;
  private final Arena arena = new Arena();
  private final Map<String, Integer> held = new HashMap<>();
  private final Map<Integer, Folder> folders = new HashMap<>();
  private final long block = MEMORY.allocateMemory(BLOCK, false);
  private int inotify = -1;

  HeldFifos(Poll poll, FileTree files) {
    this.poll = poll;
    this.files = files;
  }

  Errno hold(String path) {
    return held.containsKey(path) ? Errno.OK : keep(path, files.openFifo(path));
  }

  private Errno keep(String path, int fd) {
    if (fd < 0) return Libc.of(-fd);
    held.put(path, fd);
    return Errno.OK;
  }

  void release(String path) {
    Integer fd = held.remove(path);
    if (fd != null) Libc.close(fd);
  }

  // Directories

  /** What comes between watching and looking is told twice, which does no harm. */
  Errno holdAll(String directory, int most, BiConsumer<String, Errno> refused) {
    int watch = inotify();
    int what = COMES | GOES | IN_ONLYDIR;
    if (watch >= 0) watch = Libc.call(INOTIFY_ADD, inotify, arena.path(directory), what);
    if (watch < 0) return Libc.of(Libc.errno());
    Folder folder = new Folder(directory, most, refused);
    folders.put(watch, folder);
    return look(folder);
  }

  private int inotify() {
    if (inotify >= 0) return inotify;
    int made = Libc.call(INOTIFY_INIT, Libc.O_NONBLOCK | Libc.O_CLOEXEC); // as IN_NONBLOCK ...
    if (made >= 0 && poll.watchInlet(made) >= 0) inotify = made;
    else if (made >= 0) Libc.close(made);
    return inotify;
  }

  private Errno look(Folder folder) {
    List<String> names = new ArrayList<>();
    Errno errno = files.list(folder.path(), names);
    for (String name : names) comes(folder, name);
    return errno;
  }

  /** One that has gone again is not made anew. */
  private void comes(Folder folder, String name) {
    String path = folder.path() + "/" + name;
    if (held.containsKey(path) || !files.isFifo(path)) return;
    int flags = Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_NOFOLLOW | Libc.O_NOCTTY;
    boolean room = count(folder) < folder.most();
    Errno errno = room ? keep(path, files.open(path, flags, 0)) : Libc.of(EMFILE);
    if (!errno.ok() && !errno.equals(Errno.ENOENT)) folder.refused().accept(path, errno);
  }

  private long count(Folder folder) {
    String prefix = folder.path() + "/";
    return held.keySet().stream().filter(path -> path.startsWith(prefix)).count();
  }

  /**
   * Takes what inotify(7) tells.
   *
   * @return whether that was what could be read
   */
  boolean read(int descriptor) {
    if (descriptor != inotify) return false;
    int got = Libc.call(READ, inotify, block, BLOCK);
    for (int at = 0; at < got; at += NAME + MEMORY.getInt(block + at + LENGTH)) take(block + at);
    return true;
  }

  /** Where too much has happened to be told, all is looked at again. */
  private void take(long event) {
    int mask = MEMORY.getInt(event + MASK);
    Folder folder = folders.get(MEMORY.getInt(event));
    if ((mask & IN_Q_OVERFLOW) != 0) List.copyOf(folders.values()).forEach(this::lookAgain);
    else if (folder != null && (mask & COMES) != 0) comes(folder, name(event));
    else if (folder != null && (mask & GOES) != 0) release(folder.path() + "/" + name(event));
  }

  private void lookAgain(Folder folder) {
    String prefix = folder.path() + "/";
    for (String path : List.copyOf(held.keySet()))
      if (path.startsWith(prefix) && !files.isFifo(path)) release(path);
    look(folder);
  }

  private static String name(long event) {
    byte[] bytes = new byte[MEMORY.getInt(event + LENGTH)];
    MEMORY.getByteArray(event + NAME, bytes, 0, bytes.length);
    return new String(bytes, StandardCharsets.UTF_8).split("\0", 2)[0];
  }

  void close() {
    held.values().forEach(Libc::close);
    held.clear();
    if (inotify >= 0) Libc.close(inotify);
    arena.close();
    MEMORY.freeMemory(block);
  }
}
