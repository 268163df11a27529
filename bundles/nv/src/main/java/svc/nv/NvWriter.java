package svc.nv;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Writes a packet straight into a buffer, pair by pair, and allocates nothing once warm. The bytes
 * are those of the C library ({@code nvlist_pack(3)}), its odd datasize of embedded lists included.
 *
 * <p>What a list's header says reaches to the end of the packet, so no header is complete before
 * {@link #end}. Until then the two long fields of each header hold a thread that leads from the
 * last header back to the root's, with what is needed to complete it:
 *
 * <pre>
 *    0       1         2       3             7             11            15            19
 *   +-------+---------+-------+-------------+-------------+-------------+-------------+
 *   | magic | version | flags | descriptors | owed when   | its pair's  | previous    |
 *   |       |         |       | before it   | it opened   | offset      | header      |
 *   +-------+---------+-------+-------------+-------------+-------------+-------------+
 * </pre>
 *
 * <p>{@code owed} is the number of bytes still to come just to close what is open: the C library
 * subtracts it from an embedded list's datasize.
 *
 * <p>Names and strings are written as UTF-8; a {@link NvText} gives its exact bytes. Text that is
 * not ASCII and not a NvText is encoded first, which allocates. Names are the program's own: the
 * writer does not look for duplicates, {@link NvList.Builder} does.
 *
 * <p>Every method throws {@link BufferOverflowException} when the packet does not fit between the
 * offset and the buffer's limit, and {@link IllegalArgumentException} for what the format cannot
 * carry: a NUL in a name or string, a name of more than 2047 bytes, an empty array. The packet is
 * then void. The buffer's position and byte order are neither used nor changed. Not safe for use by
 * several threads.
 */
public final class NvWriter {
  private static final int NONE = -1;

  /** Bytes that close a list and open the next element of its array. */
  private static final int CONTINUED = Wire.MARKER + Wire.HEADER;

  private ByteBuffer buffer;
  private int start;
  private int limit;
  private int at;
  private int orderFlag;
  private boolean swap;

  private int lastHeader;
  private int descriptors;
  private int owed;

  /**
   * For each list that is open, the root not counted: elements still to come, or NONE: no array.
   */
  private int[] remaining = new int[16];

  private int depth;

  /** Writes nothing before {@link #wrap(ByteBuffer, int)}. */
  public NvWriter() {}

  /**
   * Starts a little-endian packet, as the C library's on all usual machines, without flags.
   *
   * @param target where it is written
   * @param offset of the packet's first byte
   * @return this
   */
  public NvWriter wrap(ByteBuffer target, int offset) {
    return wrap(target, offset, 0, ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Starts a packet.
   *
   * @param target where it is written
   * @param offset where in the buffer it starts; it may reach to the buffer's limit
   * @param flags {@link NvList#IGNORE_CASE}, {@link NvList#NO_UNIQUE}
   * @param order of the numbers
   * @return this
   */
  public NvWriter wrap(ByteBuffer target, int offset, int flags, ByteOrder order) {
    buffer = target;
    start = offset;
    at = offset;
    limit = target.limit();
    orderFlag = order == ByteOrder.BIG_ENDIAN ? Wire.FLAG_BIG_ENDIAN : 0;
    swap = order != target.order();
    lastHeader = NONE;
    descriptors = 0;
    owed = 0;
    depth = 0;
    header(flags, NONE);
    return this;
  }

  /**
   * Writes a NULL: a name without a value.
   *
   * @param name of the pair
   * @return this
   */
  public NvWriter nul(CharSequence name) {
    pair(NvType.NULL, name, 0, 0);
    return this;
  }

  /**
   * Writes a BOOL.
   *
   * @param name of the pair
   * @param value of the pair
   * @return this
   */
  public NvWriter bool(CharSequence name, boolean value) {
    pair(NvType.BOOL, name, 1, 0);
    putBool(value);
    return this;
  }

  /**
   * A number of 64 bits, which readers take as unsigned.
   *
   * @param name of the pair
   * @param value of the pair
   * @return this
   */
  public NvWriter number(CharSequence name, long value) {
    pair(NvType.NUMBER, name, Long.BYTES, 0);
    putNumber(value);
    return this;
  }

  /**
   * Writes a STRING.
   *
   * @param name of the pair
   * @param value of the pair
   * @return this
   */
  public NvWriter string(CharSequence name, CharSequence value) {
    int pair = pair(NvType.STRING, name, 0, 0);
    at = text(at, value);
    datasize(pair, at - valueOf(pair));
    return this;
  }

  /**
   * A string of these bytes, which hold no NUL.
   *
   * @param name of the pair
   * @param source where the value is
   * @param from offset of the value's first byte
   * @param length of the value in bytes
   * @return this
   */
  public NvWriter string(CharSequence name, byte[] source, int from, int length) {
    rejectNul(source, from, length);
    pair(NvType.STRING, name, length + 1L, 0);
    buffer.put(at, source, from, length).put(at + length, (byte) 0);
    at += length + 1;
    return this;
  }

  /**
   * A string of the source's bytes from this index on, which hold no NUL.
   *
   * @param name of the pair
   * @param source where the value is
   * @param from offset of the value's first byte
   * @param length of the value in bytes
   * @return this
   */
  public NvWriter string(CharSequence name, ByteBuffer source, int from, int length) {
    rejectNul(source, from, length);
    pair(NvType.STRING, name, length + 1L, 0);
    buffer.put(at, source, from, length).put(at + length, (byte) 0);
    at += length + 1;
    return this;
  }

  /**
   * Writes a BINARY.
   *
   * @param name of the pair
   * @param source where the value is
   * @param from offset of the value's first byte
   * @param length of the value in bytes
   * @return this
   */
  public NvWriter binary(CharSequence name, byte[] source, int from, int length) {
    atLeastOne(length, name);
    pair(NvType.BINARY, name, length, 0);
    buffer.put(at, source, from, length);
    at += length;
    return this;
  }

  /**
   * The source's bytes from this index on.
   *
   * @param name of the pair
   * @param source where the value is
   * @param from offset of the value's first byte
   * @param length of the value in bytes
   * @return this
   */
  public NvWriter binary(CharSequence name, ByteBuffer source, int from, int length) {
    atLeastOne(length, name);
    pair(NvType.BINARY, name, length, 0);
    buffer.put(at, source, from, length);
    at += length;
    return this;
  }

  /**
   * Writes a BOOL ARRAY.
   *
   * @param name of the pair
   * @param values at least one
   * @return this
   */
  public NvWriter bools(CharSequence name, boolean[] values) {
    array(NvType.BOOL_ARRAY, name, values.length, 1);
    for (boolean value : values) {
      putBool(value);
    }
    return this;
  }

  /**
   * Writes a NUMBER ARRAY.
   *
   * @param name of the pair
   * @param values at least one
   * @return this
   */
  public NvWriter numbers(CharSequence name, long[] values) {
    array(NvType.NUMBER_ARRAY, name, values.length, Long.BYTES);
    for (long value : values) {
      putNumber(value);
    }
    return this;
  }

  /**
   * Writes a STRING ARRAY.
   *
   * @param name of the pair
   * @param values at least one
   * @return this
   */
  public NvWriter strings(CharSequence name, CharSequence[] values) {
    int pair = array(NvType.STRING_ARRAY, name, values.length, 0);
    for (CharSequence value : values) {
      at = text(at, value);
    }
    datasize(pair, at - valueOf(pair));
    return this;
  }

  /**
   * The place of a descriptor, which itself travels beside the packet: descriptors go out in the
   * order in which their places were written.
   *
   * @param name of the pair
   * @return this
   */
  public NvWriter descriptor(CharSequence name) {
    pair(NvType.DESCRIPTOR, name, Long.BYTES, 0);
    putNumber(descriptors++);
    return this;
  }

  /**
   * The places of {@code count} descriptors.
   *
   * @param name of the pair
   * @param count how many there are
   * @return this
   */
  public NvWriter descriptors(CharSequence name, int count) {
    array(NvType.DESCRIPTOR_ARRAY, name, count, Long.BYTES);
    for (int i = 0; i < count; i++) {
      putNumber(descriptors++);
    }
    return this;
  }

  /**
   * Opens a list in the list: what follows belongs to it, until {@link #endList}.
   *
   * @param name of the pair
   * @param flags the list's flags
   * @return this
   */
  public NvWriter beginList(CharSequence name, int flags) {
    int pair = pair(NvType.NVLIST, name, 0, 0);
    owed += Wire.MARKER;
    push(NONE);
    header(flags, pair);
    return this;
  }

  /**
   * Ends the list that {@link #beginList} began.
   *
   * @return this
   */
  public NvWriter endList() {
    open(false);
    if (lastHeader == at - Wire.HEADER) {
      emptyList();
    }
    marker(Wire.MARKER_UP);
    owed -= Wire.MARKER;
    depth--;
    return this;
  }

  /**
   * Opens an array of {@code count} lists and its first list: what follows belongs to that, until
   * {@link #nextList} or, after the last, {@link #endLists}.
   *
   * @param name of the pair
   * @param count how many there are
   * @param flags the list's flags
   * @return this
   */
  public NvWriter beginLists(CharSequence name, int count, int flags) {
    atLeastOne(count, name);
    pair(NvType.NVLIST_ARRAY, name, 0, count);
    room(at, (long) count * CONTINUED);
    owed += Wire.MARKER + (count - 1) * CONTINUED;
    push(count - 1);
    header(flags, NONE);
    return this;
  }

  /**
   * Closes the open list of an array and opens the next one.
   *
   * @param flags the list's flags
   * @return this
   */
  public NvWriter nextList(int flags) {
    open(true);
    if (remaining[depth - 1]-- == 0) {
      throw new IllegalStateException("the array has all the lists it was begun with");
    }
    marker(Wire.MARKER_NEXT);
    owed -= CONTINUED;
    header(flags, NONE);
    return this;
  }

  /**
   * Ends the array that {@link #beginLists} began.
   *
   * @return this
   */
  public NvWriter endLists() {
    open(true);
    if (remaining[depth - 1] != 0) {
      throw new IllegalStateException("the array lacks lists: " + remaining[depth - 1]);
    }
    marker(Wire.MARKER_NEXT);
    owed -= Wire.MARKER;
    depth--;
    return this;
  }

  /**
   * Completes all headers. Nothing fits into the packet any more afterwards.
   *
   * @return the packet's length in bytes
   */
  public int end() {
    if (depth != 0) {
      throw new IllegalStateException("lists are still open: " + depth);
    }
    for (int header = lastHeader; header != NONE; ) {
      header = complete(header);
    }
    lastHeader = NONE;
    limit = at;
    return at - start;
  }

  /** {@return how many descriptors have a place in the packet so far} */
  public int descriptorCount() {
    return descriptors;
  }

  private void header(int flags, int pair) {
    if ((flags & ~Wire.FLAG_PUBLIC) != 0) {
      throw new IllegalArgumentException("unknown flags 0x" + Integer.toHexString(flags));
    }
    room(at, Wire.HEADER);
    buffer.put(at, (byte) Wire.MAGIC).put(at + 1, (byte) Wire.VERSION);
    buffer.put(at + Wire.LIST_FLAGS, (byte) (flags | orderFlag));
    buffer.putInt(at + Wire.LIST_DESCRIPTORS, descriptors).putInt(at + 7, owed);
    buffer.putInt(at + Wire.LIST_SIZE, pair).putInt(at + 15, lastHeader);
    lastHeader = at;
    at += Wire.HEADER;
  }

  /** Replaces the thread in a header by what belongs there, and returns where the thread leads. */
  private int complete(int header) {
    int before = buffer.getInt(header + Wire.LIST_DESCRIPTORS);
    int owedThen = buffer.getInt(header + 7);
    int pair = buffer.getInt(header + Wire.LIST_SIZE);
    int previous = buffer.getInt(header + 15);
    putLong(header + Wire.LIST_DESCRIPTORS, descriptors - before);
    putLong(header + Wire.LIST_SIZE, at - header - Wire.HEADER);
    if (pair != NONE) {
      datasize(pair, at - header - owedThen);
    }
    return previous;
  }

  /** An empty list is the one case in which the C library writes its true length. */
  private void emptyList() {
    datasize(buffer.getInt(lastHeader + Wire.LIST_SIZE), Wire.HEADER);
    buffer.putInt(lastHeader + Wire.LIST_SIZE, NONE);
  }

  private int array(NvType type, CharSequence name, int count, int width) {
    atLeastOne(count, name);
    return pair(type, name, (long) count * width, count);
  }

  /** Writes a pair's header and name, makes sure of room for its value, and returns its offset. */
  private int pair(NvType type, CharSequence name, long datasize, long nitems) {
    int pair = at;
    room(pair, Wire.HEADER);
    int value = text(pair + Wire.HEADER, name);
    pairHeader(pair, type.code(), value - pair - Wire.HEADER, datasize, nitems);
    room(value, datasize);
    at = value;
    return pair;
  }

  private void pairHeader(int pair, int type, int namesize, long datasize, long nitems) {
    if (namesize > Wire.NAMESIZE_MAX) {
      throw new IllegalArgumentException(
          "a name of " + (namesize - 1) + " bytes; 2047 are allowed");
    }
    short size = (short) namesize;
    buffer.put(pair, (byte) type);
    buffer.putShort(pair + Wire.PAIR_NAMESIZE, swap ? Short.reverseBytes(size) : size);
    datasize(pair, datasize);
    putLong(pair + Wire.PAIR_NITEMS, nitems);
  }

  private void marker(int type) {
    room(at, Wire.MARKER);
    pairHeader(at, type, 1, 0, 0);
    buffer.put(at + Wire.HEADER, (byte) 0);
    at += Wire.MARKER;
  }

  /** Where a pair's value starts: behind its name. */
  private int valueOf(int pair) {
    short size = buffer.getShort(pair + Wire.PAIR_NAMESIZE);
    return pair + Wire.HEADER + (swap ? Short.reverseBytes(size) : size);
  }

  private void datasize(int pair, long size) {
    putLong(pair + Wire.PAIR_DATASIZE, size);
  }

  /** Writes text and its NUL, and returns the offset behind. */
  private int text(int offset, CharSequence text) {
    if (text instanceof NvText bytes) {
      return text(offset, bytes.bytes);
    }
    int length = text.length();
    room(offset, length + 1L);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c == 0 || c >= 0x80) {
        return text(offset, NvText.of(text).bytes);
      }
      buffer.put(offset + i, (byte) c);
    }
    buffer.put(offset + length, (byte) 0);
    return offset + length + 1;
  }

  private int text(int offset, byte[] bytes) {
    room(offset, bytes.length + 1L);
    buffer.put(offset, bytes).put(offset + bytes.length, (byte) 0);
    return offset + bytes.length + 1;
  }

  private void putBool(boolean value) {
    buffer.put(at++, (byte) (value ? 1 : 0));
  }

  private void putNumber(long value) {
    putLong(at, value);
    at += Long.BYTES;
  }

  private void putLong(int offset, long value) {
    buffer.putLong(offset, swap ? Long.reverseBytes(value) : value);
  }

  private void room(int offset, long length) {
    if (length > limit - offset) {
      throw new BufferOverflowException();
    }
  }

  private void push(int elements) {
    if (depth == remaining.length) {
      remaining = Arrays.copyOf(remaining, 2 * depth);
    }
    remaining[depth++] = elements;
  }

  private void open(boolean array) {
    if (depth == 0 || (remaining[depth - 1] != NONE) != array) {
      throw new IllegalStateException(
          array ? "the open list is no element of an array" : "the open list is no embedded list");
    }
  }

  private static void atLeastOne(int count, CharSequence name) {
    if (count < 1) {
      throw new IllegalArgumentException("'" + name + "' is empty: the format has no such value");
    }
  }

  private static void rejectNul(byte[] source, int from, int length) {
    for (int i = from; i < from + length; i++) {
      if (source[i] == 0) {
        throw new IllegalArgumentException("a NUL at byte " + (i - from) + " of a string");
      }
    }
  }

  private static void rejectNul(ByteBuffer source, int from, int length) {
    for (int i = from; i < from + length; i++) {
      if (source.get(i) == 0) {
        throw new IllegalArgumentException("a NUL at byte " + (i - from) + " of a string");
      }
    }
  }
}
