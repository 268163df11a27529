package svc.posix;

import com.kenai.jffi.Function;
import com.kenai.jffi.MemoryIO;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import svc.os.Errno;
import svc.os.LocalSockets;

/**
 * A descriptor and whether it is closed, which nobody may be in doubt of: the number is another's
 * as soon as it is. So all calls on sockets are one after the other; none of them waits, and they
 * share the memory that bytes go through. Any thread.
 */
final class PosixSocket implements LocalSockets.Socket {

  private static final Function RECV = Libc.function("recv", 4);
  private static final Function SEND = Libc.function("send", 4);
  private static final Function GETSOCKOPT = Libc.function("getsockopt", 5);
  private static final Function ACCEPT = Libc.function("accept4", 4);

  private static final MemoryIO MEMORY = Arena.MEMORY;

  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERCRED = 17;

  /** struct ucred: pid, uid, gid. */
  private static final int UCRED_SIZE = 12;

  private static final int UCRED_UID = 4;

  private static final int PIECE = 64 << 10;

  /** Holds the calls apart, and the memory. */
  private static final Object CALLS = new Object();

  private static final long BYTES = MEMORY.allocateMemory(PIECE, false);

  private final int descriptor;
  private boolean closed;

  /** What its epoll waits for, as {@link LocalSockets#READ} and {@link LocalSockets#WRITE}. */
  private int watched;

  PosixSocket(int descriptor) {
    this.descriptor = descriptor;
  }

  @Override
  public int descriptor() {
    return descriptor;
  }

  @Override
  public boolean isOpen() {
    synchronized (CALLS) {
      return !closed;
    }
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    synchronized (CALLS) {
      int most = Math.min(PIECE, into.remaining());
      int got = call(RECV, most, MSG_DONTWAIT, "read");
      if (got == 0) return most == 0 ? 0 : -1;
      if (got < 0) return 0;
      byte[] bytes = new byte[got];
      MEMORY.getByteArray(BYTES, bytes, 0, got);
      into.put(bytes);
      return got;
    }
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    synchronized (CALLS) {
      byte[] bytes = new byte[Math.min(PIECE, from.remaining())];
      from.duplicate().get(bytes);
      MEMORY.putByteArray(BYTES, bytes, 0, bytes.length);
      int sent = call(SEND, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL, "write");
      if (sent <= 0) return 0;
      from.position(from.position() + sent);
      return sent;
    }
  }

  /**
   * @return -1 when it would have to wait
   */
  private int call(Function function, int bytes, int flags, String what) throws IOException {
    if (closed) throw new ClosedChannelException();
    int result;
    do {
      result = Libc.call(function, descriptor, BYTES, bytes, flags);
    } while (result < 0 && Libc.errno() == Libc.EINTR);
    if (result < 0) refuseUnlessBusy(what);
    return result;
  }

  private static void refuseUnlessBusy(String what) throws IOException {
    Errno errno = Libc.of(Libc.errno());
    if (!errno.equals(Errno.EAGAIN)) throw new IOException(what + ": " + errno);
  }

  /** See {@link LocalSockets#accept}. */
  PosixSocket accept() throws IOException {
    synchronized (CALLS) {
      if (closed) throw new ClosedChannelException();
      int flags = Libc.O_NONBLOCK | Libc.O_CLOEXEC;
      int accepted = Libc.call(ACCEPT, descriptor, 0, 0, flags);
      if (accepted >= 0) return new PosixSocket(accepted);
      refuseUnlessBusy("accept");
      return null;
    }
  }

  @Override
  public int user() throws IOException {
    synchronized (CALLS) {
      if (closed) throw new ClosedChannelException();
      MEMORY.putInt(BYTES + UCRED_SIZE, UCRED_SIZE);
      long length = BYTES + UCRED_SIZE;
      int result = Libc.call(GETSOCKOPT, descriptor, SOL_SOCKET, SO_PEERCRED, BYTES, length);
      if (result < 0) throw new IOException("SO_PEERCRED: " + Libc.of(Libc.errno()));
      return MEMORY.getInt(BYTES + UCRED_UID);
    }
  }

  /** What an epoll(7) is to wait for. */
  void watch(Epoll epoll, int what) {
    synchronized (CALLS) {
      if (closed || what == watched) return;
      int events = (what & LocalSockets.READ) != 0 ? Epoll.IN : 0;
      if ((what & LocalSockets.WRITE) != 0) events |= Epoll.OUT;
      int result = what == 0 ? epoll.remove(descriptor) : epoll.put(descriptor, descriptor, events);
      if (result == 0) watched = what;
    }
  }

  @Override
  public void close() {
    synchronized (CALLS) {
      if (closed) return;
      closed = true;
      Libc.close(descriptor);
    }
  }
}
