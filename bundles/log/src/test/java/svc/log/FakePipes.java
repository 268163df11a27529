package svc.log;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import svc.os.Errno;
import svc.os.Pipes;

/**
 * A machine with FIFOs and files in memory, which outlives who works on it: that one is killed
 * before or after any call, or in the midst of a write.
 */
final class FakePipes implements Pipes {

  /** In the place of what has an inode. */
  private static final class Node {
    final long identity;
    final long made;
    byte[] bytes = {};
    Object locked;

    Node(long identity, long made) {
      this.identity = identity;
      this.made = made;
    }
  }

  private record Open(Node node, boolean appending) {}

  private final Map<String, Node> nodes = new TreeMap<>();
  private final Map<Integer, Open> open = new HashMap<>();
  private long identities;
  private int descriptors;

  /** How many more calls return; each is two points to be killed at, a write is three. */
  private long left = Long.MAX_VALUE;

  /** What all who append are told. */
  int refusal;

  /** The most that one write takes. */
  int most = Integer.MAX_VALUE;

  long time = 1_000_000_000_000L;
  int calls;

  /** Who works is killed after so many points. */
  void killAfter(long points) {
    left = points;
  }

  /** Everything that died with it. */
  void revive() {
    left = Long.MAX_VALUE;
    for (Node node : nodes.values()) node.locked = null;
    open.clear();
  }

  private void point() {
    if (left-- <= 0) throw new Cut();
  }

  private int done(int result) {
    calls++;
    point();
    return result;
  }

  void write(String fifo, byte[] bytes) {
    Node node = node(fifo);
    node.bytes = join(node.bytes, bytes, 0, bytes.length);
  }

  private Node node(String path) {
    return nodes.computeIfAbsent(path, any -> new Node(++identities, time));
  }

  String text(String path) {
    Node node = nodes.get(path);
    return node == null ? "" : new String(node.bytes, StandardCharsets.UTF_8);
  }

  /** All files whose path begins so, the current one last as it was begun last. */
  String all(String path) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    nodes.forEach(
        (name, node) -> {
          if (name.startsWith(path + ".")) all.writeBytes(node.bytes);
        });
    if (nodes.containsKey(path)) all.writeBytes(nodes.get(path).bytes);
    return all.toString(StandardCharsets.UTF_8);
  }

  long count(String path) {
    return nodes.keySet().stream().filter(name -> name.startsWith(path)).count();
  }

  private static byte[] join(byte[] one, byte[] other, int from, int length) {
    byte[] joined = Arrays.copyOf(one, one.length + length);
    System.arraycopy(other, from, joined, one.length, length);
    return joined;
  }

  private int open(Node node, boolean appending) {
    open.put(++descriptors, new Open(node, appending));
    return done(descriptors);
  }

  @Override
  public int openFifo(String path) {
    point();
    return open(node(path), false);
  }

  @Override
  public int openFile(String path, int mode, boolean appending) {
    point();
    return open(node(path), appending);
  }

  @Override
  public int lock(int file) {
    point();
    Node node = open.get(file).node();
    if (node.locked != null) return -EAGAIN;
    node.locked = open.get(file);
    return done(0);
  }

  @Override
  public void close(int descriptor) {
    point();
    Open closed = open.remove(descriptor);
    if (closed.node().locked == closed) closed.node().locked = null;
    done(0);
  }

  @Override
  public int move(int fifo, int file, long at, int wanted) {
    point();
    Node from = open.get(fifo).node();
    Node to = open.get(file).node();
    if (to.bytes.length != at) throw new IllegalStateException("not at the end");
    int count = Math.min(Math.min(wanted, most), from.bytes.length);
    to.bytes = join(to.bytes, from.bytes, 0, count);
    from.bytes = Arrays.copyOfRange(from.bytes, count, from.bytes.length);
    return done(count);
  }

  @Override
  public int read(int file, long at, byte[] into, int length) {
    point();
    byte[] bytes = open.get(file).node().bytes;
    int count = (int) Math.max(0, Math.min(length, bytes.length - at));
    System.arraycopy(bytes, (int) at, into, 0, count);
    return done(count);
  }

  @Override
  public int write(int file, long at, byte[] from, int length) {
    point();
    Node node = open.get(file).node();
    int size = Math.max(node.bytes.length, (int) at + length);
    node.bytes = Arrays.copyOf(node.bytes, size);
    System.arraycopy(from, 0, node.bytes, (int) at, length);
    return done(length);
  }

  /** A kill may leave a part of it (generic_perform_write in Linux looks for one at each page). */
  @Override
  public int append(int file, byte[] from, int offset, int length) {
    point();
    Node node = open.get(file).node();
    int count = Math.min(length, most);
    if (refusal != 0) count = Math.min(count, length / 2);
    int half = count / 2;
    node.bytes = join(node.bytes, from, offset, half);
    point();
    node.bytes = join(node.bytes, from, offset + half, count - half);
    return done(refusal != 0 ? -refusal : count);
  }

  @Override
  public int cut(int file, long size) {
    point();
    Node node = open.get(file).node();
    node.bytes = Arrays.copyOf(node.bytes, (int) size);
    return done(0);
  }

  @Override
  public long size(int file) {
    point();
    return done(open.get(file).node().bytes.length);
  }

  @Override
  public long identity(int file) {
    point();
    return done((int) open.get(file).node().identity);
  }

  @Override
  public long made(int file) {
    return open.get(file).node().made;
  }

  @Override
  public int rename(String from, String to) {
    point();
    if (nodes.containsKey(to)) return -EEXIST;
    nodes.put(to, nodes.remove(from));
    return done(0);
  }

  @Override
  public int delete(String path) {
    point();
    nodes.remove(path);
    return done(0);
  }

  @Override
  public int watch(int fifo, boolean wanted) {
    return 0;
  }

  @Override
  public int await(int milliseconds, int[] ready) {
    return 0;
  }

  @Override
  public void wake() {}

  @Override
  public void stepBack() {}

  @Override
  public Errno errno(long result) {
    return new Errno((int) -result, "errno", "");
  }

  @Override
  public void close() {}
}
