package svc.simulation;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import svc.os.Errno;
import svc.os.Pipes;
import svc.simulation.SimulatedDisk.Node;

/** One that works on a {@link SimulatedDisk}, until it dies before or after any call. */
final class SimulatedPipes implements Pipes {

  /** It is dead; what it was about to do is not done. */
  static final class Died extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Died() {
      super(null, null, false, false);
    }
  }

  private static final int FIRST = 3;
  private static final int ENOSPC = 28;

  private final SimulatedDisk disk;
  private final Sabotage sabotage;
  private final Map<Integer, Node> open = new TreeMap<>();
  private final Set<Integer> heard = new TreeSet<>();
  private long left = Long.MAX_VALUE;

  SimulatedPipes(SimulatedDisk disk, Sabotage sabotage) {
    this.disk = disk;
    this.sabotage = sabotage;
  }

  /** It dies after so many points; each call is two, and appending three. */
  void dieAfter(long points) {
    left = points;
  }

  /** As Linux does with what a process had. */
  void closeAll() {
    left = Long.MAX_VALUE;
    for (int descriptor : Set.copyOf(open.keySet())) close(descriptor);
  }

  private void point() {
    if (left-- <= 0) throw new Died();
  }

  private int done(int result) {
    point();
    return result;
  }

  private int open(String path) {
    point();
    int descriptor = FIRST;
    while (open.containsKey(descriptor)) descriptor++;
    open.put(descriptor, disk.node(path));
    return done(descriptor);
  }

  @Override
  public int openFifo(String path) {
    return open(path);
  }

  @Override
  public int openFile(String path, int mode, boolean appending) {
    return open(path);
  }

  @Override
  public int lock(int file) {
    point();
    Node node = open.get(file);
    if (node.lock != null) return -EAGAIN;
    node.lock = this;
    return done(0);
  }

  @Override
  public void close(int descriptor) {
    point();
    heard.remove(descriptor);
    Node node = open.remove(descriptor);
    if (node.lock == this) node.lock = null;
    point();
  }

  @Override
  public int move(int fifo, int file, long at, int most) {
    point();
    Node from = open.get(fifo);
    Node to = open.get(file);
    if (to.bytes.length != at) throw new BrokenRule("what was moved before is written over");
    int count = Math.min(most, from.bytes.length);
    to.add(from.bytes, 0, count);
    from.bytes = Arrays.copyOfRange(from.bytes, count, from.bytes.length);
    return done(count);
  }

  @Override
  public int read(int file, long at, byte[] into, int length) {
    point();
    byte[] bytes = open.get(file).bytes;
    int count = (int) Math.max(0, Math.min(length, bytes.length - at));
    if (count > 0) System.arraycopy(bytes, (int) at, into, 0, count);
    return done(count);
  }

  @Override
  public int write(int file, long at, byte[] from, int length) {
    point();
    Node node = open.get(file);
    node.bytes = Arrays.copyOf(node.bytes, Math.max(node.bytes.length, (int) at + length));
    System.arraycopy(from, 0, node.bytes, (int) at, length);
    return done(length);
  }

  @Override
  public int append(int file, byte[] from, int offset, int length) {
    point();
    Node node = open.get(file);
    int half = length / 2;
    node.add(from, offset, half);
    if (disk.full) return done(-ENOSPC);
    point();
    node.add(from, offset + half, length - half);
    return done(length);
  }

  @Override
  public int cut(int file, long size) {
    point();
    Node node = open.get(file);
    boolean lie = sabotage == Sabotage.LINE_TWICE && size > 0;
    if (!lie) node.bytes = Arrays.copyOf(node.bytes, (int) size);
    return done(0);
  }

  @Override
  public long size(int file) {
    return done(open.get(file).bytes.length);
  }

  @Override
  public long identity(int file) {
    return open.get(file).identity;
  }

  @Override
  public long made(int file) {
    return 0;
  }

  @Override
  public int rename(String from, String to) {
    point();
    if (disk.nodes.containsKey(to)) return -EEXIST;
    disk.nodes.put(to, disk.nodes.remove(from));
    return done(0);
  }

  @Override
  public int delete(String path) {
    point();
    disk.nodes.remove(path);
    return done(0);
  }

  @Override
  public int watch(int fifo, boolean wanted) {
    if (wanted) heard.add(fifo);
    else heard.remove(fifo);
    return 0;
  }

  /** Does not wait. */
  @Override
  public int await(int milliseconds, int[] ready) {
    int count = 0;
    for (int fifo : heard)
      if (count < ready.length && open.get(fifo).bytes.length > 0) ready[count++] = fifo;
    return count;
  }

  @Override
  public void wake() {}

  @Override
  public void stepBack() {}

  @Override
  public Errno errno(long result) {
    return new Errno((int) -result, "errno", "errno");
  }

  @Override
  public void close() {}
}
