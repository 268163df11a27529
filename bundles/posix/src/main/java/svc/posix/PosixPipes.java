package svc.posix;

import com.kenai.jffi.Function;
import com.kenai.jffi.MemoryIO;
import svc.os.Errno;
import svc.os.Pipes;

/** FIFOs and files for one thread, which waits in an epoll(7) of its own. */
final class PosixPipes implements Pipes {

  private static final Function FCHMOD = Libc.function("fchmod", 2);
  private static final Function FLOCK = Libc.function("flock", 2);
  private static final Function SPLICE = Libc.function("splice", 6);
  private static final Function PREAD = Libc.function("pread64", 4);
  private static final Function PWRITE = Libc.function("pwrite64", 4);
  private static final Function WRITE = Libc.function("write", 3);
  private static final Function FTRUNCATE = Libc.function("ftruncate64", 2);
  private static final Function STATX = Libc.function("statx", 5);
  private static final Function RENAMEAT2 = Libc.function("renameat2", 5);
  private static final Function SETPRIORITY = Libc.function("setpriority", 3);

  private static final MemoryIO MEMORY = Arena.MEMORY;

  private static final int SPLICE_F_NONBLOCK = 2;
  private static final int RENAME_NOREPLACE = 1;
  private static final int LOCK_EX = 2;
  private static final int LOCK_NB = 4;
  private static final int ENOENT = 2;

  /** struct statx (linux/stat.h), the same on every architecture. */
  private static final int STATX_SIZE = 256;

  private static final int STATX_MASK = 0;
  private static final int STATX_INO = 32;
  private static final int STATX_BYTES = 40;
  private static final int STATX_BTIME = 80;
  private static final int STATX_MTIME = 112;

  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final int STATX_BTIME_IS_THERE = 0x800;
  private static final int AT_EMPTY_PATH = 0x1000;

  private static final int PRIO_PROCESS = 0;
  private static final int LOWEST = 19;

  /** Longer ones are read and written in pieces. */
  private static final int BLOCK = 64 << 10;

  /** Of this thread's own, as the arena. */
  private final FileTree files = new FileTree();

  private final Arena arena = new Arena();
  private final Epoll epoll = new Epoll();
  private final long block = MEMORY.allocateMemory(BLOCK, false);
  private final long statx = MEMORY.allocateMemory(STATX_SIZE, true);
  private final long empty = MEMORY.allocateMemory(1, true);
  private final long position = MEMORY.allocateMemory(Long.BYTES, true);
  private boolean closed;

  private static int orErrno(int result) {
    return result < 0 ? -Libc.errno() : result;
  }

  // Opening

  @Override
  public int openFifo(String path) {
    return files.openFifo(path);
  }

  @Override
  public int openFile(String path, int mode, boolean appending) {
    int flags = Libc.O_RDWR | Libc.O_NOCTTY | (appending ? Libc.O_APPEND : 0);
    int there = files.open(path, flags, 0);
    if (there != -ENOENT) return there;
    int made = files.open(path, flags | Libc.O_CREAT, mode);
    if (made >= 0) Libc.call(FCHMOD, made, mode);
    return made;
  }

  @Override
  public int lock(int file) {
    return orErrno(Libc.call(FLOCK, file, LOCK_EX | LOCK_NB));
  }

  @Override
  public void close(int descriptor) {
    Libc.close(descriptor);
  }

  // Bytes

  @Override
  public int move(int fifo, int file, long at, int most) {
    MEMORY.putLong(position, at);
    int moved = orErrno(Libc.call(SPLICE, fifo, 0, file, position, most, SPLICE_F_NONBLOCK));
    return moved == -EAGAIN ? 0 : moved;
  }

  @Override
  public int read(int file, long at, byte[] into, int length) {
    int done = 0;
    while (done < length) {
      int got = Libc.call(PREAD, file, block, Math.min(BLOCK, length - done), at + done);
      if (got < 0) return -Libc.errno();
      if (got == 0) return done;
      MEMORY.getByteArray(block, into, done, got);
      done += got;
    }
    return done;
  }

  @Override
  public int write(int file, long at, byte[] from, int length) {
    MEMORY.putByteArray(block, from, 0, length);
    return orErrno(Libc.call(PWRITE, file, block, length, at));
  }

  @Override
  public int append(int file, byte[] from, int offset, int length) {
    int part = Math.min(BLOCK, length);
    MEMORY.putByteArray(block, from, offset, part);
    return orErrno(Libc.call(WRITE, file, block, part));
  }

  @Override
  public int cut(int file, long size) {
    return orErrno(Libc.call(FTRUNCATE, file, size));
  }

  // Files

  private int look(int descriptor) {
    int mask = STATX_BASIC_STATS | STATX_BTIME_IS_THERE;
    return orErrno(Libc.call(STATX, descriptor, empty, AT_EMPTY_PATH, mask, statx));
  }

  @Override
  public long size(int file) {
    int errno = look(file);
    return errno < 0 ? errno : MEMORY.getLong(statx + STATX_BYTES);
  }

  @Override
  public long identity(int file) {
    int errno = look(file);
    return errno < 0 ? errno : MEMORY.getLong(statx + STATX_INO);
  }

  @Override
  public long made(int file) {
    int errno = look(file);
    if (errno < 0) return errno;
    boolean known = (MEMORY.getInt(statx + STATX_MASK) & STATX_BTIME_IS_THERE) != 0;
    long time = statx + (known ? STATX_BTIME : STATX_MTIME);
    return MEMORY.getLong(time) * 1000 + MEMORY.getInt(time + Long.BYTES) / 1_000_000;
  }

  @Override
  public int rename(String from, String to) {
    byte[] source = Arena.bytes(from);
    byte[] target = Arena.bytes(to);
    arena.reset(Arena.room(source) + Arena.room(target));
    long old = arena.text(source);
    long name = arena.text(target);
    return orErrno(Libc.call(RENAMEAT2, Libc.AT_FDCWD, old, Libc.AT_FDCWD, name, RENAME_NOREPLACE));
  }

  @Override
  public int delete(String path) {
    return -files.delete(path).number();
  }

  // Waiting

  @Override
  public int watch(int fifo, boolean wanted) {
    return epoll.put(fifo, fifo, wanted ? Epoll.IN : 0);
  }

  @Override
  public int await(int milliseconds, int[] ready) {
    int count = epoll.await(milliseconds, ready.length);
    for (int i = 0; i < count; i++) ready[i] = (int) epoll.word(i);
    return count;
  }

  @Override
  public void wake() {
    epoll.wake();
  }

  /** 0 is the calling thread: in Linux each has a priority of its own. */
  @Override
  public void stepBack() {
    Libc.call(SETPRIORITY, PRIO_PROCESS, 0, LOWEST);
  }

  @Override
  public Errno errno(long result) {
    return result < 0 ? Libc.of((int) -result) : Errno.OK;
  }

  @Override
  public void close() {
    if (closed) return;
    closed = true;
    epoll.close();
    files.close();
    arena.close();
    MEMORY.freeMemory(block);
    MEMORY.freeMemory(statx);
    MEMORY.freeMemory(empty);
    MEMORY.freeMemory(position);
  }
}
