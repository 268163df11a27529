package svc.posix;

import com.kenai.jffi.Function;
import com.kenai.jffi.MemoryIO;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import svc.os.Address;
import svc.os.Address.Transport;
import svc.os.Errno;
import svc.os.Opened;
import svc.os.User;

/**
 * Sockets that are opened for others: listened to, watched, handed to children, never read from.
 * They belong to a holder, so that the next version of a role finds them open. Loop thread.
 */
final class Listeners {

  private static final Function SOCKET = Libc.function("socket", 3);
  private static final Function SETSOCKOPT = Libc.function("setsockopt", 5);
  private static final Function GETSOCKNAME = Libc.function("getsockname", 3);
  private static final Function BIND = Libc.function("bind", 3);
  private static final Function LISTEN = Libc.function("listen", 2);
  private static final Function CHMOD = Libc.function("chmod", 2);
  private static final Function FCHMOD = Libc.function("fchmod", 2);
  private static final Function FCNTL = Libc.function("fcntl", 3);
  private static final Function PIDFD = Libc.function("syscall", 4);

  private static final MemoryIO MEMORY = Arena.MEMORY;

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOL_SOCKET = 1;
  private static final int SO_REUSEADDR = 2;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_V6ONLY = 26;

  /** fcntl.h */
  private static final int F_GETFD = 1;

  private static final int F_SETFD = 2;
  private static final int FD_CLOEXEC = 1;
  private static final int F_DUPFD_CLOEXEC = 1030;

  private static final int EADDRINUSE = 98;
  private static final int EADDRNOTAVAIL = 99;
  private static final int EAFNOSUPPORT = 97;

  /** The same on every architecture, as all system calls since 424. */
  private static final int SYS_PIDFD_OPEN = 434;

  private static final int SYS_PIDFD_GETFD = 438;

  /**
   * Above all that a child is given from 3 on, so that giving one never overwrites the next
   * (dup2(2)).
   */
  private static final int LOWEST = Spawner.FIRST_TO_CLOSE + Spawner.MOST_DESCRIPTORS;

  /** The longest that is used here. */
  private static final int SOCKADDR_SIZE = UnixName.SIZE;

  private static final int S_IFMT = 0170000;
  private static final int S_IFSOCK = 0140000;
  private static final int OWNER_ONLY = 0600;

  private record Listening(String holder, Address address, int descriptor) {}

  private final Poll poll;
  private final FileTree files;
  private final List<Listening> open = new ArrayList<>();
  private final Map<Integer, Runnable> waiting = new HashMap<>();

  /** What the program before us in this process has left, until it is asked for. */
  private final List<Integer> inherited = inherited();

  /** Another program comes in our place. */
  private boolean leaving;

  private final Arena arena = new Arena();

  Listeners(Poll poll, FileTree files) {
    this.poll = poll;
    this.files = files;
  }

  Opened listen(String holder, Address address, int mode, int backlog, User owner) {
    Opened known = known(holder, address);
    if (known == null) known = adopted(holder, address);
    if (known != null) return known;
    byte[] name = sockaddr(address);
    int fd = socket(name[0], address.transport());
    if (fd == -EAFNOSUPPORT && anyHost(address)) {
      name = anyOfFour(address);
      fd = socket(name[0], address.transport());
    }
    return fd < 0 ? refused(-fd) : bound(holder, address, fd, name, mode, backlog, owner);
  }

  /** What is open at an address: the holder's own, in the way of another, or null. */
  private Opened known(String holder, Address address) {
    for (Listening each : open) {
      if (!each.address().equals(address)) continue;
      return each.holder().equals(holder)
          ? new Opened(each.descriptor(), Errno.OK)
          : refused(EADDRINUSE);
    }
    return null;
  }

  /**
   * What the program before us left open at an address; or null. A file that is gone leads nobody
   * to its socket any more.
   */
  private Opened adopted(String holder, Address address) {
    if (address.isFile() && !isSocket(address.path())) return null;
    for (Integer fd : inherited) {
      if (!isAt(fd, address)) continue;
      inherited.remove(fd);
      Libc.call(FCNTL, fd, F_SETFD, FD_CLOEXEC);
      open.add(new Listening(holder, address, fd));
      return new Opened(fd, Errno.OK);
    }
    return null;
  }

