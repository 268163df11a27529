package svc.posix;

import com.kenai.jffi.Function;
import com.kenai.jffi.MemoryIO;
import java.io.IOException;
import java.util.Collection;
import org.osgi.service.component.annotations.Component;
import svc.os.Errno;
import svc.os.LocalSockets;

/** Sockets of this process in the file system. Any thread. */
@Component(name = "svc.posix.sockets")
public final class PosixLocalSockets implements LocalSockets {

  private static final Function SOCKET = Libc.function("socket", 3);
  private static final Function BIND = Libc.function("bind", 3);
  private static final Function LISTEN = Libc.function("listen", 2);
  private static final Function CONNECT = Libc.function("connect", 3);
  private static final Function FCHMOD = Libc.function("fchmod", 2);
  private static final Function FCNTL = Libc.function("fcntl", 3);
  private static final Function OPENAT = Libc.function("openat", 4);
  private static final Function GETEUID = Libc.function("geteuid", 1);

  private static final MemoryIO MEMORY = Arena.MEMORY;

  private static final int SOCK_STREAM = 1;
  private static final int OWNER_ONLY = 0600;

  /** fcntl.h */
  private static final int F_SETFD = 2;

  private static final int FD_CLOEXEC = 1;
  private static final int F_OFD_SETLK = 37;
  private static final short F_WRLCK = 1;

  /** struct flock on 64-bit machines: type, whence, start, length, pid. */
  private static final int FLOCK_SIZE = 32;

  private final Arena arena = new Arena();

  @Override
  public int user() {
    return Libc.call(GETEUID, 0);
  }

  @Override
  public Poller poller() {
    return new SocketPoller();
  }

  @Override
  public synchronized Held lock(String path) throws IOException {
    int flags = Libc.O_WRONLY | Libc.O_CREAT | Libc.O_CLOEXEC;
    int file = Libc.call(OPENAT, Libc.AT_FDCWD, arena.path(path), flags, OWNER_ONLY);
    if (file < 0) throw failed(path);
    arena.reset(FLOCK_SIZE);
    long lock = arena.take(FLOCK_SIZE); // all of the file
    MEMORY.putShort(lock, F_WRLCK);
    if (Libc.call(FCNTL, file, F_OFD_SETLK, lock) == 0) return new PosixSocket(file);
    Errno errno = Libc.of(Libc.errno());
    Libc.close(file);
    if (errno.equals(Errno.EAGAIN) || errno.equals(Errno.EACCES)) return null;
    throw new IOException(path + ": " + errno);
  }

  @Override
  public synchronized Socket listen(String path, int backlog) throws IOException {
    byte[] name = name(path);
    long address = address(name);
    int fd = socket();
    Libc.call(FCHMOD, fd, OWNER_ONLY); // before bind(2): the file's mode (unix(7))
    if (Libc.call(BIND, fd, address, name.length) < 0 || Libc.call(LISTEN, fd, backlog) < 0) {
      IOException why = failed(path);
      Libc.close(fd);
      throw why;
    }
    return new PosixSocket(fd);
  }

  @Override
  public Socket accept(Socket listening) throws IOException {
    return ((PosixSocket) listening).accept();
  }

  @Override
  public synchronized Socket connect(String path) throws IOException {
    byte[] name = name(path);
    long address = address(name);
    int fd = socket();
    if (Libc.call(CONNECT, fd, address, name.length) < 0) {
      boolean crowd = Libc.of(Libc.errno()).equals(Errno.EAGAIN);
      IOException why =
          crowd ? new IOException(path + ": too many wait to be let in") : failed(path);
      Libc.close(fd);
      throw why;
    }
    return new PosixSocket(fd);
  }

  @Override
  public Socket adopt(int descriptor) {
    Libc.call(FCNTL, descriptor, F_SETFD, FD_CLOEXEC);
    return new PosixSocket(descriptor);
  }

  private static int socket() throws IOException {
    int type = SOCK_STREAM | Libc.O_NONBLOCK | Libc.O_CLOEXEC;
    int fd = Libc.call(SOCKET, UnixName.AF_UNIX, type, 0);
    if (fd < 0) throw failed("socket");
    return fd;
  }

  private static byte[] name(String path) throws IOException {
    byte[] name = UnixName.of(path);
    int over = name.length - UnixName.SIZE;
    if (over <= 0) return name;
    int most = Arena.bytes(path).length - over;
    throw new IOException(path + ": longer than " + most + " bytes, which a socket's may be");
  }

  private long address(byte[] name) {
    arena.reset(UnixName.SIZE);
    long address = arena.take(UnixName.SIZE);
    MEMORY.putByteArray(address, name, 0, name.length);
    return address;
  }

  /** Of this thread's last call. */
  private static IOException failed(String subject) {
    return new IOException(subject + ": " + Libc.of(Libc.errno()));
  }

  // Across execve(2)

  @Override
  public boolean isReplaced() {
    return Legacy.isExpected();
  }

  @Override
  public void leave(byte[] state, Collection<Integer> descriptors) throws IOException {
    Legacy.leave(state, descriptors);
  }

  @Override
  public byte[] left() {
    return Legacy.take();
  }
}
