package svc.simulation;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** FIFOs, spools and logs: what outlives whoever works on it. */
final class SimulatedDisk {

  /** Of a pipe; small, so that it is full now and then. */
  private static final int CAPACITY = 256;

  /** In the place of what has an inode. */
  static final class Node {
    final long identity;
    byte[] bytes = {};
    Object lock;

    Node(long identity) {
      this.identity = identity;
    }

    void add(byte[] from, int offset, int length) {
      int size = bytes.length;
      bytes = Arrays.copyOf(bytes, size + length);
      System.arraycopy(from, offset, bytes, size, length);
    }
  }

  final Map<String, Node> nodes = new TreeMap<>();
  private long identities;

  /** Nothing can be appended. */
  boolean full;

  Node node(String path) {
    return nodes.computeIfAbsent(path, any -> new Node(++identities));
  }

  /** Whether there was room for all of it; otherwise who writes waits. */
  boolean write(String fifo, byte[] line) {
    Node pipe = node(fifo);
    if (pipe.bytes.length + line.length > CAPACITY) return false;
    pipe.add(line, 0, line.length);
    return true;
  }
}
