package svc.posix;

import com.kenai.jffi.Function;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import svc.os.Content;
import svc.os.Errno;

/**
 * Files by their paths. Any thread, one after the other: the next version of a role looks whether
 * it can work while this one still does, and a path is one call's until that is through.
 */
final class FileTree {

  private static final Function MKFIFO = Libc.function("mkfifo", 2);
  private static final Function FCHMOD = Libc.function("fchmod", 2);
  private static final Function OPENAT = Libc.function("openat", 4);
  private static final Function FACCESSAT = Libc.function("faccessat", 4);
  private static final Function FCNTL = Libc.function("fcntl", 3);
  private static final Function READ = Libc.function("read", 3);
  private static final Function WRITE = Libc.function("write", 3);
  private static final Function RENAME = Libc.function("rename", 2);
  private static final Function RENAMEAT2 = Libc.function("renameat2", 5);
  private static final Function SYMLINK = Libc.function("symlink", 2);
  private static final Function UNLINK = Libc.function("unlink", 1);
  private static final Function MKDIR = Libc.function("mkdir", 2);
  private static final Function RMDIR = Libc.function("rmdir", 1);
  private static final Function GETXATTR = Libc.function("getxattr", 4);
  private static final Function LCHOWN = Libc.function("lchown", 3);

  /** linux/fs.h */
  private static final int RENAME_EXCHANGE = 2;

  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int X_OK = 1;
  private static final int F_OK = 0;

  private static final int S_IFMT = 0170000;
  private static final int S_IFIFO = 0010000;

  /** An empty file, whatever there was. */
  static final int ANEW = Libc.O_WRONLY | Libc.O_CREAT | Libc.O_TRUNC;

  static final int OWNER_ONLY = 0600;
  private static final int LOG_MODE = 0640;

  private static final int BLOCK = 16 << 10;

  private static final int ATTRIBUTE = 64;

  private final Arena arena = new Arena();
  private final long block = Arena.MEMORY.allocateMemory(BLOCK, false);

  /** A descriptor, or a negative errno. */
  synchronized int open(String path, int flags, int mode) {
    int fd;
    do {
      fd = Libc.call(OPENAT, Libc.AT_FDCWD, arena.path(path), flags | Libc.O_CLOEXEC, mode);
    } while (fd < 0 && Libc.errno() == Libc.EINTR);
    return fd < 0 ? -Libc.errno() : fd;
  }

  /**
   * A descriptor for a child, or a negative errno. Opening a FIFO or a terminal must not keep the
   * loop waiting, but the child gets one on which calls wait as usual.
   */
  synchronized int openForChild(String path, int flags, int mode) {
    int fd = open(path, flags | Libc.O_NONBLOCK | Libc.O_NOCTTY, mode);
    if (fd < 0) return fd;
    letWait(fd);
    return fd;
  }

  /**
   * A FIFO's descriptor, or a negative errno: we are a reader and a writer of it, whose calls do
   * not wait. It is made when it is not there; a link to one is none.
   */
  synchronized int openFifo(String path) {
    return openFifo(path, OWNER_ONLY, Libc.O_RDWR);
  }

  /**
   * The same with any access.
   *
   * @param mode of a new one, whatever our umask
   * @param access O_RDWR, or O_RDONLY: then it has an end (fifo(7))
   */
  synchronized int openFifo(String path, int mode, int access) {
    int made = Libc.call(MKFIFO, arena.path(path), mode);
    if (made < 0 && Libc.errno() != Libc.EEXIST) return -Libc.errno();
    if (!isFifo(path)) return -Libc.EEXIST;
    int fd = open(path, access | Libc.O_NONBLOCK | Libc.O_NOFOLLOW | Libc.O_NOCTTY, 0);
    if (fd >= 0 && made == 0) Libc.call(FCHMOD, fd, mode);
    return fd;
  }

  /** The same, on which calls wait as usual. */
  synchronized int openFifoForChild(String path) {
    int fd = openFifo(path);
    if (fd >= 0) letWait(fd);
    return fd;
  }

  private static void letWait(int fd) {
    int status = Libc.call(FCNTL, fd, F_GETFL, 0);
    Libc.call(FCNTL, fd, F_SETFL, status & ~Libc.O_NONBLOCK);
  }

  /**
   * The same file at a high number.
   *
   * @param fd which is closed, or a negative errno, which is handed on
   * @return a descriptor, at least that, or a negative errno
   */
  int raise(int fd, int least) {
    if (fd < 0) return fd;
    int high = Libc.call(FCNTL, fd, F_DUPFD_CLOEXEC, least);
    int errno = high < 0 ? Libc.errno() : 0;
    Libc.close(fd);
    return high < 0 ? -errno : high;
  }

  void close(int fd) {
    Libc.close(fd);
  }

  /** Whether a file can be executed, seen from a directory; with the effective ids. */
  synchronized Errno executable(int directory, String path) {
    Errno errno =
        Libc.result(Libc.call(FACCESSAT, directory, arena.path(path), X_OK, Libc.AT_EACCESS));
    return errno.ok() && exists(directory, path + "/.") ? Errno.EACCES : errno;
  }

  synchronized boolean exists(int directory, String path) {
    return Libc.call(FACCESSAT, directory, arena.path(path), F_OK, 0) == 0;
  }

  /** Whether there is a FIFO, and no link to one (stat(2), S_IFMT). */
  boolean isFifo(String path) {
    try {
      Object mode = Files.getAttribute(Path.of(path), "unix:mode", LinkOption.NOFOLLOW_LINKS);
      return ((Integer) mode & S_IFMT) == S_IFIFO;
    } catch (IOException e) {
      return false;
    }
  }

