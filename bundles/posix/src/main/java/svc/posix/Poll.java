package svc.posix;

import com.kenai.jffi.Function;
import com.kenai.jffi.MemoryIO;

/**
 * What the loop waits for: signals (signalfd(2)), ends of processes (pidfd_open(2)) and a call from
 * another thread (eventfd(2)), all through one epoll(7). Waiting allocates nothing.
 */
final class Poll {

  private static final Function EPOLL_CREATE = Libc.function("epoll_create1", 1);
  private static final Function EPOLL_CTL = Libc.function("epoll_ctl", 4);
  private static final Function EPOLL_WAIT = Libc.function("epoll_wait", 4);
  private static final Function EVENTFD = Libc.function("eventfd", 2);
  private static final Function SIGNALFD = Libc.function("signalfd", 3);
  private static final Function SIGMASK = Libc.function("pthread_sigmask", 3);
  private static final Function SYSCALL = Libc.function("syscall", 3);
  private static final Function READ = Libc.function("read", 3);
  private static final Function WRITE = Libc.function("write", 3);

  private static final MemoryIO MEMORY = Arena.MEMORY;

  private static final int EPOLL_CLOEXEC = Libc.O_CLOEXEC;
  private static final int NONBLOCK_CLOEXEC = Libc.O_NONBLOCK | Libc.O_CLOEXEC;
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLL_CTL_MOD = 3;
  private static final int EPOLLONESHOT = 1 << 30;
  private static final int EPOLLIN = 1;
  private static final int SIG_BLOCK = 0;

  /** The same on every architecture, as all system calls since 424. */
  private static final int SYS_PIDFD_OPEN = 434;

  /** struct epoll_event is packed on amd64 only. */
  private static final boolean PACKED = "amd64".equals(System.getProperty("os.arch"));

  static final int EVENT_SIZE = PACKED ? 12 : 16;
  static final int EVENT_DATA = PACKED ? 4 : 8;
  private static final int EVENTS = 64;

  private static final int SIGSET_SIZE = 128;

  /** struct signalfd_siginfo; the signal's number comes first. */
  private static final int SIGINFO_SIZE = 128;

  private static final int SIGINFOS = 16;
  private static final int SIGINFO_PID = 12;
  private static final int SIGCHLD = 17;

  /** Stands for a pid where a descriptor is none of a process. */
  private static final int INLET = -1;

  /** Who hears of what {@link #await} finds. */
  interface Ready {
    void signal(int number);

    void ended(int pid, int descriptor);

    void readable(int descriptor);
  }

  private final int epoll = check(Libc.call(EPOLL_CREATE, EPOLL_CLOEXEC), "epoll_create1");
  private final int waker = check(Libc.call(EVENTFD, 0, NONBLOCK_CLOEXEC), "eventfd");
  private final long events = MEMORY.allocateMemory((long) EVENT_SIZE * EVENTS, true);
  private final long sigset = MEMORY.allocateMemory(SIGSET_SIZE, true);
  private final long siginfos = MEMORY.allocateMemory((long) SIGINFO_SIZE * SIGINFOS, true);
  private final long counter = MEMORY.allocateMemory(Long.BYTES, true);
  private final long one = MEMORY.allocateMemory(Long.BYTES, true);
  private final int ourselves;
  private int signals = -1;
  private long mask;

  /**
   * @param ourselves our own process id
   */
  Poll(int ourselves) {
    this.ourselves = ourselves;
    MEMORY.putLong(one, 1);
    check(add(waker, 0), "epoll_ctl");
  }

  private static int check(int result, String call) {
    if (result < 0) throw new IllegalStateException(call + ": " + Libc.of(Libc.errno()));
    return result;
  }

