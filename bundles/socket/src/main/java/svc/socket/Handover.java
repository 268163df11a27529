package svc.socket;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What one component leaves to the next when the framework goes on, another version's classes
 * perhaps: so it is made of the JDK's alone. In the stash under {@link #KEY}, as {@code Map<String,
 * Object>}:
 *
 * <pre>
 *   version              Integer               1
 *   sockets              List of Map
 *     path               String                absolute
 *     lock               FileChannel           of PATH.lock, which is locked
 *     server             ServerSocketChannel   bound, not blocking, in no selector
 *     allowed            List of String        the users who may speak
 *     grace_end          Long                  System.nanoTime() when all of it is to be closed,
 *                                              unless a responder is there by then
 *     conversations      List of Map
 *       id               String                see Peer.id
 *       channel          SocketChannel         connected, not blocking, in no selector
 *       read             byte[]                the beginning of a packet, or nothing
 *       unwritten        byte[]                what the peer did not read yet
 *       unanswered       List of byte[]        packets, in their order, see {@link Unanswered}
 *       ending           Boolean               it is closed when what is unwritten is through
 * </pre>
 *
 * A component that finds another version closes every channel that is in there: clients are cut off
 * and connect again.
 */
final class Handover {

  static final String KEY = "svc.socket";

  private static final int VERSION = 1;

  /** One {@link Listener}. */
  record Socket(
      String path,
      FileChannel lock,
      ServerSocketChannel server,
      Collection<String> allowed,
      long graceEnd,
      List<Connection> conversations) {

    private Map<String, Object> toMap() {
      return Map.of(
          "path", path,
          "lock", lock,
          "server", server,
          "allowed", List.copyOf(allowed),
          "grace_end", graceEnd,
          "conversations", conversations.stream().map(Connection::toMap).toList());
    }

    private static Socket of(Map<?, ?> map) {
      return new Socket(
          (String) map.get("path"),
          (FileChannel) map.get("lock"),
          (ServerSocketChannel) map.get("server"),
          list(map, "allowed", String.class),
          (Long) map.get("grace_end"),
          list(map, "conversations", Map.class).stream().map(Connection::of).toList());
    }
  }

  /** One {@link Conversation}. */
  record Connection(
      String id,
      SocketChannel channel,
      byte[] read,
      byte[] unwritten,
      List<byte[]> unanswered,
      boolean ending) {

    private Map<String, Object> toMap() {
      return Map.of(
          "id", id,
          "channel", channel,
          "read", read,
          "unwritten", unwritten,
          "unanswered", unanswered,
          "ending", ending);
    }

    private static Connection of(Map<?, ?> map) {
      return new Connection(
          (String) map.get("id"),
          (SocketChannel) map.get("channel"),
          (byte[]) map.get("read"),
          (byte[]) map.get("unwritten"),
          list(map, "unanswered", byte[].class),
          (Boolean) map.get("ending"));
    }
  }

  private static <T> List<T> list(Map<?, ?> map, String key, Class<T> of) {
    return ((List<?>) map.get(key)).stream().map(of::cast).toList();
  }

  static void leave(Map<String, Object> stash, List<Socket> sockets) {
    stash.put(
        KEY, Map.of("version", VERSION, "sockets", sockets.stream().map(Socket::toMap).toList()));
  }

  /** Nothing when nobody left anything, or nothing that is understood. */
  static List<Socket> take(Map<String, Object> stash) {
    Object left = stash.remove(KEY);
    if (left == null) return List.of();
    try {
      return read((Map<?, ?>) left);
    } catch (RuntimeException e) {
      System.err.println("svc.socket: what was left is of another version, and is closed: " + e);
      close(left);
      return List.of();
    }
  }

  private static List<Socket> read(Map<?, ?> left) {
    if (!Integer.valueOf(VERSION).equals(left.get("version")))
      throw new IllegalArgumentException("version " + left.get("version"));
    return list(left, "sockets", Map.class).stream().map(Socket::of).toList();
  }

  /** Every channel that is in it, however deep. */
  private static void close(Object left) {
    if (left instanceof Map<?, ?> map) map.values().forEach(Handover::close);
    else if (left instanceof Collection<?> all) all.forEach(Handover::close);
    else if (left instanceof Closeable channel) closeOne(channel);
  }

  private static void closeOne(Closeable channel) {
    try {
      channel.close();
    } catch (IOException nothingToLose) {
      // its descriptor is gone
    }
  }

  private Handover() {}
}
