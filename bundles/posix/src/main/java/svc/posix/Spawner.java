package svc.posix;

import com.kenai.jffi.Function;
import java.util.ArrayList;
import java.util.List;
import svc.os.Attributes;
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
 * the child only enters the directory, takes its three streams and closes everything else. What it
 * inherits of a thread, as its umask, is set in a thread of its own ({@link SpawnThread}); what
 * only a process has, as its limits, is set from outside while it waits ({@link Hold}). A change of
 * user goes through setpriv(1) in front of the program, since credentials of a thread that changes
 * them itself can be attacked by the very user it changes to. Loop thread.
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
  private static final Function ACTIONS_CHDIR =
      Libc.function("posix_spawn_file_actions_addchdir_np", 2);
  private static final Function ACTIONS_FCHDIR =
      Libc.function("posix_spawn_file_actions_addfchdir_np", 2);
  private static final Function ACTIONS_OPEN = Libc.function("posix_spawn_file_actions_addopen", 5);
  private static final Function ACTIONS_CLOSE =
      Libc.function("posix_spawn_file_actions_addclose", 2);
  private static final Function ACTIONS_CLOSEFROM =
      Libc.function("posix_spawn_file_actions_addclosefrom_np", 2);
  private static final Function ACTIONS_DESTROY =
      Libc.function("posix_spawn_file_actions_destroy", 1);
  private static final Function SIGFILLSET = Libc.function("sigfillset", 1);
  private static final Function UMASK = Libc.function("umask", 1);
  private static final Function FCHDIR = Libc.function("fchdir", 1);
  private static final Function CHROOT = Libc.function("chroot", 1);
  private static final Function FCHOWN = Libc.function("fchown", 3);
  private static final Function IOCTL = Libc.function("ioctl", 3);
  private static final Function GETPGRP = Libc.function("getpgrp", 1);

  /** spawn.h */
  private static final int SETPGROUP = 0x02;

  private static final int SETSIGDEF = 0x04;

  /** Above every number that a child is handed something at. */
  private static final int HIGH = 128;

  private static final int SETSIGMASK = 0x08;
  private static final int SETSID = 0x80;

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

  /** As a group in chown(2). */
  private static final int NO_CHANGE = -1;

  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final FileTree files;
  private final UserDatabase users;
  private final int ourUser;
  private final Arena arena = new Arena();
  private final Hold hold = new Hold();
  private final CgroupMove cgroups;
  private final int nullDevice;
  private final int ourMask;

  /** Our directory of descriptors, once a child needs it. */
  private int ourDescriptors = -1;

  Spawner(FileTree files, UserDatabase users, int ourUser) {
    this.files = files;
    this.cgroups = new CgroupMove(files);
    this.users = users;
    this.ourUser = ourUser;
    this.nullDevice = files.open("/dev/null", Libc.O_RDWR, 0);
    this.ourMask = Libc.call(UMASK, 0);
    Libc.call(UMASK, ourMask);
  }

  Spawned spawn(Spawn request) {
    List<Integer> opened = new ArrayList<>(4);
    try {
      int pid = start(request, opened);
      String cgroup = request.attributes().cgroup();
      if (cgroup != null) cgroups.move(pid, cgroup);
      return new Spawned.Child(pid);
    } catch (Refused refused) {
      return refused.failure;
    } finally {
      for (int fd : opened) files.close(fd);
    }
  }

  private int start(Spawn request, List<Integer> opened) throws Refused {
    List<String> chain = credentials(request);
    Given given = given(request, opened);
    int mask = request.umask() == ourMask ? -1 : request.umask();
    if (mask < 0 && request.attributes().root() == null && given.hold() < 0) {
      return enterAndSpawn(request, chain, given, opened);
    }
    SpawnThread thread =
        SpawnThread.start(
            () -> {
              if (mask >= 0) Libc.call(UMASK, mask);
              return enterAndSpawn(request, chain, given, opened);
            });
    return given.hold() < 0 ? thread.await() : serve(request, given, thread);
  }

  private int serve(Spawn request, Given given, SpawnThread thread) throws Refused {
    Attributes attributes = request.attributes();
    Spawned.Failure failure = hold.serve(thread, attributes, given.terminal());
    int pid = thread.await();
    if (failure == null) return pid;
    hold.end(pid);
    throw new Refused(failure);
  }

  /**
   * What a child finds beside its directory.
   *
   * @param streams descriptors of ours for 0, 1 and 2, or -1 to leave ours
   * @param terminal a descriptor of ours on its controlling terminal, or -1
   * @param hold a descriptor of ours on what it is kept waiting by, or -1
   * @param handed descriptors of ours for 3, 4 and so on, or -1 for one that is closed
   */
  private record Given(int[] streams, int terminal, int hold, List<Integer> handed) {}

  private Given given(Spawn request, List<Integer> opened) throws Refused {
    int terminal = terminal(request.attributes().terminal(), opened);
    int in = input(request.in(), request, terminal, opened);
    int out = output(request.out(), request, terminal, opened);
    boolean both = request.err().equals(request.out());
    int err = both ? out : output(request.err(), request, terminal, opened);
    boolean held = isHeld(request.attributes());
    if (held && ourDescriptors < 0) ourDescriptors = openOurDescriptors();
    List<Integer> handed = handed(request, opened);
    int lease = held ? hold.arm() : -1;
    return new Given(new int[] {in, out, err}, terminal, lease, handed);
  }

  private List<Integer> handed(Spawn request, List<Integer> opened) throws Refused {
    Attributes.Outlet outlet = request.attributes().outlet();
    if (outlet == null) return request.descriptors();
    List<Integer> handed = new ArrayList<>(request.descriptors());
    while (handed.size() < outlet.number() - FIRST_TO_CLOSE) handed.add(-1);
    int fd = files.openForChild(outlet.path(), Libc.O_WRONLY, 0);
    handed.add(kept(files.raise(fd, HIGH), Stage.OUTPUT, outlet.path(), opened));
    return handed;
  }

  /** In a root of its own it does not find its witness, which the hold speaks to then. */
  private static boolean isHeld(Attributes attributes) {
    boolean blind = attributes.root() != null && attributes.witness() != null;
    return blind
        || !attributes.limits().isEmpty()
        || attributes.nice() != null
        || attributes.oomScoreAdjust() != null
        || attributes.processors() != null
        || attributes.terminal() != null;
  }

  private int openOurDescriptors() throws Refused {
    int fd = files.open("/proc/self/fd", Libc.O_PATH | Libc.O_DIRECTORY, 0);
    if (fd >= 0) return fd;
    throw new Refused(Stage.FORK, "/proc/self/fd", Libc.of(-fd));
  }

  // Where

  /**
   * @param program what was asked for, as it was found
   * @param file what is executed: the program, or what stands in front of it
   * @param directory where it starts, a descriptor
   */
  private record Target(String program, String file, int directory) {}

  /**
   * Finds directory and program, in the child's root. In a thread of its own where there is one, or
   * where there is anything else that the whole process would share.
   */
  private int enterAndSpawn(Spawn request, List<String> chain, Given given, List<Integer> opened)
      throws Refused {
    String root = request.attributes().root();
    int before = root == null ? -1 : directory("/", Stage.ROOT, opened);
    if (root != null) changeRoot(directory(root, Stage.ROOT, opened), root);
    int directory = directory(request.directory(), Stage.DIRECTORY, opened);
    String program = find(request, directory);
    List<String> words = new ArrayList<>(chain);
    if (!request.descriptors().isEmpty()) tellPid(words);
    // who changes root and user is a program of our own root
    if (root != null && !chain.isEmpty()) changeRoot(before, "/");
    // execve(2) takes the path; the program sees the name that it was called by
    String file = words.isEmpty() ? program : words.get(0);
    words.add(words.isEmpty() ? request.words().get(0) : program);
    words.addAll(request.words().subList(1, request.words().size()));
    return posixSpawn(request, new Target(program, file, directory), words, given);
  }

  private int directory(String path, Stage stage, List<Integer> opened) throws Refused {
    return kept(files.open(path, Libc.O_PATH | Libc.O_DIRECTORY, 0), stage, path, opened);
  }

  private void changeRoot(int directory, String path) throws Refused {
    Errno errno = Libc.result(Libc.call(FCHDIR, directory));
    if (errno.ok()) errno = Libc.result(Libc.call(CHROOT, arena.path(".")));
    if (!errno.ok()) throw new Refused(Stage.ROOT, path, errno);
  }

  // Who

  /**
   * @param user or null to stay who we are
   * @param gid or null for ours
   * @param groups all others
   */
  private record Identity(User user, Integer gid, List<Integer> groups) {}

  /**
   * What stands in front of the program: nothing for a service that stays who we are. Where the
   * root changes too, that comes after setpriv(1), which is a program of our own root, and the last
   * that needs root's rights, the uid, comes along with it: by unshare(1), which unshares nothing
   * here.
   */
  private List<String> credentials(Spawn request) throws Refused {
    Identity identity = identity(request);
    if (identity == null) return List.of();
    String root = request.attributes().root();
    List<String> chain = new ArrayList<>();
    chain.add(search("setpriv", DEFAULT_PATH, Libc.AT_FDCWD, Stage.BECOME));
    if (root == null) addUser(chain, "--reuid=", identity);
    if (identity.gid() != null) chain.add("--regid=" + unsigned(identity.gid()));
    chain.add(identity.groups().isEmpty() ? "--clear-groups" : "--groups=" + list(identity));
    chain.addAll(List.of("--inh-caps=-all", "--"));
    if (root == null) return chain;
    chain.add(search("unshare", DEFAULT_PATH, Libc.AT_FDCWD, Stage.ROOT));
    chain.addAll(List.of("--root=" + root, "--wd=" + request.directory()));
    addUser(chain, "--setuid=", identity);
    chain.add("--");
    return chain;
  }

  private static void addUser(List<String> chain, String option, Identity identity) {
    if (identity.user() != null) chain.add(option + unsigned(identity.user().uid()));
  }

  private static String list(Identity identity) {
    return String.join(",", identity.groups().stream().map(Spawner::unsigned).toList());
  }

  private static String unsigned(int number) {
    return Integer.toUnsignedString(number);
  }

  /** Null for who we are. */
  private Identity identity(Spawn request) throws Refused {
    List<String> named = request.attributes().groups();
    User user = request.user() == null ? null : user(request.user());
    boolean self = user == null || user.uid() == ourUser;
    if (self && request.group() == null && named == null) return null;
    Integer gid = user == null ? null : Integer.valueOf(user.gid());
    if (request.group() != null) gid = group(request.group());
    List<Integer> groups = new ArrayList<>();
    if (named != null) for (String each : named) groups.add(group(each));
    else if (user != null) groups.addAll(users.groups(user, gid));
    if (ourUser != 0) throw new Refused(Stage.BECOME, whom(request), Errno.EPERM);
    return new Identity(user, gid, groups);
  }

  private static String whom(Spawn request) {
    if (request.user() != null) return "user " + request.user();
    return "group " + (request.group() != null ? request.group() : request.attributes().groups());
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
    Integer gid = users.group(name);
    if (gid == null) throw new Refused(Stage.USER, "group " + name, Errno.ENOENT);
    return gid;
  }

  // Streams

  /** To read and write, and not ours: whoever is to have it opens it once more. */
  private int terminal(String path, List<Integer> opened) throws Refused {
    if (path == null) return -1;
    return kept(files.openForChild(path, Libc.O_RDWR, 0), Stage.TERMINAL, path, opened);
  }

  private int input(Stream stream, Spawn request, int terminal, List<Integer> opened)
      throws Refused {
    if (stream instanceof Stream.Fifo fifo) return fifo(fifo, request, Stage.INPUT, opened);
    return stream(stream, Libc.O_RDONLY, Stage.INPUT, terminal, opened);
  }

  private int output(Stream stream, Spawn request, int terminal, List<Integer> opened)
      throws Refused {
    if (stream instanceof Stream.Fifo fifo) return fifo(fifo, request, Stage.OUTPUT, opened);
    int flags = Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND;
    return stream(stream, flags, Stage.OUTPUT, terminal, opened);
  }

  /** Its user may open it again by /dev/stdout, which asks for the file's own permission. */
  private int fifo(Stream.Fifo stream, Spawn request, Stage stage, List<Integer> opened)
      throws Refused {
    int fifo = kept(files.openFifoForChild(stream.path()), stage, stream.path(), opened);
    int owner = request.user() == null ? ourUser : user(request.user()).uid();
    if (ourUser == 0 && stream.own()) Libc.call(FCHOWN, fifo, owner, NO_CHANGE);
    return fifo;
  }

  /** A descriptor to give to the child, or -1 to leave it ours. */
  private int stream(Stream stream, int flags, Stage stage, int terminal, List<Integer> opened)
      throws Refused {
    if (stream instanceof Stream.Inherit) return -1;
    if (stream instanceof Stream.Null) return nullDevice;
    if (stream instanceof Stream.Terminal) return terminal;
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

  private int posixSpawn(Spawn request, Target target, List<String> words, Given given)
      throws Refused {
    byte[] path = Arena.bytes(target.file());
    List<byte[]> argv = words.stream().map(Arena::bytes).toList();
    List<byte[]> environment = request.environment().stream().map(Arena::bytes).toList();
    String witness = request.attributes().witness();
    long fixed = ATTR_SIZE + ACTIONS_SIZE + 2 * SIGSET_SIZE + 512;
    if (witness != null) fixed += Arena.room(Arena.bytes(witness));
    arena.reset(fixed + Arena.room(path) + Arena.room(argv) + Arena.room(environment));
    long pid = arena.take(Integer.BYTES);
    long attributes = attributes(request.place());
    long actions = actions(target.directory(), given, witness);
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
    if (error != 0) throw refusal(target.program(), target.directory(), Libc.of(error));
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
  private long actions(int directory, Given given, String witness) {
    long actions = arena.take(ACTIONS_SIZE);
    Libc.call(ACTIONS_INIT, actions);
    if (given.hold() < 0) Libc.call(ACTIONS_FCHDIR, actions, directory);
    int[] streams = given.streams();
    for (int stream = 0; stream < streams.length; stream++) {
      if (streams[stream] >= 0) Libc.call(ACTIONS_DUP2, actions, streams[stream], stream);
    }
    int number = FIRST_TO_CLOSE;
    for (int descriptor : given.handed()) {
      if (descriptor < 0) Libc.call(ACTIONS_CLOSE, actions, number++);
      else Libc.call(ACTIONS_DUP2, actions, descriptor, number++);
    }
    if (given.hold() >= 0) addHold(actions, directory, given, number);
    else if (witness != null) addWitness(actions, witness, number);
    Libc.call(ACTIONS_CLOSEFROM, actions, number);
    return actions;
  }

  /**
   * The terminal becomes its controlling one when the leader of a new session opens it (tty(4)).
   * Then it waits, see {@link Hold}; its own copy of the file with the lease would keep that alive.
   * All is seen from our directory of descriptors, which is there in any root. Its own directory is
   * entered through that too, and last: when we have died meanwhile, there is nothing to enter.
   *
   * @param number the lowest that is free, once it is closed: a limit of descriptors holds by then
   */
  private void addHold(long actions, int directory, Given given, int number) {
    Libc.call(ACTIONS_FCHDIR, actions, ourDescriptors);
    int readWrite = Libc.O_RDWR | Libc.O_NONBLOCK;
    if (given.terminal() >= 0) {
      Libc.call(ACTIONS_OPEN, actions, number, ours(given.terminal()), readWrite, 0);
    }
    if (given.hold() >= number) Libc.call(ACTIONS_CLOSE, actions, given.hold());
    Libc.call(ACTIONS_OPEN, actions, number, ours(given.hold()), Libc.O_RDONLY, 0);
    Libc.call(ACTIONS_CHDIR, actions, ours(directory));
  }

  /** Last of what it does before its program, with nothing left that could fail. */
  private void addWitness(long actions, String witness, int number) {
    long path = arena.text(Arena.bytes(witness));
    Libc.call(ACTIONS_OPEN, actions, number, path, FileTree.ANEW, FileTree.OWNER_ONLY);
  }

  /** Its path in our directory of descriptors. */
  private long ours(int descriptor) {
    return arena.text(Arena.bytes(Integer.toString(descriptor)));
  }

  void close() {
    files.close(nullDevice);
    if (ourDescriptors >= 0) files.close(ourDescriptors);
    hold.close();
    users.close();
    arena.close();
  }
}