  synchronized Content read(String path, int limit) {
    int fd = open(path, Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_NOCTTY, 0);
    if (fd < 0) return new Content(new byte[0], Libc.of(-fd));
    byte[] bytes = new byte[0];
    Errno errno = Errno.OK;
    while (errno.ok()) {
      int got = read(fd);
      if (got == 0) break;
      if (got < 0) errno = Libc.of(-got);
      else if (bytes.length + got > limit) errno = Errno.EFBIG;
      else bytes = append(bytes, got);
    }
    close(fd);
    return new Content(errno.ok() ? bytes : new byte[0], errno);
  }

  private int read(int fd) {
    int got;
    do {
      got = Libc.call(READ, fd, block, BLOCK);
    } while (got < 0 && Libc.errno() == Libc.EINTR);
    return got < 0 ? -Libc.errno() : got;
  }

  private byte[] append(byte[] bytes, int got) {
    byte[] longer = Arrays.copyOf(bytes, bytes.length + got);
    Arena.MEMORY.getByteArray(block, longer, bytes.length, got);
    return longer;
  }

  synchronized Errno exchange(String one, String other) {
    byte[] first = Arena.bytes(one);
    byte[] second = Arena.bytes(other);
    arena.reset(Arena.room(first) + Arena.room(second));
    long from = arena.text(first);
    long to = arena.text(second);
    return Libc.result(
        Libc.call(RENAMEAT2, Libc.AT_FDCWD, from, Libc.AT_FDCWD, to, RENAME_EXCHANGE));
  }

  synchronized Errno replace(String path, byte[] bytes) {
    String temporary = path + ".new";
    int fd = open(temporary, ANEW, OWNER_ONLY);
    if (fd < 0) return Libc.of(-fd);
    Errno errno = write(fd, bytes);
    close(fd);
    if (errno.ok()) errno = rename(temporary, path);
    if (!errno.ok()) delete(temporary);
    return errno;
  }

  synchronized Errno append(String path, byte[] bytes) {
    int fd = open(path, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND | Libc.O_NOCTTY, LOG_MODE);
    if (fd < 0) return Libc.of(-fd);
    Errno errno = write(fd, bytes);
    close(fd);
    return errno;
  }

  private Errno write(int fd, byte[] bytes) {
    for (int done = 0; done < bytes.length; ) {
      int part = Math.min(BLOCK, bytes.length - done);
      Arena.MEMORY.putByteArray(block, bytes, done, part);
      int written = Libc.call(WRITE, fd, block, part);
      if (written >= 0) done += written;
      else if (Libc.errno() != Libc.EINTR) return Libc.of(Libc.errno());
    }
    return Errno.OK;
  }

  private Errno rename(String from, String to) {
    byte[] source = Arena.bytes(from);
    byte[] target = Arena.bytes(to);
    arena.reset(Arena.room(source) + Arena.room(target));
    return Libc.result(Libc.call(RENAME, arena.text(source), arena.text(target)));
  }

  synchronized Errno list(String directory, List<String> into) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of(directory))) {
      for (Path entry : entries) into.add(entry.getFileName().toString());
      return Errno.OK;
    } catch (NoSuchFileException e) {
      return Errno.ENOENT;
    } catch (NotDirectoryException e) {
      return Errno.ENOTDIR;
    } catch (IOException | DirectoryIteratorException e) {
      return Errno.EACCES;
    }
  }

  synchronized Errno delete(String path) {
    Errno errno = Libc.result(Libc.call(UNLINK, arena.path(path)));
    return errno.equals(Errno.ENOENT) ? Errno.OK : errno;
  }

  synchronized Errno link(String target, String path) {
    byte[] to = Arena.bytes(target);
    byte[] at = Arena.bytes(path);
    if (Files.isSymbolicLink(Path.of(path))) delete(path);
    arena.reset(Arena.room(to) + Arena.room(at));
    return Libc.result(Libc.call(SYMLINK, arena.text(to), arena.text(at)));
  }

  synchronized Errno makeDirectory(String path, int mode) {
    Errno errno = make(path, mode);
    int slash = path.lastIndexOf('/');
    if (!errno.equals(Errno.ENOENT) || slash <= 0) return errno;
    errno = makeDirectory(path.substring(0, slash), mode);
    return errno.ok() ? make(path, mode) : errno;
  }

  /** One that is there is no error; that it is a directory is seen by whoever uses it. */
  private Errno make(String path, int mode) {
    Errno errno = Libc.result(Libc.call(MKDIR, arena.path(path), mode));
    return errno.number() == Libc.EEXIST ? Errno.OK : errno;
  }

  synchronized Errno removeDirectory(String path) {
    Errno errno = Libc.result(Libc.call(RMDIR, arena.path(path)));
    return errno.equals(Errno.ENOENT) ? Errno.OK : errno;
  }

  synchronized Content attribute(String path, String name) {
    byte[] at = Arena.bytes(path);
    byte[] which = Arena.bytes(name);
    arena.reset(Arena.room(at) + Arena.room(which));
    int got = Libc.call(GETXATTR, arena.text(at), arena.text(which), block, ATTRIBUTE);
    if (got < 0) return new Content(new byte[0], Libc.of(Libc.errno()));
    return new Content(append(new byte[0], got), Errno.OK);
  }

  /** No link is followed: who owns the directory above decides what is given away. */
  synchronized Errno give(String path, int uid, int gid) {
    return Libc.result(Libc.call(LCHOWN, arena.path(path), uid, gid));
  }

  void close() {
    arena.close();
    Arena.MEMORY.freeMemory(block);
  }
}
