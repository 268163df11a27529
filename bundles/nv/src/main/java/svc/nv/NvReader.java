package svc.nv;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * Reads a packet where it lies, pair by pair, and allocates nothing once warm.
 *
 * <pre>{@code
 * reader.wrap(buffer, offset, length);
 * while (reader.next()) {
 *   if (reader.nameEquals(PID)) {
 *     pid = reader.number();
 *   }
 * }
 * }</pre>
 *
 * <p>A list or list array that is not entered is passed over by the next call of {@link #next}. To
 * read one, {@link #enter} it, read it with {@link #next} until that is false, for an array go on
 * with {@link #nextList}, and {@link #leave} it:
 *
 * <pre>
 *   pair NVLIST_ARRAY | header pairs NEXT | header pairs NEXT | pair
 *                enter^          nextList^              leave^
 * </pre>
 *
 * <p>Everything is checked before it is offered: a method that does not declare {@link NvException}
 * cannot meet bad bytes. What lies behind the last pair that was asked for has not been looked at.
 * Accepted beyond the canonical form, as the C library does: any version, lists that are still open
 * at the packet's end, UP and NEXT in place of each other, markers with a name. Refused although
 * the C library takes it: an array that ends before it has the announced number of lists, and
 * strings of an array that reach beyond its datasize.
 *
 * <p>Offsets are indexes into the buffer; those in an exception count from the packet's start. The
 * buffer's position and byte order are neither used nor changed, and it must not be written to
 * meanwhile. Not safe for use by several threads.
 */
public final class NvReader {
  private static final int PLAIN = -1;
  private static final int FRAME = 2;

  private final NvLimits limits;
  private final NameTable names;

  private ByteBuffer buffer;
  private int start;
  private int end;
  private int at;
  private boolean swap;
  private int onHand;
  private int items;

  /** For each open list, the root included: its flags, and elements still to come or PLAIN. */
  private int[] frames = new int[16 * FRAME];

  /** The identity of each open list in the table of names. */
  private long[] identities = new long[16];

  private int depth;
  private boolean ended;

  private NvType type;
  private boolean unentered;
  private int nameAt;
  private int nameLength;
  private int valueAt;
  private int valueLength;
  private int count;
  private int elementAt;
  private int elementLength;

  /** A reader that may be used for any number of packets, one after the other. */
  public NvReader() {
    this(NvLimits.DEFAULT);
  }

  /**
   * A reader that may be used for any number of packets, one after the other.
   *
   * @param limits what is refused as too large
   */
  public NvReader(NvLimits limits) {
    this(limits, true);
  }

  /** A reader that leaves it to its caller to look for duplicate names when not unique. */
  NvReader(NvLimits limits, boolean unique) {
    this.limits = limits;
    this.names = unique ? new NameTable() : null;
  }

  /**
   * Starts at the root of a packet beside which no descriptors came.
   *
   * @param source where the packet is
   * @param offset of the packet's first byte
   * @param length of the packet in bytes
   * @return this
   * @throws NvException when the packet is not well-formed or over a limit
   */
  public NvReader wrap(ByteBuffer source, int offset, int length) throws NvException {
    return wrap(source, offset, length, 0);
  }

  /**
   * Starts at the root of a packet.
   *
   * @param source where the packet is
   * @param offset of the packet's first byte
   * @param length of the packet in bytes: exactly what its header says
   * @param descriptorsOnHand how many descriptors came beside it
   * @return this
   * @throws NvException when the packet is not well-formed or over a limit
   */
  public NvReader wrap(ByteBuffer source, int offset, int length, int descriptorsOnHand)
      throws NvException {
    Objects.checkFromIndexSize(offset, length, source.limit());
    buffer = source;
    start = offset;
    end = offset + length;
    at = offset;
    onHand = descriptorsOnHand;
    items = 0;
    depth = 0;
    unentered = false;
    type = null;
    if (names != null) {
      names.clear();
    }
    check(length <= limits.maxBytes(), at, "a packet longer than the limit");
    header(true, PLAIN);
    return this;
  }

  /** {@return the flags of the list that is being read} */
  public int flags() {
    return frames[depth * FRAME];
  }

  /** {@return how many lists deep the list that is being read lies below the root} */
  public int depth() {
    return depth;
  }

  /**
   * Goes on to the next pair of the list that is being read.
   *
   * @return whether there is one; false for ever at the end of the list
   * @throws NvException when the packet is not well-formed or over a limit
   */
  public boolean next() throws NvException {
    if (unentered) {
      enter();
      leave();
    }
    if (ended || at == end) {
      return endOfList();
    }
    return pair();
  }

  /** {@return the type of the pair} */
  public NvType type() {
    return type;
  }

  /**
   * Whether the pair has this name, in the manner of the list's flags.
   *
   * @param name any text
   * @return whether it has
   */
  public boolean nameEquals(CharSequence name) {
    boolean folding = (flags() & NvList.IGNORE_CASE) != 0;
    return name instanceof NvText text
        ? textEquals(nameAt, nameLength, text.bytes, folding)
        : textEquals(nameAt, nameLength, name, folding);
  }

  /**
   * Where the name's bytes begin in the source.
   *
   * @return bytes
   */
  public int nameOffset() {
    return nameAt;
  }

  /**
   * Length of the name in bytes, its NUL not counted.
   *
   * @return bytes
   */
  public int nameLength() {
    return nameLength;
  }

  /** {@return a copy of the name} */
  public NvText name() {
    return text(nameAt, nameLength);
  }

  /**
   * The value of a BOOL.
   *
   * @return the value
   */
  public boolean bool() {
    return buffer.get(expect(NvType.BOOL)) != 0;
  }

  /**
   * The value of a NUMBER: 64 bits, unsigned on the wire.
   *
   * @return the number
   */
  public long number() {
    return getLong(expect(NvType.NUMBER));
  }

  /**
   * The index of a DESCRIPTOR among those that came beside the packet.
   *
   * @return that index
   */
  public int descriptor() {
    return (int) getLong(expect(NvType.DESCRIPTOR));
  }

  /**
   * Whether a STRING is this text.
   *
   * @param text any text
   * @return whether it is
   */
  public boolean stringEquals(CharSequence text) {
    return textEquals(expect(NvType.STRING), valueLength, text, false);
  }

  /** {@return a copy of a STRING} */
  public NvText string() {
    return text(expect(NvType.STRING), valueLength);
  }

  /** {@return where the value of a scalar or of an array other than of lists starts} */
  public int valueOffset() {
    return valueAt;
  }

  /**
   * Length of the value in bytes; the NUL of a STRING is not counted.
   *
   * @return bytes
   */
  public int valueLength() {
    return valueLength;
  }

  /**
   * Copies the value's bytes.
   *
   * @param target where the value is copied
   * @param from offset of the copy's first byte
   */
  public void copyValue(byte[] target, int from) {
    buffer.get(valueAt, target, from, valueLength);
  }

  /** {@return the number of elements of an array, 0 for other types} */
  public int count() {
    return count;
  }

  /**
   * An element of a BOOL ARRAY; every byte but 0 is true, as to the C library.
   *
   * @param index from 0
   * @return the value
   */
  public boolean bool(int index) {
    return buffer.get(expect(NvType.BOOL_ARRAY) + element(index)) != 0;
  }

  /**
   * An element of a NUMBER ARRAY.
   *
   * @param index from 0
   * @return the number
   */
  public long number(int index) {
    return getLong(expect(NvType.NUMBER_ARRAY) + element(index) * Long.BYTES);
  }

  /**
   * An element of a DESCRIPTOR ARRAY: an index among those that came beside the packet.
   *
   * @param index from 0
   * @return that index
   */
  public int descriptor(int index) {
    return (int) getLong(expect(NvType.DESCRIPTOR_ARRAY) + element(index) * Long.BYTES);
  }

  /**
   * Goes on to the next element of a STRING ARRAY, at first to its first; false after the last.
   *
   * @return false after the last
   */
  public boolean nextString() {
    int from = elementAt == 0 ? expect(NvType.STRING_ARRAY) : elementAt + elementLength + 1;
    if (from == valueAt + valueLength) {
      return false;
    }
    elementAt = from;
    elementLength = nul(from, valueAt + valueLength) - from;
    return true;
  }

  /**
   * Where the string's bytes begin in the source.
   *
   * @return bytes
   */
  public int elementOffset() {
    return elementAt;
  }

  /**
   * Length of the string in bytes, its NUL not counted.
   *
   * @return bytes
   */
  public int elementLength() {
    return elementLength;
  }

  /** {@return a copy of the element that {@link #nextString} found} */
  public NvText element() {
    return text(elementAt, elementLength);
  }

  /**
   * Goes into the NVLIST, or into the first list of the NVLIST ARRAY, that was read last.
   *
   * @throws NvException when the packet is not well-formed or over a limit
   */
  public void enter() throws NvException {
    if (!unentered) {
      throw new IllegalStateException("no list that could be entered: " + type);
    }
    boolean array = type == NvType.NVLIST_ARRAY;
    check(depth < limits.maxDepth(), at, "lists nested deeper than the limit");
    depth++;
    header(array, array ? count - 1 : PLAIN);
  }

  /**
   * Goes on to the next list of the array whose list is being read; false after the last.
   *
   * @return false after the last
   * @throws NvException when the packet is not well-formed or over a limit
   */
  public boolean nextList() throws NvException {
    drain();
    int remaining = frames[depth * FRAME + 1];
    if (remaining <= 0) {
      return false;
    }
    header(true, remaining - 1);
    return true;
  }

  /**
   * Goes back to the list that the list or array being read lies in, past all that is unread.
   *
   * @throws NvException when the packet is not well-formed or over a limit
   */
  public void leave() throws NvException {
    if (depth == 0) {
      throw new IllegalStateException("the root cannot be left");
    }
    int target = depth - 1;
    while (depth > target) {
      step();
    }
  }

  /** One step of passing over: into a list, on to a list's next pair or the next list, or out. */
  private void step() throws NvException {
    if (unentered) {
      enter();
    } else if (!ended && at < end) {
      pair();
    } else if (endOfList() || frames[depth * FRAME + 1] <= 0) {
      depth--;
      ended = false;
    } else {
      header(true, frames[depth * FRAME + 1] - 1);
    }
  }

  private void drain() throws NvException {
    int level = depth;
    while (depth > level || unentered || !ended && at < end) {
      step();
    }
    endOfList();
  }

  private boolean endOfList() throws NvException {
    if (!ended) {
      check(
          frames[depth * FRAME + 1] <= 0, at, "the packet ends before the array has all its lists");
      ended = true;
    }
    return false;
  }

  /**
   * Reads a list's header; the order of bytes that it names governs the pairs unless it is plain.
   */
  private void header(boolean governs, int remaining) throws NvException {
    check(end - at >= Wire.HEADER, at, "a list header does not fit");
    check(buffer.get(at) == Wire.MAGIC, at, "not the magic of a list");
    int flags = buffer.get(at + Wire.LIST_FLAGS) & 0xff;
    check((flags & ~Wire.FLAG_KNOWN) == 0, at + Wire.LIST_FLAGS, "unknown flags");
    boolean before = swap;
    swap = ((flags & Wire.FLAG_BIG_ENDIAN) != 0) != (buffer.order() == ByteOrder.BIG_ENDIAN);
    sizes();
    swap = governs ? swap : before;
    open(flags & Wire.FLAG_PUBLIC, remaining);
  }

  private void sizes() throws NvException {
    long descriptors = getLong(at + Wire.LIST_DESCRIPTORS);
    int length = end - at - Wire.HEADER;
    check(getLong(at + Wire.LIST_SIZE) == length, at + Wire.LIST_SIZE, "size is not what follows");
    check(
        descriptors >= 0 && descriptors <= onHand,
        at + Wire.LIST_DESCRIPTORS,
        "more descriptors announced than came");
  }

  private void open(int flags, int remaining) throws NvException {
    if ((depth + 1) * FRAME > frames.length) {
      frames = Arrays.copyOf(frames, 2 * frames.length);
      identities = Arrays.copyOf(identities, 2 * identities.length);
    }
    frames[depth * FRAME] = flags;
    frames[depth * FRAME + 1] = remaining;
    if (names != null) {
      identities[depth] = names.nextList();
    }
    if (remaining != PLAIN) {
      count(1);
    }
    at += Wire.HEADER;
    ended = false;
    unentered = false;
  }

  private void count(int more) throws NvException {
    items += more;
    check(items <= limits.maxPairs(), at, "more pairs than the limit");
  }

  /** Reads a pair and checks all of it, or reads a marker: then the list has ended. */
  private boolean pair() throws NvException {
    int header = at;
    check(end - header >= Wire.HEADER, header, "a pair header does not fit");
    int code = buffer.get(header) & 0xff;
    type = NvType.of(code);
    pairName(header);
    long size = getLong(header + Wire.PAIR_DATASIZE);
    check(size >= 0 && size <= end - at, header + Wire.PAIR_DATASIZE, "datasize beyond the packet");
    if (type == null) {
      return marker(header, code);
    }
    count(1);
    unique(header);
    value(header, (int) size);
    return true;
  }

  private void pairName(int header) throws NvException {
    short raw = buffer.getShort(header + Wire.PAIR_NAMESIZE);
    int size = (swap ? Short.reverseBytes(raw) : raw) & 0xffff;
    nameAt = header + Wire.HEADER;
    nameLength = size - 1;
    check(
        size >= 1 && size <= Wire.NAMESIZE_MAX && size <= end - nameAt,
        header + Wire.PAIR_NAMESIZE,
        "namesize is not 1 to 2048 or beyond the packet");
    at = nameAt + size;
    check(nul(nameAt, at) == at - 1, nameAt, "a name whose only NUL is not at its end");
  }

  private boolean marker(int header, int code) throws NvException {
    check(code == Wire.MARKER_UP || code == Wire.MARKER_NEXT, header, "unknown type");
    check(depth > 0, header, "a marker that ends the root");
    int remaining = frames[depth * FRAME + 1];
    check(
        code == Wire.MARKER_NEXT || remaining <= 0,
        header,
        "a marker that ends the array before it has all its lists");
    ended = true;
    return false;
  }

  private void unique(int header) throws NvException {
    if (names == null || (flags() & NvList.NO_UNIQUE) != 0) {
      return;
    }
    boolean folding = (flags() & NvList.IGNORE_CASE) != 0;
    check(
        names.add(identities[depth], buffer, nameAt, nameLength, folding),
        header,
        "duplicate name");
  }

  private void value(int header, int size) throws NvException {
    valueAt = at;
    valueLength = size;
    elementAt = 0;
    count = 0;
    switch (type) {
      case NULL -> expectSize(header, 0);
      case BOOL -> checkBool(header);
      case NUMBER -> expectSize(header, Long.BYTES);
      case STRING -> checkString(header);
      case DESCRIPTOR -> checkDescriptor(header);
      case BINARY -> check(size > 0, header + Wire.PAIR_DATASIZE, "an empty binary");
      case BOOL_ARRAY -> array(header, 1);
      case NUMBER_ARRAY -> array(header, Long.BYTES);
      case STRING_ARRAY -> checkStrings(header);
      case DESCRIPTOR_ARRAY -> checkDescriptors(header);
      case NVLIST -> list(size > 0, header);
      case NVLIST_ARRAY -> lists(header);
    }
    at += valueLength;
    if (type == NvType.STRING) {
      valueLength--;
    }
  }

  private void list(boolean sized, int header) throws NvException {
    check(sized, header + Wire.PAIR_DATASIZE, "an embedded list without datasize");
    unentered = true;
    valueLength = 0;
  }

  private void lists(int header) throws NvException {
    items(header, (end - at) / Wire.HEADER);
    unentered = true;
    valueLength = 0;
  }

  private void checkBool(int header) throws NvException {
    expectSize(header, 1);
    check((buffer.get(at) & ~1) == 0, at, "a bool that is neither 0 nor 1");
  }

  private void checkString(int header) throws NvException {
    check(valueLength > 0, header + Wire.PAIR_DATASIZE, "a string without its NUL");
    int last = at + valueLength - 1;
    check(nul(at, at + valueLength) == last, at, "a string whose only NUL is not at its end");
  }

  private void checkStrings(int header) throws NvException {
    items(header, valueLength);
    count(count);
    int stop = at + valueLength;
    int from = at;
    for (int i = 0; i < count; i++) {
      from = nul(from, stop) + 1;
      check(from <= stop, at, "fewer strings than announced");
    }
    check(from == stop, from, "more bytes than the announced strings");
  }

  private void checkDescriptor(int header) throws NvException {
    expectSize(header, Long.BYTES);
    checkIndex(at);
  }

  private void checkDescriptors(int header) throws NvException {
    array(header, Long.BYTES);
    for (int i = at; i < at + valueLength; i += Long.BYTES) {
      checkIndex(i);
    }
  }

  private void checkIndex(int offset) throws NvException {
    long index = getLong(offset);
    check(index >= 0 && index < onHand, offset, "an index beyond the descriptors received");
  }

  private void array(int header, int width) throws NvException {
    items(header, valueLength / width);
    expectSize(header, count * width);
  }

  private void items(int header, int most) throws NvException {
    long announced = getLong(header + Wire.PAIR_NITEMS);
    check(
        announced > 0 && announced <= most,
        header + Wire.PAIR_NITEMS,
        "an array of no elements, or of more than fit");
    count = (int) announced;
  }

  private void expectSize(int header, int size) throws NvException {
    check(
        valueLength == size, header + Wire.PAIR_DATASIZE, "datasize is not what the type demands");
  }

  /** The exception that refuses the pair that was read last, for a reason that its reader found. */
  NvException refusal(String reason) {
    return new NvException(nameAt - Wire.HEADER - start, reason);
  }

  private void check(boolean holds, int offset, String reason) throws NvException {
    if (!holds) {
      throw new NvException(offset - start, reason);
    }
  }

  private int expect(NvType expected) {
    if (type != expected) {
      throw new IllegalStateException("the pair is no " + expected + " but " + type);
    }
    return valueAt;
  }

  private int element(int index) {
    if (index < 0 || index >= count) {
      throw new IndexOutOfBoundsException("element " + index + " of " + count);
    }
    return index;
  }

  /** The first NUL from here on, or {@code stop} when there is none before it. */
  private int nul(int from, int stop) {
    int i = from;
    while (i < stop && buffer.get(i) != 0) {
      i++;
    }
    return i;
  }

  private NvText text(int from, int length) {
    byte[] bytes = new byte[length];
    buffer.get(from, bytes);
    return NvText.owning(bytes);
  }

  private boolean textEquals(int from, int length, CharSequence text, boolean folding) {
    int expected = text.length();
    for (int i = 0; i < expected; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        return textEquals(from, length, NvText.of(text).bytes, folding);
      }
      if (i >= length || !NvText.same(buffer.get(from + i), c, folding)) {
        return false;
      }
    }
    return length == expected;
  }

  private boolean textEquals(int from, int length, byte[] bytes, boolean folding) {
    if (length != bytes.length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (!NvText.same(buffer.get(from + i), bytes[i], folding)) {
        return false;
      }
    }
    return true;
  }

  private long getLong(int offset) {
    long value = buffer.getLong(offset);
    return swap ? Long.reverseBytes(value) : value;
  }
}
