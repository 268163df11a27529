package svc.posix;

import svc.os.LocalSockets;

/** Waits for sockets, each known by its descriptor. */
final class SocketPoller implements LocalSockets.Poller {

  private static final int READABLE = Epoll.IN | Epoll.ERR | Epoll.HUP;
  private static final int WRITABLE = Epoll.OUT | Epoll.ERR | Epoll.HUP;

  private final Epoll epoll = new Epoll();

  @Override
  public void watch(LocalSockets.Socket socket, int what) {
    ((PosixSocket) socket).watch(epoll, what);
  }

  @Override
  public void await(int milliseconds, LocalSockets.Ready ready) {
    int count = epoll.await(milliseconds, Integer.MAX_VALUE);
    for (int i = 0; i < count; i++) ready.ready((int) epoll.word(i), what(epoll.what(i)));
  }

  private static int what(int events) {
    int readable = (events & READABLE) != 0 ? LocalSockets.READ : 0;
    return (events & WRITABLE) != 0 ? readable | LocalSockets.WRITE : readable;
  }

  @Override
  public void wake() {
    epoll.wake();
  }

  @Override
  public void close() {
    epoll.close();
  }
}
