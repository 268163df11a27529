package svc.posix;

import com.kenai.jffi.Function;
import com.kenai.jffi.MemoryIO;
import java.io.IOException;
import svc.os.LocalSockets;

/** An epoll(7) of sockets, and an eventfd(2) that ends a wait. */
final class SocketPoller implements LocalSockets.Poller {

  private static final Function EPOLL_CREATE = Libc.function("epoll_create1", 1);
  private static final Function EPOLL_CTL = Libc.function("epoll_ctl", 4);
  private static final Function EPOLL_WAIT = Libc.function("epoll_wait", 4);
  private static final Function EVENTFD = Libc.function("eventfd", 2);
  private static final Function READ = Libc.function("read", 3);
  private static final Function WRITE = Libc.function("write", 3);

  private static final MemoryIO MEMORY = Arena.MEMORY;

  private static final int EPOLL_CTL_ADD = 1;
  private static final int EVENTS = 64;
  private static final int READABLE =
      PosixSocket.EPOLLIN | PosixSocket.EPOLLERR | PosixSocket.EPOLLHUP;
  private static final int WRITABLE =
      PosixSocket.EPOLLOUT | PosixSocket.EPOLLERR | PosixSocket.EPOLLHUP;

  private final int epoll;
  private final int waker;
  private final long events = MEMORY.allocateMemory((long) Poll.EVENT_SIZE * EVENTS, true);
  private final long counter = MEMORY.allocateMemory(2 * Long.BYTES, true);
  private boolean closed;

  SocketPoller() throws IOException {
    epoll = opened(Libc.call(EPOLL_CREATE, Libc.O_CLOEXEC));
    waker = opened(Libc.call(EVENTFD, 0, Libc.O_NONBLOCK | Libc.O_CLOEXEC));
    MEMORY.putLong(counter + Long.BYTES, 1);
    MEMORY.putInt(events, PosixSocket.EPOLLIN);
    MEMORY.putLong(events + Poll.EVENT_DATA, waker);
    Libc.call(EPOLL_CTL, epoll, EPOLL_CTL_ADD, waker, events);
  }

  private static int opened(int descriptor) throws IOException {
    if (descriptor < 0) throw new IOException("epoll: " + Libc.of(Libc.errno()));
    return descriptor;
  }

  @Override
  public synchronized void watch(LocalSockets.Socket socket, int what) {
    if (!closed) ((PosixSocket) socket).watch(epoll, what);
  }

  @Override
  public void await(int milliseconds, LocalSockets.Ready ready) {
    int count = Libc.call(EPOLL_WAIT, epoll, events, EVENTS, milliseconds);
    for (int i = 0; i < count; i++) {
      long event = events + (long) Poll.EVENT_SIZE * i;
      int descriptor = (int) MEMORY.getLong(event + Poll.EVENT_DATA);
      if (descriptor == waker) Libc.call(READ, waker, counter, Long.BYTES);
      else ready.ready(descriptor, what(MEMORY.getInt(event)));
    }
  }

  private static int what(int events) {
    int readable = (events & READABLE) != 0 ? LocalSockets.READ : 0;
    return (events & WRITABLE) != 0 ? readable | LocalSockets.WRITE : readable;
  }

  @Override
  public synchronized void wake() {
    if (!closed) Libc.call(WRITE, waker, counter + Long.BYTES, Long.BYTES);
  }

  @Override
  public synchronized void close() {
    if (closed) return;
    closed = true;
    Libc.close(epoll);
    Libc.close(waker);
    MEMORY.freeMemory(events);
    MEMORY.freeMemory(counter);
  }
}
