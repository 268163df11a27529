package svc.socket;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import svc.nv.NvException;
import svc.nv.NvLimits;
import svc.nv.NvList;
import svc.os.LocalSockets;

/**
 * What one component leaves to the next: another version's in this process, or one in the program
 * that is executed in its place (execve(2)). It is a packed list, in the stash under {@link #KEY}
 * or in what {@link LocalSockets#leave} takes, and what is open is in it by its descriptor:
 *
 * <pre>
 *   version              NUMBER               2
 *   descriptors          NUMBER ARRAY         all that are open, in every version of this format
 *   sockets              NVLIST ARRAY
 *     path               STRING               absolute
 *     lock               NUMBER               of PATH.lock, which is locked
 *     server             NUMBER               listens
 *     grace_end          NUMBER               System.nanoTime() when all of it is to be closed,
 *                                             unless a responder is there by then
 *     conversations      NVLIST ARRAY
 *       id               STRING               see Peer.id
 *       socket           NUMBER               connected
 *       read             BINARY               the beginning of a packet, or nothing
 *       unwritten        BINARY               what the peer did not read yet
 *       unanswered       NVLIST ARRAY         requests, in their order, see {@link Unanswered}
 *       ending           BOOL                 it is closed when what is unwritten is through
 * </pre>
 *
 * A component that finds another version closes every descriptor that is in there: clients are cut
 * off and connect again.
 */
final class Handover {

  static final String KEY = "svc.socket";

  private static final int VERSION = 2;
  private static final byte[] NOTHING = {};

  /** Of our own make, and no larger than what all peers together made us hold. */
  private static final NvLimits LIMITS = new NvLimits(32, 1 << 30, 1 << 24, 0);

  /** One {@link Listener}. */
  record Socket(String path, int lock, int server, long graceEnd, List<Connection> conversations) {

    private NvList toList() {
      NvList.Builder list =
          NvList.builder()
              .string("path", path)
              .number("lock", lock)
              .number("server", server)
              .number("grace_end", graceEnd);
      return add(list, "conversations", conversations.stream().map(Connection::toList).toList());
    }

    private static Socket of(NvList list) {
      return new Socket(
          list.string("path", ""),
          (int) list.number("lock", 0),
          (int) list.number("server", 0),
          list.number("grace_end", 0),
          list.lists("conversations").stream().map(Connection::of).toList());
    }

    /** A component that begins in another program has its own time. */
    Socket waitingUntil(long end) {
      return new Socket(path, lock, server, end, conversations);
    }

    private IntStream descriptors() {
      return IntStream.concat(
          IntStream.of(lock, server), conversations.stream().mapToInt(Connection::socket));
    }
  }

  /** One {@link Conversation}. */
  record Connection(
      String id,
      int socket,
      byte[] read,
      byte[] unwritten,
      List<NvList> unanswered,
      boolean ending) {

    private NvList toList() {
      NvList.Builder list = NvList.builder().string("id", id).number("socket", socket);
      if (read.length > 0) list.binary("read", read);
      if (unwritten.length > 0) list.binary("unwritten", unwritten);
      return add(list.bool("ending", ending), "unanswered", unanswered);
    }

    private static Connection of(NvList list) {
      return new Connection(
          list.string("id", ""),
          (int) list.number("socket", 0),
          list.binary("read", NOTHING),
          list.binary("unwritten", NOTHING),
          list.lists("unanswered"),
          list.bool("ending", false));
    }
  }

  /** An array has at least one element. */
  private static NvList add(NvList.Builder list, String name, List<NvList> values) {
    return (values.isEmpty() ? list : list.lists(name, values)).build();
  }

  /** All that is open in them. */
  static List<Integer> descriptors(List<Socket> sockets) {
    return sockets.stream().flatMapToInt(Socket::descriptors).boxed().toList();
  }

  static byte[] pack(List<Socket> sockets) {
    long[] open = descriptors(sockets).stream().mapToLong(Integer::longValue).toArray();
    NvList.Builder list = NvList.builder().number("version", VERSION);
    if (open.length > 0) list.numbers("descriptors", open);
    return add(list, "sockets", sockets.stream().map(Socket::toList).toList()).pack();
  }

  /**
   * What was left; of another version, it is closed.
   *
   * @param left as {@link #pack} makes it, or nothing
   */
  static List<Socket> unpack(byte[] left, LocalSockets sockets) {
    if (left == null || left.length == 0) return List.of();
    try {
      NvList list = NvList.unpack(ByteBuffer.wrap(left), LIMITS);
      if (list.number("version", 0) == VERSION)
        return list.lists("sockets").stream().map(Socket::of).toList();
      System.err.println("svc.socket: what was left is of another version, and is closed");
      for (long each : list.numbers("descriptors")) sockets.adopt((int) each).close();
    } catch (NvException e) {
      System.err.println("svc.socket: what was left is no list: " + e.getMessage());
    }
    return List.of();
  }

  private Handover() {}
}
