package svc.posix;

import com.kenai.jffi.Function;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import svc.os.Attributes;
import svc.os.Errno;
import svc.os.Limit;
import svc.os.Spawned;
import svc.os.Spawned.Stage;

/**
 * Keeps a child between vfork(2) and execve(2) until it has been given what only another process
 * can give it while it has no code of its own: limits, priority, processors, OOM score. So it costs
 * no program in front of its own, and what fails is told with its errno before anything has run or
 * forked.
 *
 * <p>The child opens a file on which this process has a lease (fcntl(2), F_SETLEASE), and waits
 * there until the lease is given back. Then it enters its directory through this process's
 * descriptors: when this process has died, which frees the lease too, there are none, and the child
 * ends, as one that never was: its witness is this process's business. Linux breaks a lease after
 * lease-break-time (proc(5), 45 s); a child that was let go by that is killed.
 *
 * <p>Loop thread, while another thread waits in the vfork.
 */
final class Hold {

  private static final Function MEMFD_CREATE = Libc.function("memfd_create", 2);
  private static final Function FCNTL = Libc.function("fcntl", 3);
  private static final Function PRLIMIT = Libc.function("prlimit", 4);
  private static final Function SETPRIORITY = Libc.function("setpriority", 3);
  private static final Function SCHED_SETAFFINITY = Libc.function("sched_setaffinity", 3);
  private static final Function KILL = Libc.function("kill", 2);
  private static final Function WAITPID = Libc.function("waitpid", 3);

  /** linux/memfd.h */
  private static final int MFD_CLOEXEC = 1;

  /** asm-generic/fcntl.h, linux/fcntl.h */
  private static final int F_SETSIG = 10;

  private static final int F_SETLEASE = 1024;
  private static final int F_GETLEASE = 1025;
  private static final int F_WRLCK = 1;
  private static final int F_UNLCK = 2;

  /** What tells of a broken lease; ignored by default (signal(7)). */
  private static final int SIGURG = 23;

  private static final int SIGKILL = 9;
  private static final int PRIO_PROCESS = 0;

  private static final int CHILDREN_LIMIT = 4 << 10;
  private static final int STAT_LIMIT = 4 << 10;

  /** Between this process's parenthesis and the field: proc(5), tty_nr is the seventh. */
  private static final int TERMINAL_FIELD = 4;

  private final FileTree files = new FileTree();
  private final Arena arena = new Arena();

  /** Made when the first child needs it; -1 until then. */
  private int file = -1;

  /**
   * The descriptor, here, of what the child opens.
   *
   * @throws Refused when there can be no lease
   */
  int arm() throws Refused {
    if (file < 0) file = open();
    // forgotten by Linux with each lease
    Libc.call(FCNTL, file, F_SETSIG, SIGURG);
    Errno errno = Libc.result(Libc.call(FCNTL, file, F_SETLEASE, F_WRLCK));
    if (!errno.ok()) throw new Refused(Stage.FORK, "a lease", errno);
    return file;
  }

  /** Opened anew: a lease asks that whoever has the file for writing is counted. */
  private int open() throws Refused {
    int made = Libc.call(MEMFD_CREATE, arena.path("svc.hold"), MFD_CLOEXEC);
    if (made < 0) throw new Refused(Stage.FORK, "a lease", Libc.of(Libc.errno()));
    int opened = files.open("/proc/self/fd/" + made, Libc.O_RDWR, 0);
    files.close(made);
    if (opened < 0) throw new Refused(Stage.FORK, "a lease", Libc.of(-opened));
    return opened;
  }

  /**
   * Waits for the child of a thread, gives it what it is to have, and lets it go. One that cannot
   * have it is killed before it has run.
   *
   * @param thread which waits in the vfork; when it does no more, that has failed, and it says why
   * @param terminal device that is to be the child's controlling terminal, or -1
   * @return what failed, or null
   */
  Spawned.Failure serve(SpawnThread thread, Attributes attributes, int terminal) {
    int pid = 0;
    Spawned.Failure failure = null;
    Errno late;
    try {
      while (thread.works() && !someoneWaits()) Thread.onSpinWait();
      pid = thread.works() ? child(thread.id()) : 0;
      if (pid > 0) failure = give(pid, attributes, terminal);
      else if (thread.works()) failure = failure(Stage.FORK, "attributes", Errno.ESRCH);
    } finally {
      if (failure != null && pid > 0) Libc.call(KILL, pid, SIGKILL);
      late = Libc.result(Libc.call(FCNTL, file, F_SETLEASE, F_UNLCK));
    }
    boolean escaped = failure == null && pid > 0 && !late.ok();
    return escaped ? failure(Stage.FORK, "attributes", late) : failure;
  }

