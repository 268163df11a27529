package svc.posix;

import com.kenai.jffi.Function;
import com.kenai.jffi.MemoryIO;

/**
 * What the loop waits for: signals (signalfd(2)), ends of processes (pidfd_open(2)), what others
 * write and a call from another thread, all through one {@link Epoll}. Waiting allocates nothing.
 */
final class Poll {

  private static final Function SIGNALFD = Libc.function("signalfd", 3);
  private static final Function SIGMASK = Libc.function("pthread_sigmask", 3);
  private static final Function SYSCALL = Libc.function("syscall", 3);
  private static final Function READ = Libc.function("read", 3);

  private static final MemoryIO MEMORY = Arena.MEMORY;

  private static final int NONBLOCK_CLOEXEC = Libc.O_NONBLOCK | Libc.O_CLOEXEC;
  private static final int SIG_BLOCK = 0;

  /** The same on every architecture, as all system calls since 424. */
  private static final int SYS_PIDFD_OPEN = 434;

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

  private final Epoll epoll = new Epoll();
  private final long sigset = MEMORY.allocateMemory(SIGSET_SIZE, true);
  private final long siginfos = MEMORY.allocateMemory((long) SIGINFO_SIZE * SIGINFOS, true);
  private final int ourselves;
  private int signals = -1;
  private long mask;

  /**
   * @param ourselves our own process id
   */
  Poll(int ourselves) {
    this.ourselves = ourselves;
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
    signals = Epoll.check(Libc.call(SIGNALFD, signals, sigset, NONBLOCK_CLOEXEC), "signalfd");
    if (first && epoll.add(signals, word(0, signals), Epoll.IN) < 0)
      throw new IllegalStateException("epoll_ctl");
    return before;
  }

  private static long word(int pid, int descriptor) {
    return (long) pid << 32 | descriptor;
  }

  /**
   * Has {@link Ready#ended} told when this process has ended, until the descriptor is closed.
   *
   * @return the process's descriptor, or a negative errno
   */
  int watch(int pid) {
    int descriptor = Libc.call(SYSCALL, SYS_PIDFD_OPEN, pid, 0);
    if (descriptor < 0) return -Libc.errno();
    int added = epoll.add(descriptor, word(pid, descriptor), Epoll.IN);
    if (added == 0) return descriptor;
    Libc.close(descriptor);
    return added;
  }

  /**
   * Has {@link Ready#readable} told whenever there is something to read, until it is closed.
   *
   * @return 0, or a negative errno
   */
  int watchInlet(int descriptor) {
    return epoll.add(descriptor, word(INLET, descriptor), Epoll.IN);
  }

  /**
   * Has {@link Ready#readable} told once when there is something to read; asked again, once more.
   *
   * @return 0, or a negative errno
   */
  int watchOnce(int descriptor) {
    return epoll.put(descriptor, word(INLET, descriptor), Epoll.IN | Epoll.ONESHOT);
  }

  /**
   * Waits for something to happen.
   *
   * @param milliseconds at most; -1 for as long as it takes
   */
  void await(int milliseconds, Ready ready) {
    int count = epoll.await(milliseconds, Integer.MAX_VALUE);
    for (int i = 0; i < count; i++) {
      long word = epoll.word(i);
      int descriptor = (int) word;
      int pid = (int) (word >>> 32);
      if (pid == INLET) ready.readable(descriptor);
      else if (pid != 0) ready.ended(pid, descriptor);
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
    epoll.wake();
  }

  static boolean isChild(int signal) {
    return signal == SIGCHLD;
  }

  void close() {
    epoll.close();
    if (signals >= 0) Libc.close(signals);
    MEMORY.freeMemory(sigset);
    MEMORY.freeMemory(siginfos);
  }
}
