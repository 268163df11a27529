package svc.posix;

import com.kenai.jffi.Function;
import java.util.ArrayList;
import java.util.List;
import svc.os.Errno;
import svc.os.Spawn;
import svc.os.Spawn.Place;
import svc.os.Spawn.Stream;
import svc.os.Spawned;
import svc.os.Spawned.Stage;
import svc.os.User;

/**
 * Starts processes with posix_spawn(3): one vfork, and an exec error comes back at once.
 *
 * <p>What can fail before the exec is done here, in the parent, so that a failure names its stage;
 * the child only enters the directory, takes its three streams and closes everything else. A change
 * of user goes through setpriv(1) in front of the program, since credentials of a thread that
 * changes them itself can be attacked by the very user it changes to. Loop thread.
 */
final class Spawner {

  private static final Function SPAWN = Libc.function("posix_spawn", 6);
  private static final Function ATTR_INIT = Libc.function("posix_spawnattr_init", 1);
  private static final Function ATTR_FLAGS = Libc.function("posix_spawnattr_setflags", 2);
  private static final Function ATTR_DEFAULT = Libc.function("posix_spawnattr_setsigdefault", 2);
  private static final Function ATTR_MASK = Libc.function("posix_spawnattr_setsigmask", 2);
  private static final Function ATTR_DESTROY = Libc.function("posix_spawnattr_destroy", 1);
  private static final Function ACTIONS_INIT = Libc.function("posix_spawn_file_actions_init", 1);
  private static final Function ACTIONS_DUP2 = Libc.function("posix_spawn_file_actions_adddup2", 3);
  private static final Function ACTIONS_FCHDIR =
      Libc.function("posix_spawn_file_actions_addfchdir_np", 2);
  private static final Function ACTIONS_CLOSEFROM =
      Libc.function("posix_spawn_file_actions_addclosefrom_np", 2);
  private static final Function ACTIONS_DESTROY =
      Libc.function("posix_spawn_file_actions_destroy", 1);
  private static final Function SIGFILLSET = Libc.function("sigfillset", 1);
  private static final Function UMASK = Libc.function("umask", 1);
  private static final Function UNSHARE = Libc.function("unshare", 1);

  private static final Function IOCTL = Libc.function("ioctl", 3);
  private static final Function GETPGRP = Libc.function("getpgrp", 1);

  /** spawn.h */
  private static final int SETPGROUP = 0x02;

  private static final int SETSIGDEF = 0x04;

  private static final int SETSIGMASK = 0x08;
  private static final int SETSID = 0x80;

  private static final int CLONE_FS = 0x200;

  /** asm-generic/ioctls.h: the foreground process group of our controlling terminal. */
  private static final int TIOCGPGRP = 0x540F;

  /** At least what glibc's types have on amd64 and aarch64: 336, 80 and 128 bytes. */
  private static final int ATTR_SIZE = 512;

  private static final int ACTIONS_SIZE = 256;
  private static final int SIGSET_SIZE = 128;

  /** The first after the three streams. */
  static final int FIRST_TO_CLOSE = 3;

  /** How many of ours a child may be given. */
  static final int MOST_DESCRIPTORS = 64;

  /**
   * LISTEN_PID has to be the program's own pid (sd_listen_fds(3)), which nobody knows before it is
   * there; a shell does, and leaves it to the program (exec).
   */
  private static final String TELL_PID = "LISTEN_PID=$$; export LISTEN_PID; exec \"$@\"";

  private static final int LOG_MODE = 0640;

  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final FileTree files;
  private final UserDatabase users;
  private final int ourUser;
  private final Arena arena = new Arena();
  private final int nullDevice;
  private int ourMask;

  Spawner(FileTree files, UserDatabase users, int ourUser) {
    this.files = files;
    this.users = users;
    this.ourUser = ourUser;
    this.nullDevice = files.open("/dev/null", Libc.O_RDWR, 0);
    this.ourMask = Libc.call(UMASK, 0);
    Libc.call(UMASK, ourMask);
  }