  /** Sockets that are to outlive execve(2), where only ours are. */
  private static List<Integer> inherited() {
    List<Integer> found = new ArrayList<>();
    String[] all = new File("/proc/self/fd").list();
    for (String each : all == null ? new String[0] : all) {
      int fd = Integer.parseInt(each);
      boolean free = fd >= LOWEST && !Legacy.isInherited(fd);
      if (free && Libc.call(FCNTL, fd, F_GETFD, 0) == 0 && isASocket(fd)) found.add(fd);
    }
    return found;
  }

  private static boolean isASocket(int fd) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd))
          .toString()
          .startsWith("socket:");
    } catch (IOException closed) {
      return false;
    }
  }

  private Opened bound(
      String holder, Address address, int fd, byte[] name, int mode, int backlog, User owner) {
    if (address.isFile()) makeWay(address.path(), fd);
    Errno errno = bind(fd, name, address.transport());
    if (errno.ok() && address.isFile()) errno = share(address.path(), mode, owner);
    if (errno.ok() && address.transport() != Transport.UDP)
      errno = Libc.result(Libc.call(LISTEN, fd, backlog));
    if (errno.ok()) return kept(holder, address, fd);
    Libc.close(fd);
    return new Opened(-1, errno);
  }

  /**
   * Takes a socket from a process that was given it by a predecessor of ours that died
   * (pidfd_getfd(2)), so that who waits there is still served.
   */
  Opened take(String holder, Address address, int pid, int number) {
    Opened known = known(holder, address);
    if (known != null) return known;
    int process = Libc.call(PIDFD, SYS_PIDFD_OPEN, pid, 0, 0);
    if (process < 0) return refused(Libc.errno());
    int fd = Libc.call(PIDFD, SYS_PIDFD_GETFD, process, number, 0);
    int errno = fd < 0 ? Libc.errno() : 0;
    Libc.close(process);
    if (fd < 0) return refused(errno);
    if (isAt(fd, address)) return kept(holder, address, fd);
    Libc.close(fd);
    return refused(EADDRNOTAVAIL);
  }

  private boolean isAt(int fd, Address address) {
    return isNamed(fd, sockaddr(address)) || anyHost(address) && isNamed(fd, anyOfFour(address));
  }

  private boolean isNamed(int fd, byte[] expected) {
    arena.reset(SOCKADDR_SIZE + 64);
    long name = arena.take(SOCKADDR_SIZE);
    long length = arena.take(Integer.BYTES);
    MEMORY.putInt(length, SOCKADDR_SIZE);
    if (Libc.call(GETSOCKNAME, fd, name, length) < 0) return false;
    if (MEMORY.getInt(length) != expected.length) return false;
    byte[] found = new byte[expected.length];
    MEMORY.getByteArray(name, found, 0, found.length);
    return Arrays.equals(found, expected);
  }

  /** Under a number that is out of the way, and never that of a child's own. */
  private Opened kept(String holder, Address address, int fd) {
    int high = Libc.call(FCNTL, fd, F_DUPFD_CLOEXEC, LOWEST);
    int errno = high < 0 ? Libc.errno() : 0;
    Libc.close(fd);
    if (high < 0) return refused(errno);
    open.add(new Listening(holder, address, high));
    return new Opened(high, Errno.OK);
  }

  private static Opened refused(int errno) {
    return new Opened(-1, Libc.of(errno));
  }

  // One socket

  private static int socket(int family, Transport transport) {
    int type = (transport == Transport.UDP ? SOCK_DGRAM : SOCK_STREAM) | Libc.O_CLOEXEC;
    int fd = Libc.call(SOCKET, family, type, 0);
    return fd < 0 ? -Libc.errno() : fd;
  }

  private Errno bind(int fd, byte[] name, Transport transport) {
    arena.reset(SOCKADDR_SIZE + 64);
    long value = arena.take(Integer.BYTES);
    MEMORY.putInt(value, 1);
    // what is left of old connections is not in the way; two for the same datagrams would be
    if (transport == Transport.TCP)
      Libc.call(SETSOCKOPT, fd, SOL_SOCKET, SO_REUSEADDR, value, Integer.BYTES);
    MEMORY.putInt(value, 0);
    if (name[0] == AF_INET6)
      Libc.call(SETSOCKOPT, fd, IPPROTO_IPV6, IPV6_V6ONLY, value, Integer.BYTES);
    long address = arena.take(SOCKADDR_SIZE);
    MEMORY.putByteArray(address, name, 0, name.length);
    return Libc.result(Libc.call(BIND, fd, address, name.length));
  }

  /**
   * What a predecessor left is in the way; anything but a socket is somebody's file and stays. The
   * new one is nobody else's until its mode is set (unix(7): fchmod before bind is its mode).
   */
  private void makeWay(String path, int fd) {
    files.makeDirectory(path.substring(0, Math.max(1, path.lastIndexOf('/'))), 0755);
    if (isSocket(path)) files.delete(path);
    Libc.call(FCHMOD, fd, OWNER_ONLY);
  }

  /** And no link to one (stat(2), S_IFMT). */
  private static boolean isSocket(String path) {
    try {
      Object mode = Files.getAttribute(Path.of(path), "unix:mode", LinkOption.NOFOLLOW_LINKS);
      return ((Integer) mode & S_IFMT) == S_IFSOCK;
    } catch (IOException e) {
      return false;
    }
  }

  private Errno share(String path, int mode, User owner) {
    Errno errno = owner == null ? Errno.OK : files.give(path, owner.uid(), owner.gid());
    return errno.ok() ? Libc.result(Libc.call(CHMOD, arena.path(path), mode)) : errno;
  }

  // struct sockaddr

  private static byte[] sockaddr(Address address) {
    return switch (address.transport()) {
      case UNIX -> UnixName.of(address.path());
      case TCP, UDP ->
          address.host().length == 4 ? four(address.host(), address.port()) : six(address);
    };
  }

  /** struct sockaddr_in: family, port, address, eight bytes of nothing. */
  private static byte[] four(byte[] host, int port) {
    byte[] name = new byte[16];
    name[0] = AF_INET;
    port(name, port);
    System.arraycopy(host, 0, name, 4, host.length);
    return name;
  }

  /** struct sockaddr_in6: family, port, flow, address, scope. */
  private static byte[] six(Address address) {
    byte[] name = new byte[28];
    name[0] = AF_INET6;
    port(name, address.port());
    System.arraycopy(address.host(), 0, name, 8, address.host().length);
    return name;
  }

  private static void port(byte[] name, int port) {
    name[2] = (byte) (port >> 8);
    name[3] = (byte) port;
  }

  private static boolean anyHost(Address address) {
    byte[] host = address.host();
    if (host.length != 16) return false;
    for (byte each : host) if (each != 0) return false;
    return true;
  }

  /** All addresses, on a machine without IPv6. */
  private static byte[] anyOfFour(Address address) {
    return four(new byte[4], address.port());
  }

  // Who comes

  Errno await(int descriptor, Runnable arrived) {
    int watched = poll.watchOnce(descriptor);
    if (watched < 0) return Libc.of(-watched);
    waiting.put(descriptor, arrived);
    return Errno.OK;
  }

  /**
   * Somebody is there; whoever waited for it is told, once.
   *
   * @return false for a descriptor that is none of ours
   */
  boolean readable(int descriptor) {
    if (open.stream().noneMatch(each -> each.descriptor() == descriptor)) return false;
    Runnable arrived = waiting.remove(descriptor);
    if (arrived != null) arrived.run();
    return true;
  }

  // The end

  void close(String holder, List<Address> except) {
    for (Listening each : List.copyOf(open)) {
      if (each.holder().equals(holder) && !except.contains(each.address())) close(each);
    }
  }

  private void close(Listening listening) {
    open.remove(listening);
    waiting.remove(listening.descriptor());
    Libc.close(listening.descriptor());
    if (listening.address().isFile()) files.delete(listening.address().path());
  }

  /**
   * Another program will be executed in our place, and goes on with what is open.
   *
   * @return the descriptors that are not closed from now on
   */
  List<Integer> leave() {
    leaving = true;
    return open.stream().map(Listening::descriptor).toList();
  }

  /** The process ends: what a service's program still has may be found by a successor of ours. */
  void close() {
    if (!leaving) open.forEach(each -> Libc.close(each.descriptor()));
    inherited.forEach(Libc::close);
    open.clear();
    arena.close();
  }
}
