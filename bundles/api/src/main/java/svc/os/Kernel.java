package svc.os;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What svc asks of Linux, and what Linux tells it.
 *
 * <p>One kernel serves one process. It owns one thread, the loop: {@link Events} are delivered
 * there, one at a time, and every method that is not marked <em>any thread</em> is called there. So
 * a role needs no lock, and two roles in one process (the all-in-one composition) never see each
 * other half-way. Those on files that take a path are for any thread: a role looks whether it can
 * work at all before its turn comes.
 *
 * <p>No method throws for what the world says: a refusal is a value that names the {@link Errno}.
 */
@ProviderType
public interface Kernel {

  /** No deadline. */
  long NEVER = Long.MAX_VALUE;

  /**
   * What a role hears. Exits are told to every attached role, since only the role knows which
   * processes are its own.
   */
  interface Events {

    /**
     * A process ended: a child, an orphan that the subreaper inherited, or a process given to
     * {@link Kernel#watch}. Told once for each process, but that one that was watched and fell to
     * us only after its end is told again, with its status. A child has been reaped by the time
     * this is called, so its pid may be used again by the next {@link Kernel#spawn}.
     *
     * @param pid of the process
     * @param status how it ended
     */
    void exited(int pid, ExitStatus status);

    /**
     * One of the signals that the role asked for in {@link Kernel#attach} arrived (signalfd(2)).
     *
     * @param signal which one
     */
    void signalled(Signal signal);

    /**
     * The role's {@link #deadline} has come.
     *
     * @param now nanoseconds, as {@link Kernel#now}
     */
    void woken(long now);

    /**
     * When the role wants to be {@link #woken}, in {@link Kernel#now} nanoseconds, or {@link
     * Kernel#NEVER}.
     *
     * @return nanoseconds of {@link Kernel#now}
     */
    long deadline();
  }

  /** Undoes an {@link #attach}. Any thread. */
  @ProviderType
  interface Attachment {
    /** Ends it. */
    void detach();
  }

  /** A place that one role of a process has at a time, see {@link #seat}. */
  @ProviderType
  interface Seat {

    /**
     * Leaves it, or the queue for it, on the loop: whoever waits next is seated in the same turn.
     * Any thread; returns when that is done, or after two seconds.
     *
     * @param last what there is to do before; it is not run by one who never was seated
     */
    void leave(Runnable last);
  }

  /**
   * Nanoseconds of CLOCK_MONOTONIC. Any thread.
   *
   * @return nanoseconds, from no fixed point
   */
  long now();

  /**
   * Milliseconds since 1970, for people to read; never for decisions. Any thread.
   *
   * @return milliseconds
   */
  long wallClock();

  /**
   * Our own process id. Any thread.
   *
   * @return the number
   */
  int pid();

  /**
   * Starts telling a role what happens. Any thread; the first event may come before this returns.
   * No child is reaped before the first role is there: a process that is executed anew has children
   * whose ends would be lost.
   *
   * @param events the role
   * @param signals those that this role wants; a signal that no role wants keeps its default action
   * @return what undoes it
   */
  Attachment attach(Events events, List<Signal> signals);

  /**
   * Runs a task on the loop, after those given before it. Any thread.
   *
   * @param task does not wait
   */
  void execute(Runnable task);

  /**
   * Waits for a place that there is once in a process, so that a new version of a role can be
   * there, wholly started, while the old one works, and takes over between two events.
   *
   * @param name any name
   * @param seated is run on the loop when nobody has the place who came before
   * @return the place, or the turn for it
   */
  Seat seat(String name, Runnable seated);

  /**
   * Orphaned descendants become our children from now on (PR_SET_CHILD_SUBREAPER, prctl(2)). Any
   * thread.
   *
   * @return {@link Errno#OK}, or why not
   */
  Errno becomeSubreaper();

  /**
   * Starts a process in a session of its own, with an empty signal mask and descriptors 0, 1 and 2
   * only.
   *
   * @param request what to start
   * @return the child, or the stage that failed
   */
  Spawned spawn(Spawn request);

  /**
   * Has this process run another program (execve(2)) when all else here has stopped: the same
   * process, with its children, its signal mask, what is pending of signals, its working directory
   * and standard streams; it stays a subreaper. From now on the sockets that were opened by {@link
   * #listen} outlive this kernel, and a kernel in the next program finds them open. All other
   * descriptors are closed then. Loop thread.
   *
   * @param words the program, an absolute path, which is its first argument too, and the others
   * @param environment all of it, {@code NAME=value}
   * @return does it, on any thread, also when the framework that this kernel is a service of has
   *     stopped; returns only when it fails, and says why
   */
  Supplier<Errno> exec(List<String> words, List<String> environment);

  /**
   * Sends a signal to one process (kill(2)).
   *
   * @param pid of the process
   * @param signal any signal
   * @return {@link Errno#OK}, or why not
   */
  Errno kill(int pid, Signal signal);

