package svc.nv;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The names of all lists of a packet, to find a duplicate in bounded work and without allocating: a
 * hash table with open addressing whose entries point into the packet.
 *
 * <p>A list is known by a number that is never used again, so that neither the end of a list nor a
 * new packet needs the table to be wiped: entries of earlier packets count as free. The hash starts
 * from a secret, and an add gives up after a number of probes which a half-full table never needs
 * by chance: who makes names collide gets his packet refused, and no more.
 */
final class NameTable {
  private static final int PROBES = 256;
  private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;
  private static final long SECRET = ThreadLocalRandom.current().nextLong();

  private long[] lists = new long[64];
  private int[] hashes = new int[64];
  private int[] offsets = new int[64];
  private int[] lengths = new int[64];
  private int used;

  private long list;
  private long oldest;

  /** Forgets all names: the next list is of another packet. */
  void clear() {
    oldest = list + 1;
    used = 0;
  }

  /** A number for a list of this packet. */
  long nextList() {
    return ++list;
  }

  /**
   * @return false when the list has the name already, or when too many names share a hash
   */
  boolean add(long owner, ByteBuffer buffer, int offset, int length, boolean folding) {
    if (2 * used >= lists.length) {
      grow();
    }
    int hash = hash(owner, buffer, offset, length, folding);
    int mask = lists.length - 1;
    for (int i = 0, slot = hash & mask; i < PROBES; i++, slot = (slot + 1) & mask) {
      if (lists[slot] < oldest) {
        put(slot, owner, hash, offset, length);
        used++;
        return true;
      }
      if (lists[slot] == owner
          && hashes[slot] == hash
          && lengths[slot] == length
          && same(buffer, offsets[slot], offset, length, folding)) {
        return false;
      }
    }
    return false;
  }

  private void put(int slot, long owner, int hash, int offset, int length) {
    lists[slot] = owner;
    hashes[slot] = hash;
    offsets[slot] = offset;
    lengths[slot] = length;
  }

  private static int hash(long owner, ByteBuffer buffer, int offset, int length, boolean folding) {
    long hash = SECRET + owner * MULTIPLIER;
    for (int i = offset; i < offset + length; i++) {
      int b = buffer.get(i);
      hash = (hash ^ (folding ? Wire.fold(b) : b)) * MULTIPLIER;
      hash ^= hash >>> 32;
    }
    return (int) (hash ^ hash >>> 29);
  }

  private static boolean same(ByteBuffer buffer, int a, int b, int length, boolean folding) {
    for (int i = 0; i < length; i++) {
      if (!NvText.same(buffer.get(a + i), buffer.get(b + i), folding)) {
        return false;
      }
    }
    return true;
  }

  private void grow() {
    long[] oldLists = lists;
    int[] oldHashes = hashes;
    int[] oldOffsets = offsets;
    int[] oldLengths = lengths;
    int size = 2 * oldLists.length;
    lists = new long[size];
    hashes = new int[size];
    offsets = Arrays.copyOf(oldOffsets, size);
    lengths = Arrays.copyOf(oldLengths, size);
    for (int i = 0; i < oldLists.length; i++) {
      if (oldLists[i] >= oldest) {
        put(free(oldHashes[i]), oldLists[i], oldHashes[i], oldOffsets[i], oldLengths[i]);
      }
    }
  }

  private int free(int hash) {
    int slot = hash & lists.length - 1;
    while (lists[slot] >= oldest) {
      slot = (slot + 1) & lists.length - 1;
    }
    return slot;
  }
}
