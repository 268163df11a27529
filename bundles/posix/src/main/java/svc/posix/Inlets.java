package svc.posix;

import com.kenai.jffi.Function;
import com.kenai.jffi.MemoryIO;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import svc.os.Datagram;
import svc.os.Errno;

/**
 * Where others can say something to us without a conversation: FIFOs (fifo(7)) and datagram sockets
 * (unix(7)); and saying something in the same way. Loop thread.
 */
final class Inlets {

  private static final Function SOCKET = Libc.function("socket", 3);
  private static final Function BIND = Libc.function("bind", 3);
  private static final Function SENDTO = Libc.function("sendto", 6);
  private static final Function FCHMOD = Libc.function("fchmod", 2);
  private static final Function READ = Libc.function("read", 3);
  private static final Function RECVMSG = Libc.function("recvmsg", 3);
  private static final Function SETSOCKOPT = Libc.function("setsockopt", 5);

  private static final MemoryIO MEMORY = Arena.MEMORY;

  private static final int SOCK_DGRAM = 2;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;

  private static final int SOL_SOCKET = 1;
  private static final int SO_PASSCRED = 16;
  private static final int SCM_CREDENTIALS = 2;

  /**
   * struct msghdr, struct iovec, then room for struct cmsghdr with one struct ucred and no more: so
   * Linux closes descriptors that come along.
   */
  private static final int IOV = 56;

  private static final int CONTROL = IOV + 16;
  private static final int CONTROL_SIZE = 32;
  private static final int CREDENTIALS = CONTROL + 16;

  /** PIPE_BUF: what a writer to a FIFO can write in one piece. */
  private static final int PIECE = 4096;

  /** Pieces at one time, so that one who writes without end does not keep the loop. */
  private static final int PIECES = 16;

  private static final int OUTLET_MODE = 0600;

  private enum Form {
    FIFO,
    OUTLET,
    SOCKET
  }

  private record Inlet(String path, int descriptor, Form form, Consumer<Datagram> reader) {

    boolean socket() {
      return form == Form.SOCKET;
    }
  }

  private final Poll poll;
  private final FileTree files;
  private final Map<Integer, Inlet> open = new HashMap<>();
  private final Arena arena = new Arena();
  private final long piece = MEMORY.allocateMemory(PIECE, false);
  private final long message = MEMORY.allocateMemory(CONTROL + CONTROL_SIZE, true);

  Inlets(Poll poll, FileTree files) {
    this.poll = poll;
    this.files = files;
  }

  /** We are a writer too, so it never comes to its end (fifo(7), O_RDWR on Linux). */
  Errno openFifo(String path, int mode, Consumer<byte[]> reader) {
    close(path);
    int fd = files.openFifo(path, mode, Libc.O_RDWR);
    if (fd < 0) return Libc.of(-fd);
    return add(new Inlet(path, fd, Form.FIFO, datagram -> reader.accept(datagram.bytes())));
  }

  /** We are no writer of it, so it has an end. */
  Errno openOutlet(String path, boolean anew, Consumer<byte[]> reader) {
    Consumer<Datagram> hears = datagram -> reader.accept(datagram.bytes());
    Inlet there = find(path);
    if (there != null && !anew) {
      open.put(there.descriptor(), new Inlet(path, there.descriptor(), Form.OUTLET, hears));
      return Errno.OK;
    }
    close(path);
    if (anew) files.delete(path);
    int fd = files.openFifo(path, OUTLET_MODE, Libc.O_RDONLY);
    return fd < 0 ? Libc.of(-fd) : add(new Inlet(path, fd, Form.OUTLET, hears));
  }

  Errno openDatagrams(String path, int mode, Consumer<Datagram> reader) {
    Inlet there = find(path);
    if (there != null && there.socket()) {
      open.put(there.descriptor(), new Inlet(path, there.descriptor(), Form.SOCKET, reader));
      return Errno.OK;
    }
    close(path);
    int fd = socket();
    if (fd < 0) return Libc.of(-fd);
    MEMORY.putInt(piece, 1);
    Libc.call(SETSOCKOPT, fd, SOL_SOCKET, SO_PASSCRED, piece, Integer.BYTES);
    // the socket's file is made with this mode (unix(7) leaves it to the implementation)
    Libc.call(FCHMOD, fd, mode);
    if (!isAbstract(path)) files.delete(path);
    byte[] name = name(path);
    int bound = name == null ? -1 : Libc.call(BIND, fd, address(name, 0), name.length);
    if (bound == 0) return add(new Inlet(path, fd, Form.SOCKET, reader));
    Errno errno = name == null ? Errno.EINVAL : Libc.of(Libc.errno());
    Libc.close(fd);
    return errno;
  }