  /**
   * Sends a signal to a whole process group (killpg(3)); ESRCH says that nothing is left of it.
   *
   * @param group its number
   * @param signal any signal
   * @return {@link Errno#OK}, or why not
   */
  Errno killGroup(int group, Signal signal);

  /**
   * Has {@link Events#exited} told for a process that may not be our child (pidfd_open(2)).
   *
   * @param pid of the process
   * @return {@link Errno#OK}, or why not
   */
  Errno watch(int pid);

  /**
   * Keeps the ends of processes that somebody waits for who may not be here to hear of them: what
   * {@link ExitKeeper} does with every child before it is reaped. Any thread; the last directory
   * that was given counts.
   *
   * @param directory of {@link ExitNote}s, the same for all runtimes that may inherit from each
   *     other
   * @param orphans keep also those that nobody waits for, from now on: the services of supervisors
   *     that die fall to this process
   */
  void keepExits(String directory, boolean orphans);

  /**
   * One process as /proc/PID/stat has it, or null when there is none.
   *
   * @param pid of the process
   * @return its line, or null
   */
  ProcessInfo process(int pid);

  /**
   * Adds the pids of a process's children, zombies included (/proc/PID/task/TID/children), to a
   * list.
   *
   * @param pid of the process
   * @param into is added to
   */
  void children(int pid, List<Integer> into);

  /**
   * Adds every process's pid, zombies and the kernel's threads included (/proc), to a list.
   *
   * @param into is added to
   */
  void processes(List<Integer> into);

  /**
   * A user's numbers (getpwnam(3), or a number as it stands), or null when there is no such user.
   *
   * @param nameOrUid a name, or a number in decimal
   * @return the user, or null
   */
  User user(String nameOrUid);

  /**
   * A small file's bytes. A file larger than the limit is refused with EFBIG.
   *
   * @param path an absolute path
   * @param limit bytes
   * @return the bytes, or why not
   */
  Content read(String path, int limit);

  /**
   * Replaces a file in one step: readers see the old bytes or the new, never a part (rename(2)).
   *
   * @param path an absolute path
   * @param bytes all of it
   * @return {@link Errno#OK}, or why not
   */
  Errno replace(String path, byte[] bytes);

  /**
   * Has two files or directories of one file system change places in one step (renameat2(2),
   * RENAME_EXCHANGE).
   *
   * @param one an absolute path
   * @param other an absolute path
   * @return {@link Errno#OK}, or why not
   */
  Errno exchange(String one, String other);

  /**
   * Adds to the end of a file, which is made when it is not there, and closes it.
   *
   * @param path an absolute path
   * @param bytes what is added
   * @return {@link Errno#OK}, or why not
   */
  Errno append(String path, byte[] bytes);

  /**
   * Adds the names of all that is in a directory to a list, in no order.
   *
   * @param directory an absolute path
   * @param into is added to
   * @return {@link Errno#OK}, or why not
   */
  Errno list(String directory, List<String> into);

  /**
   * Removes a file; one that is not there is no error.
   *
   * @param path an absolute path
   * @return {@link Errno#OK}, or why not
   */
  Errno delete(String path);

  /**
   * Makes a directory and those above it (mode as in mkdir(2)); one that is there is no error.
   *
   * @param path an absolute path
   * @param mode permission bits as in mkdir(2)
   * @return {@link Errno#OK}, or why not
   */
  Errno makeDirectory(String path, int mode);

  /**
   * Removes an empty directory (rmdir(2)); one that is not there is no error.
   *
   * @param path an absolute path
   * @return {@link Errno#OK}, or why not: EBUSY for a cgroup in which something is
   */
  Errno removeDirectory(String path);

  /**
   * An extended attribute of a file or directory (getxattr(2)), of at most 64 bytes.
   *
   * @param path an absolute path
   * @param name with its namespace, {@code user.NAME}
   * @return its value, or why there is none: ENODATA
   */
  Content attribute(String path, String name);

  /**
   * Gives a file or directory to a user and its group (lchown(2)).
   *
   * @param path an absolute path
   * @param owner whose it is from now on
   * @return {@link Errno#OK}, or why not
   */
  Errno give(String path, User owner);

  // Words from and to others that are no lists

  /**
   * Tells whoever runs us how we are (sd_notify(3)): one datagram.
   *
   * @param socket its path, or {@code @NAME} for an abstract one (unix(7))
   * @param state lines {@code NAME=value}
   * @return {@link Errno#OK}, or why not
   */
  Errno notify(String socket, String state);

  /**
   * Makes a FIFO, unless it is there, and hears what anybody writes to it (fifo(7)). It is never at
   * its end, whoever comes and goes.
   *
   * @param path an absolute path
   * @param mode of a new one, whatever our umask
   * @param reader is given what was written in pieces that need not be what was written at once
   * @return {@link Errno#OK}, or why not
   */
  Errno openFifo(String path, int mode, Consumer<byte[]> reader);

  /**
   * Keeps a FIFO open, which is made (mode 0600) when it is not there: what is in it stays while
   * nobody else has it open. One that is held already is no error.
   *
   * @param path an absolute path; no link is followed
   * @return {@link Errno#OK}, or why not
   */
  Errno holdFifo(String path);