  /**
   * Adds a signal to those that are read here, and blocks it in the calling thread.
   *
   * @return whether it was blocked before, and so in the whole process
   */
  boolean listen(int signal) {
    mask |= 1L << (signal - 1);
    MEMORY.putLong(sigset, mask);
    long old = MEMORY.allocateMemory(SIGSET_SIZE, true);
    Libc.call(SIGMASK, SIG_BLOCK, sigset, old);
    boolean before = (MEMORY.getLong(old) & 1L << (signal - 1)) != 0;
    MEMORY.freeMemory(old);
    boolean first = signals < 0;
    signals = check(Libc.call(SIGNALFD, signals, sigset, NONBLOCK_CLOEXEC), "signalfd");
    if (first) check(add(signals, 0), "epoll_ctl");
    return before;
  }

  private int add(int descriptor, int pid) {
    return control(EPOLL_CTL_ADD, descriptor, pid, EPOLLIN);
  }

  private int control(int operation, int descriptor, int pid, int what) {
    MEMORY.putInt(events, what);
    MEMORY.putLong(events + EVENT_DATA, (long) pid << 32 | descriptor);
    return Libc.call(EPOLL_CTL, epoll, operation, descriptor, events);
  }

  /**
   * Has {@link Ready#ended} told when this process has ended, until the descriptor is closed.
   *
   * @return the process's descriptor, or a negative errno
   */
  int watch(int pid) {
    int descriptor = Libc.call(SYSCALL, SYS_PIDFD_OPEN, pid, 0);
    if (descriptor < 0) return -Libc.errno();
    if (add(descriptor, pid) == 0) return descriptor;
    int errno = Libc.errno();
    Libc.close(descriptor);
    return -errno;
  }

  /**
   * Has {@link Ready#readable} told whenever there is something to read, until it is closed.
   *
   * @return 0, or a negative errno
   */
  int watchInlet(int descriptor) {
    return add(descriptor, INLET) == 0 ? 0 : -Libc.errno();
  }

  /**
   * Has {@link Ready#readable} told once when there is something to read; asked again, once more.
   *
   * @return 0, or a negative errno
   */
  int watchOnce(int descriptor) {
    int what = EPOLLIN | EPOLLONESHOT;
    if (control(EPOLL_CTL_ADD, descriptor, INLET, what) == 0) return 0;
    if (Libc.errno() != Libc.EEXIST) return -Libc.errno();
    return control(EPOLL_CTL_MOD, descriptor, INLET, what) == 0 ? 0 : -Libc.errno();
  }

  /**
   * Waits for something to happen.
   *
   * @param milliseconds at most; -1 for as long as it takes
   */
  void await(int milliseconds, Ready ready) {
    int count = Libc.call(EPOLL_WAIT, epoll, events, EVENTS, milliseconds);
    if (count < 0 && Libc.errno() != Libc.EINTR) check(count, "epoll_wait");
    for (int i = 0; i < count; i++) {
      long data = MEMORY.getLong(events + (long) EVENT_SIZE * i + EVENT_DATA);
      int descriptor = (int) data;
      int pid = (int) (data >>> 32);
      if (pid == INLET) ready.readable(descriptor);
      else if (pid != 0) ready.ended(pid, descriptor);
      else if (descriptor == waker) Libc.call(READ, waker, counter, Long.BYTES);
      else readSignals(ready);
    }
  }

  private void readSignals(Ready ready) {
    int bytes;
    while ((bytes = Libc.call(READ, signals, siginfos, SIGINFO_SIZE * SIGINFOS)) > 0) {
      for (long at = siginfos; at < siginfos + bytes; at += SIGINFO_SIZE) {
        // a SIGPIPE for a write of our own is nobody's wish
        if (MEMORY.getInt(at + SIGINFO_PID) != ourselves) ready.signal(MEMORY.getInt(at));
      }
    }
  }

  /** Ends a wait. Any thread. */
  void wake() {
    Libc.call(WRITE, waker, one, Long.BYTES);
  }

  static boolean isChild(int signal) {
    return signal == SIGCHLD;
  }

  void close() {
    Libc.close(epoll);
    Libc.close(waker);
    if (signals >= 0) Libc.close(signals);
    MEMORY.freeMemory(events);
    MEMORY.freeMemory(sigset);
    MEMORY.freeMemory(siginfos);
    MEMORY.freeMemory(counter);
    MEMORY.freeMemory(one);
  }
}