  /** Ends a spawn that cannot succeed; caught within this class. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    final transient Spawned.Failure failure;

    Refused(Stage stage, String subject, Errno errno) {
      super(stage.text(), null, false, false);
      failure = new Spawned.Failure(stage, subject, errno);
    }
  }

  Spawned spawn(Spawn request) {
    List<Integer> opened = new ArrayList<>(4);
    try {
      return new Spawned.Child(start(request, opened));
    } catch (Refused refused) {
      return refused.failure;
    } finally {
      for (int fd : opened) files.close(fd);
    }
  }

  private int start(Spawn request, List<Integer> opened) throws Refused {
    List<String> chain = credentials(request);
    int flags = Libc.O_PATH | Libc.O_DIRECTORY;
    int directory =
        kept(
            files.open(request.directory(), flags, 0),
            Stage.DIRECTORY,
            request.directory(),
            opened);
    int in = stream(request.in(), Libc.O_RDONLY, Stage.INPUT, opened);
    int out = output(request.out(), opened);
    int err = request.err().equals(request.out()) ? out : output(request.err(), opened);
    String program = find(request, directory);
    if (!request.descriptors().isEmpty()) tellPid(chain);
    // execve(2) takes the path; the program sees the name that it was called by
    String path = chain.isEmpty() ? program : chain.get(0);
    if (!chain.isEmpty()) chain.add(program);
    else chain.add(request.words().get(0));
    chain.addAll(request.words().subList(1, request.words().size()));
    int[] streams = {in, out, err};
    int mask = request.umask();
    return mask < 0 || mask == ourMask
        ? posixSpawn(request, program, path, chain, directory, streams)
        : withMask(mask, () -> posixSpawn(request, program, path, chain, directory, streams));
  }

  // Who

  /** What stands in front of the program: nothing for a service that stays who we are. */
  private List<String> credentials(Spawn request) throws Refused {
    List<String> chain = new ArrayList<>();
    if (request.user() == null && request.group() == null) return chain;
    User user = request.user() == null ? null : user(request.user());
    int gid = request.group() == null ? user.gid() : group(request.group());
    if (user != null && user.uid() == ourUser && request.group() == null) return chain;
    if (ourUser != 0) {
      String who = user == null ? request.group() : user.name();
      throw new Refused(Stage.USER, who, Errno.EPERM);
    }
    chain.add(search("setpriv", DEFAULT_PATH, Libc.AT_FDCWD, Stage.USER));
    if (user != null) chain.add("--reuid=" + user.uid());
    chain.add("--regid=" + gid);
    chain.add(user != null && users.hasEntry(user) ? "--init-groups" : "--clear-groups");
    chain.add("--");
    return chain;
  }

  private void tellPid(List<String> chain) throws Refused {
    String shell = search("sh", DEFAULT_PATH, Libc.AT_FDCWD, Stage.EXEC);
    chain.addAll(List.of(shell, "-c", TELL_PID, "sh"));
  }

  private User user(String name) throws Refused {
    User user = users.user(name);
    if (user == null) throw new Refused(Stage.USER, name, Errno.ENOENT);
    return user;
  }

  private int group(String name) throws Refused {
    int gid = users.group(name);
    if (gid < 0) throw new Refused(Stage.USER, "group " + name, Errno.ENOENT);
    return gid;
  }

  // Streams

  private int output(Stream stream, List<Integer> opened) throws Refused {
    int flags = Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND;
    return stream(stream, flags, Stage.OUTPUT, opened);
  }

  /** A descriptor to give to the child, or -1 to leave it ours. */
  private int stream(Stream stream, int flags, Stage stage, List<Integer> opened) throws Refused {
    if (stream instanceof Stream.Inherit) return -1;
    if (stream instanceof Stream.Null) return nullDevice;
    String path = ((Stream.File) stream).path();
    return kept(files.openForChild(path, flags, LOG_MODE), stage, path, opened);
  }

  private static int kept(int fd, Stage stage, String subject, List<Integer> opened)
      throws Refused {
    if (fd < 0) throw new Refused(stage, subject, Libc.of(-fd));
    opened.add(fd);
    return fd;
  }

  // The program

  private String find(Spawn request, int directory) throws Refused {
    String program = request.words().get(0);
    if (!program.contains("/")) {
      return search(program, path(request.environment()), directory, Stage.EXEC);
    }
    Errno errno = files.executable(directory, program);
    if (!errno.ok()) throw new Refused(Stage.EXEC, program, errno);
    return program;
  }

  private static String path(List<String> environment) {
    for (String entry : environment) if (entry.startsWith("PATH=")) return entry.substring(5);
    return DEFAULT_PATH;
  }

  /** As execvp(3): the first that can be executed; one that cannot is remembered as EACCES. */
  private String search(String program, String path, int directory, Stage stage) throws Refused {
    Errno errno = Errno.ENOENT;
    for (String place : path.split(":")) {
      String candidate = place.isEmpty() ? "./" + program : place + "/" + program;
      Errno tried = files.executable(directory, candidate);
      if (tried.ok()) return candidate;
      if (tried.equals(Errno.EACCES)) errno = tried;
    }
    throw new Refused(stage, program, errno);
  }

  // The call

  private interface Call {
    int spawn() throws Refused;
  }