  /**
   * Holds a FIFO no longer; any path may be given.
   *
   * @param path an absolute path
   */
  void releaseFifo(String path);

  /**
   * Keeps all FIFOs of a directory open, as {@link #holdFifo} does, also those that come there
   * later, until they are removed (inotify(7)). Nothing is made, and a directory that is held
   * already is no error.
   *
   * @param directory an absolute path
   * @param most how many at most
   * @param refused is told of one that cannot be held, its path and why, EMFILE when there are more
   * @return {@link Errno#OK}, or why not
   */
  Errno holdFifos(String directory, int most, BiConsumer<String, Errno> refused);

  /**
   * Makes a socket in place of what is there and hears the datagrams that are sent to it (unix(7)).
   * One that is open here already stays, with what has come and was not read, and has another
   * reader from now on. Descriptors that come with a datagram are closed (sd_notify(3), BARRIER).
   *
   * @param path an absolute path
   * @param mode permission bits as in mkdir(2)
   * @param reader is given one datagram at a time
   * @return {@link Errno#OK}, or why not
   */
  Errno openDatagrams(String path, int mode, Consumer<Datagram> reader);

  /**
   * Makes a FIFO (mode 0600) that a child is to write to ({@link Attributes#outlet}), and hears
   * what it says (fifo(7)). One that is open here already stays and has another reader from now on.
   *
   * @param path an absolute path
   * @param anew a FIFO that is there already is another process's, and goes; otherwise it is opened
   * @param reader is given what was written, and an empty piece when nobody can write any more; it
   *     is closed then
   * @return {@link Errno#OK}, or why not
   */
  Errno openOutlet(String path, boolean anew, Consumer<byte[]> reader);

  /**
   * Whether something is heard here.
   *
   * @param path of a FIFO or a socket
   * @return whether it is open
   */
  boolean isOpen(String path);

  /**
   * Hears nothing more from a FIFO or a socket, and removes the latter; any path may be given.
   *
   * @param path an absolute path
   */
  void closeInlet(String path);

  // A conversation that we were started with

  /** Hears a conversation. Loop thread. */
  interface Listener {
    /**
     * More has come.
     *
     * @param bytes all that came and was not taken
     * @return how many are taken; the rest is given again with what comes next
     */
    int arrived(byte[] bytes);

    /** The other end has closed it, or sent more than anybody takes; it is closed here too. */
    void ended();
  }

  /**
   * Takes part in a conversation over a connected stream socket that this process inherited
   * (unix(7)). The last to ask is told, at once of what is there: so a new version of a role goes
   * on where the old one was.
   *
   * @param descriptor its number
   * @param listener is told
   * @return {@link Errno#OK}, or why not: ENOTSOCK, say
   */
  Errno openStream(int descriptor, Listener listener);

  /**
   * Says something there, at once or not at all: nobody waits for a peer that does not read.
   *
   * @param descriptor of {@link #openStream}
   * @param bytes all of it
   * @return EAGAIN when not all could be sent; the conversation is of no further use then
   */
  Errno sendStream(int descriptor, byte[] bytes);

  /**
   * Ends the conversation.
   *
   * @param descriptor any
   */
  void closeStream(int descriptor);

  // Sockets that are handed on

  /**
   * Opens a socket to be handed to somebody, and listens (bind(2), listen(2)). One that this holder
   * has open at this address is handed out again as it is: it outlives the role that opened it. The
   * directories above a Unix socket's file are made (mode 0755), a socket that was left there is
   * removed.
   *
   * @param holder whom it is for
   * @param address where it listens
   * @param mode of a Unix socket's file, whatever our umask
   * @param backlog how many connections wait there
   * @param owner of a Unix socket's file, or null for us
   * @return the socket, or why not
   */
  Opened listen(String holder, Address address, int mode, int backlog, User owner);

  /**
   * Takes a copy of such a socket out of another process (pidfd_getfd(2)): out of a program that
   * was handed it by a runtime that died. From then on it is as if it had been opened by {@link
   * #listen}.
   *
   * @param holder whose sockets they are, as a service is named
   * @param address where it listens
   * @param pid of the process
   * @param number its descriptor there
   * @return EADDRNOTAVAIL for one that is something else
   */
  Opened takeListener(String holder, Address address, int pid, int number);

  /**
   * Tells once when somebody connects or sends to a socket of {@link #listen}; at once when
   * somebody waits there. Nothing is accepted or read. The last to ask is told.
   *
   * @param descriptor one of ours
   * @param arrived is run on the loop, once
   * @return {@link Errno#OK}, or why not
   */
  Errno awaitDemand(int descriptor, Runnable arrived);

  /**
   * Closes what is open for a holder, but at some addresses, and removes Unix sockets' files.
   *
   * @param holder whose sockets they are, as a service is named
   * @param except those that stay
   */
  void closeListeners(String holder, List<Address> except);
}
