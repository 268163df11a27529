package svc.posix;

import com.kenai.jffi.Function;
import com.kenai.jffi.MemoryIO;

/**
 * An epoll(7), and an eventfd(2) that ends a wait. Each descriptor carries a word of its user's.
 * Waiting allocates nothing. One thread waits; any thread may change what is waited for, and wake.
 */
final class Epoll {

  static final int IN = 1;
  static final int OUT = 4;
  static final int ERR = 8;
  static final int HUP = 16;
  static final int ONESHOT = 1 << 30;

  private static final Function CREATE = Libc.function("epoll_create1", 1);
  private static final Function CTL = Libc.function("epoll_ctl", 4);
  private static final Function WAIT = Libc.function("epoll_wait", 4);
  private static final Function EVENTFD = Libc.function("eventfd", 2);
  private static final Function READ = Libc.function("read", 3);
  private static final Function WRITE = Libc.function("write", 3);

  private static final MemoryIO MEMORY = Arena.MEMORY;

  private static final int ADD = 1;
  private static final int DELETE = 2;
  private static final int MODIFY = 3;

  /** struct epoll_event is packed on amd64 only. */
  private static final boolean PACKED = "amd64".equals(System.getProperty("os.arch"));

  private static final int SIZE = PACKED ? 12 : 16;
  private static final int DATA = PACKED ? 4 : 8;
  private static final int EVENTS = 64;

  /** The word of the eventfd(2). */
  private static final long WAKER = -1;

  private final int epoll = check(Libc.call(CREATE, Libc.O_CLOEXEC), "epoll_create1");
  private final int waker =
      check(Libc.call(EVENTFD, 0, Libc.O_NONBLOCK | Libc.O_CLOEXEC), "eventfd");
  private final long events = MEMORY.allocateMemory((long) SIZE * EVENTS, true);
  private final long change = MEMORY.allocateMemory(SIZE, true);
  private final long counter = MEMORY.allocateMemory(Long.BYTES, true);
  private final long one = MEMORY.allocateMemory(Long.BYTES, true);
  private boolean closed;

  /**
   * @throws IllegalStateException when there are no descriptors left
   */
  Epoll() {
    MEMORY.putLong(one, 1);
    if (add(waker, WAKER, IN) < 0) throw new IllegalStateException("epoll_ctl");
  }

  static int check(int result, String call) {
    if (result < 0) throw new IllegalStateException(call + ": " + Libc.of(Libc.errno()));
    return result;
  }

  /**
   * @param word not -1
   * @return 0, or a negative errno
   */
  int add(int descriptor, long word, int what) {
    return control(ADD, descriptor, word, what);
  }

  /** As {@link #add}, of one that is there. */
  int change(int descriptor, long word, int what) {
    return control(MODIFY, descriptor, word, what);
  }

  /** As {@link #change}, or {@link #add} where it is not there. */
  int put(int descriptor, long word, int what) {
    int added = add(descriptor, word, what);
    return added == -Libc.EEXIST ? change(descriptor, word, what) : added;
  }

  /** One that is closed is removed by Linux. */
  int remove(int descriptor) {
    return control(DELETE, descriptor, 0, 0);
  }

  private synchronized int control(int operation, int descriptor, long word, int what) {
    if (closed) return -Libc.EBADF;
    MEMORY.putInt(change, what);
    MEMORY.putLong(change + DATA, word);
    return Libc.call(CTL, epoll, operation, descriptor, change) < 0 ? -Libc.errno() : 0;
  }

  /**
   * Waits for something to happen.
   *
   * @param milliseconds at most; -1 for as long as it takes
   * @param most events, from 1
   * @return how many there are, see {@link #word} and {@link #what}
   */
  int await(int milliseconds, int most) {
    int count = Libc.call(WAIT, epoll, events, Math.min(EVENTS, most), milliseconds);
    if (count < 0 && Libc.errno() != Libc.EINTR) check(count, "epoll_wait");
    for (int i = 0; i < count; i++) {
      if (word(i) != WAKER) continue;
      Libc.call(READ, waker, counter, Long.BYTES);
      count--;
      MEMORY.copyMemory(events + (long) SIZE * count, events + (long) SIZE * i, SIZE);
    }
    return Math.max(0, count);
  }

  long word(int event) {
    return MEMORY.getLong(events + (long) SIZE * event + DATA);
  }

  int what(int event) {
    return MEMORY.getInt(events + (long) SIZE * event);
  }

  /** Ends a wait, or the next one. Its number may be somebody else's once it is closed. */
  synchronized void wake() {
    if (!closed) Libc.call(WRITE, waker, one, Long.BYTES);
  }

  /** When nobody waits any more. */
  synchronized void close() {
    if (closed) return;
    closed = true;
    Libc.close(epoll);
    Libc.close(waker);
    MEMORY.freeMemory(events);
    MEMORY.freeMemory(change);
    MEMORY.freeMemory(counter);
    MEMORY.freeMemory(one);
  }
}