  /**
   * A umask belongs to the process unless a thread leaves the others (unshare(2)); so a thread of
   * its own does, spawns, and ends.
   */
  private static int withMask(int mask, Call call) throws Refused {
    int[] pid = new int[1];
    Refused[] refused = new Refused[1];
    Thread thread =
        new Thread(
            () -> {
              try {
                Errno errno = Libc.result(Libc.call(UNSHARE, CLONE_FS));
                if (!errno.ok()) throw new Refused(Stage.FORK, "umask", errno);
                Libc.call(UMASK, mask);
                pid[0] = call.spawn();
              } catch (Refused e) {
                refused[0] = e;
              }
            },
            "svc.spawn");
    thread.start();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) Thread.currentThread().interrupt();
    if (refused[0] != null) throw refused[0];
    return pid[0];
  }

  private int posixSpawn(
      Spawn request, String program, String file, List<String> words, int directory, int[] streams)
      throws Refused {
    byte[] path = Arena.bytes(file);
    List<byte[]> argv = words.stream().map(Arena::bytes).toList();
    List<byte[]> environment = request.environment().stream().map(Arena::bytes).toList();
    List<Integer> given = request.descriptors();
    long fixed = ATTR_SIZE + ACTIONS_SIZE + 2 * SIGSET_SIZE + 256;
    arena.reset(fixed + Arena.room(path) + Arena.room(argv) + Arena.room(environment));
    long pid = arena.take(Integer.BYTES);
    long attributes = attributes(request.place());
    long actions = actions(directory, streams, given);
    if (request.place() == Place.FOREGROUND && inForeground()) {
      Libc.call(Terminal.ACTIONS_TCSETPGRP, actions, 0);
    }
    int error =
        Libc.call(
            SPAWN,
            pid,
            arena.text(path),
            actions,
            attributes,
            arena.vector(argv),
            arena.vector(environment));
    Libc.call(ACTIONS_DESTROY, actions);
    Libc.call(ATTR_DESTROY, attributes);
    if (error != 0) throw refusal(program, directory, Libc.of(error));
    return Arena.MEMORY.getInt(pid);
  }

  /** ENOENT for a program that is there means that what its first line names is not. */
  private Refused refusal(String program, int directory, Errno errno) {
    boolean fork = errno.equals(Errno.EAGAIN) || errno.equals(Errno.ENOMEM);
    if (fork) return new Refused(Stage.FORK, program, errno);
    boolean interpreter = errno.equals(Errno.ENOENT) && files.exists(directory, program);
    return new Refused(Stage.EXEC, interpreter ? "interpreter of " + program : program, errno);
  }

  /** glibc has it since 2.35, later than all else here; so it is looked for when it is needed. */
  private static final class Terminal {
    static final Function ACTIONS_TCSETPGRP =
        Libc.function("posix_spawn_file_actions_addtcsetpgrp_np", 2);
  }

  /** Whether descriptor 0 is our controlling terminal and ours to give away. */
  private boolean inForeground() {
    long group = arena.take(Integer.BYTES);
    return Libc.call(IOCTL, 0, TIOCGPGRP, group) == 0
        && Arena.MEMORY.getInt(group) == Libc.call(GETPGRP, 0);
  }

  /** A session or a group of its own, nothing blocked, nothing ignored. */
  private long attributes(Place place) {
    long attributes = arena.take(ATTR_SIZE);
    Libc.call(ATTR_INIT, attributes);
    int leads = place == Place.SESSION ? SETSID : SETPGROUP; // group 0: its own
    Libc.call(ATTR_FLAGS, attributes, leads | SETSIGMASK | SETSIGDEF);
    Libc.call(ATTR_MASK, attributes, arena.take(SIGSET_SIZE));
    long all = arena.take(SIGSET_SIZE);
    Libc.call(SIGFILLSET, all);
    Libc.call(ATTR_DEFAULT, attributes, all);
    return attributes;
  }

  /** Those that are given lie above where they go ({@link Listeners}). */
  private long actions(int directory, int[] streams, List<Integer> given) {
    long actions = arena.take(ACTIONS_SIZE);
    Libc.call(ACTIONS_INIT, actions);
    Libc.call(ACTIONS_FCHDIR, actions, directory);
    for (int stream = 0; stream < streams.length; stream++) {
      if (streams[stream] >= 0) Libc.call(ACTIONS_DUP2, actions, streams[stream], stream);
    }
    int number = FIRST_TO_CLOSE;
    for (int descriptor : given) Libc.call(ACTIONS_DUP2, actions, descriptor, number++);
    Libc.call(ACTIONS_CLOSEFROM, actions, number);
    return actions;
  }

  void close() {
    files.close(nullDevice);
    arena.close();
  }
}
