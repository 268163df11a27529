package svc.os;

import java.util.Locale;

/** What a process may have of something (getrlimit(2)). */
public enum Resource {
  /** Bytes of its address space. */
  AS(9, "how many bytes of memory it may map"),
  /** Bytes of a core file. */
  CORE(4, "how large a core file may be, in bytes"),
  /** Seconds of processor time. */
  CPU(0, "how many seconds of processor time it may take"),
  /** Bytes of its data segment. */
  DATA(2, "how many bytes of data it may have"),
  /** Bytes of a file that it writes. */
  FSIZE(1, "how large a file it may make, in bytes"),
  /** Bytes that are locked in memory. */
  MEMLOCK(8, "how many bytes it may lock in memory"),
  /** Bytes in POSIX message queues. */
  MSGQUEUE(12, "how many bytes its message queues may take"),
  /** The nice value that it may go down to, as 20 minus it. */
  NICE(13, "20 minus the lowest nice value that it may give itself"),
  /** Descriptors. */
  NOFILE(7, "how many descriptors it may have, and so open files"),
  /** Processes and threads of its user. */
  NPROC(6, "how many processes and threads its user may have"),
  /** The highest real-time priority. */
  RTPRIO(14, "the highest real-time priority that it may give itself"),
  /** Microseconds on a real-time scheduler without a wait. */
  RTTIME(15, "how many microseconds it may run in real time without a wait"),
  /** Signals that wait for the user's processes. */
  SIGPENDING(11, "how many signals may wait for its user's processes"),
  /** Bytes of its first thread's stack. */
  STACK(3, "how large its stack may grow, in bytes");

  private final int number;
  private final String help;

  Resource(int number, String help) {
    this.number = number;
    this.help = help;
  }

  /** {@return RLIMIT_X as asm-generic/resource.h has it, for amd64 and aarch64} */
  public int number() {
    return number;
  }

  /** {@return what is limited, one line for people} */
  public String help() {
    return help;
  }

  /** {@return its name in a declaration, as {@code nofile}} */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