  private Errno add(Inlet inlet) {
    int watched = poll.watchInlet(inlet.descriptor());
    if (watched < 0) {
      Libc.close(inlet.descriptor());
      return Libc.of(-watched);
    }
    open.put(inlet.descriptor(), inlet);
    return Errno.OK;
  }

  /** Reads what is there. The reader may close the inlet. */
  void read(int descriptor) {
    Inlet inlet = open.get(descriptor);
    for (int i = 0; i < PIECES && inlet != null && open.get(descriptor) == inlet; i++) {
      int got = inlet.socket() ? receive(descriptor) : Libc.call(READ, descriptor, piece, PIECE);
      boolean over = got == 0 && inlet.form() == Form.OUTLET;
      if (got < 0 || got == 0 && inlet.form() == Form.FIFO) return;
      if (over) close(inlet.path());
      byte[] bytes = new byte[got];
      MEMORY.getByteArray(piece, bytes, 0, got);
      inlet.reader().accept(datagram(bytes, inlet.socket()));
    }
  }

  private int receive(int descriptor) {
    MEMORY.putLong(message + 16, message + IOV);
    MEMORY.putLong(message + 24, 1);
    MEMORY.putLong(message + 32, message + CONTROL);
    MEMORY.putLong(message + 40, CONTROL_SIZE);
    MEMORY.putLong(message + IOV, piece);
    MEMORY.putLong(message + IOV + 8, PIECE);
    MEMORY.putInt(message + CONTROL + 12, 0);
    return Libc.call(RECVMSG, descriptor, message, MSG_DONTWAIT);
  }

  private Datagram datagram(byte[] bytes, boolean socket) {
    boolean known = socket && MEMORY.getInt(message + CONTROL + 12) == SCM_CREDENTIALS;
    int pid = known ? MEMORY.getInt(message + CREDENTIALS) : 0;
    int uid = known ? MEMORY.getInt(message + CREDENTIALS + 4) : -1;
    return new Datagram(bytes, pid, uid);
  }

  boolean isOpen(String path) {
    return find(path) != null;
  }

  private Inlet find(String path) {
    for (Inlet inlet : open.values()) if (inlet.path().equals(path)) return inlet;
    return null;
  }

  Errno send(String path, String text) {
    byte[] name = name(path);
    if (name == null) return Errno.EINVAL;
    int fd = socket();
    if (fd < 0) return Libc.of(-fd);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    long address = address(name, Arena.room(bytes));
    long message = arena.text(bytes);
    int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    Errno errno =
        Libc.result(Libc.call(SENDTO, fd, message, bytes.length, flags, address, name.length));
    Libc.close(fd);
    return errno;
  }

  private static int socket() {
    int type = SOCK_DGRAM | Libc.O_NONBLOCK | Libc.O_CLOEXEC; // SOCK_NONBLOCK and SOCK_CLOEXEC
    int fd = Libc.call(SOCKET, UnixName.AF_UNIX, type, 0);
    return fd < 0 ? -Libc.errno() : fd;
  }

  private static boolean isAbstract(String path) {
    return path.startsWith("@");
  }

  /** Null when it is too long. */
  private static byte[] name(String path) {
    byte[] name = UnixName.of(path);
    return name.length > UnixName.SIZE ? null : name;
  }

  private long address(byte[] name, long room) {
    arena.reset(UnixName.SIZE + 32 + room);
    long address = arena.take(UnixName.SIZE);
    MEMORY.putByteArray(address, name, 0, name.length);
    return address;
  }

  void close(String path) {
    Inlet inlet = find(path);
    if (inlet == null) return;
    open.remove(inlet.descriptor());
    Libc.close(inlet.descriptor());
    boolean ours = inlet.socket() && !isAbstract(path) || inlet.form() == Form.OUTLET;
    if (ours) files.delete(path);
  }

  void close() {
    for (Inlet inlet : open.values().toArray(Inlet[]::new)) close(inlet.path());
    arena.close();
    MEMORY.freeMemory(piece);
    MEMORY.freeMemory(message);
  }
}