  /** Of one that is not what was asked for nobody is told. */
  void end(int pid) {
    Libc.call(KILL, pid, SIGKILL);
    while (Libc.call(WAITPID, pid, 0, 0) < 0 && Libc.errno() == Libc.EINTR) Thread.onSpinWait();
  }

  /** What the lease is about to become: a reader asks for one that lets others read. */
  private boolean someoneWaits() {
    return Libc.call(FCNTL, file, F_GETLEASE, 0) != F_WRLCK;
  }

  /** A thread in vfork(2) has one child; 0 where Linux does not say. */
  private int child(int thread) {
    String path = "/proc/self/task/" + thread + "/children";
    byte[] bytes = files.read(path, CHILDREN_LIMIT).bytes();
    String text = new String(bytes, StandardCharsets.US_ASCII).strip();
    return text.matches("[0-9]+") ? Integer.parseInt(text) : 0;
  }

  private Spawned.Failure give(int pid, Attributes attributes, int terminal) {
    if (terminal >= 0 && terminalOf(pid) != deviceOf(terminal)) {
      return failure(Stage.TERMINAL, attributes.terminal(), Libc.of(Libc.EBUSY));
    }
    for (Limit limit : attributes.limits()) {
      Errno errno = limit(pid, limit);
      if (!errno.ok()) return failure(Stage.LIMIT, limit.toString(), errno);
    }
    Errno errno = nice(pid, attributes);
    if (!errno.ok()) return failure(Stage.NICE, attributes.nice().toString(), errno);
    errno = processors(pid, attributes);
    if (!errno.ok()) return failure(Stage.PROCESSORS, attributes.processors().toString(), errno);
    errno = score(pid, attributes);
    if (errno.ok()) return testify(attributes.witness());
    return failure(Stage.OOM_SCORE_ADJUST, attributes.oomScoreAdjust().toString(), errno);
  }

  /** It will not fail any more, whether we live or not; where it is, it may not see the file. */
  private Spawned.Failure testify(String witness) {
    if (witness == null) return null;
    int fd = files.open(witness, FileTree.ANEW, FileTree.OWNER_ONLY);
    if (fd < 0) return failure(Stage.FORK, witness, Libc.of(-fd));
    files.close(fd);
    return null;
  }

  private static Spawned.Failure failure(Stage stage, String subject, Errno errno) {
    return new Spawned.Failure(stage, subject, errno);
  }

  private Errno limit(int pid, Limit limit) {
    arena.reset(2 * Long.BYTES);
    long pair = arena.take(2 * Long.BYTES);
    Arena.MEMORY.putLong(pair, limit.soft());
    Arena.MEMORY.putLong(pair + Long.BYTES, limit.hard());
    return Libc.result(Libc.call(PRLIMIT, pid, limit.resource().number(), pair, 0));
  }

  private static Errno nice(int pid, Attributes attributes) {
    if (attributes.nice() == null) return Errno.OK;
    return Libc.result(Libc.call(SETPRIORITY, PRIO_PROCESS, pid, attributes.nice()));
  }

  private Errno processors(int pid, Attributes attributes) {
    if (attributes.processors() == null) return Errno.OK;
    int bytes = svc.os.Processors.MOST / Byte.SIZE;
    arena.reset(bytes);
    long mask = arena.take(bytes);
    for (int number : attributes.processors().numbers()) {
      long at = mask + number / Long.SIZE * Long.BYTES;
      Arena.MEMORY.putLong(at, Arena.MEMORY.getLong(at) | 1L << number);
    }
    return Libc.result(Libc.call(SCHED_SETAFFINITY, pid, bytes, mask));
  }

  private Errno score(int pid, Attributes attributes) {
    if (attributes.oomScoreAdjust() == null) return Errno.OK;
    byte[] text = attributes.oomScoreAdjust().toString().getBytes(StandardCharsets.US_ASCII);
    return files.append("/proc/" + pid + "/oom_score_adj", text);
  }

  private int terminalOf(int pid) {
    byte[] bytes = files.read("/proc/" + pid + "/stat", STAT_LIMIT).bytes();
    String stat = new String(bytes, StandardCharsets.UTF_8);
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
    return Integer.parseInt(fields[TERMINAL_FIELD]);
  }

  /** As proc(5) has it, which stat(2) has too for majors below 4,096. */
  private static long deviceOf(int descriptor) {
    try {
      Object device = Files.getAttribute(Path.of("/proc/self/fd/" + descriptor), "unix:rdev");
      return (Long) device;
    } catch (IOException e) {
      return -1;
    }
  }

  void close() {
    if (file >= 0) files.close(file);
    files.close();
    arena.close();
  }
}
