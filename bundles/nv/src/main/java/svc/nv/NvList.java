package svc.nv;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A list of names and values: {@code nv(9)}. Immutable, and safe for use by several threads. Pairs
 * keep the order in which they were added, which is their order on the wire.
 *
 * <p>A lookup matches the name <em>and</em> the type, and the first match wins. Names and strings
 * are bytes on the wire; here they are text in UTF-8, and a {@link NvText}, which is accepted
 * wherever text is, stands for exact bytes.
 */
public final class NvList {
  /** Flag: names that differ only in the case of ASCII letters are the same name. */
  public static final int IGNORE_CASE = 0x01;

  /** Flag: a name may occur more than once. */
  public static final int NO_UNIQUE = 0x02;

  /** In place of expected flags: any. */
  public static final int ANY_FLAGS = -1;

  /** The list without pairs and flags. */
  public static final NvList EMPTY = builder().build();

  static final NvList[] NONE = {};
  static final int[] NO_DESCRIPTORS = {};

  private final int flags;
  private final List<NvPair> pairs;

  /**
   * Where each name occurs first; null while the list is small: looking through it is then faster.
   */
  private final Map<NvText, Integer> index;

  private final int packedSize;
  private final int descriptorCount;

  private NvList(Builder builder) {
    flags = builder.flags;
    pairs = List.copyOf(builder.pairs);
    index = builder.index;
    packedSize = builder.packedSize;
    descriptorCount = builder.descriptorCount;
    builder.index = null;
  }

  /**
   * Starts a list without flags.
   *
   * @return a builder without pairs
   */
  public static Builder builder() {
    return new Builder(0);
  }

  /**
   * Builds a list with flags.
   *
   * @param flags {@link #IGNORE_CASE}, {@link #NO_UNIQUE}
   * @return a builder without pairs
   */
  public static Builder builder(int flags) {
    return new Builder(flags);
  }

  // ---- lookups, as dnv(9) has them

  /**
   * A NUMBER, whose 64 bits may be read as unsigned.
   *
   * @param name of the pair
   * @param fallback what is given when there is no such pair
   * @return the value, or the fallback
   */
  public long number(CharSequence name, long fallback) {
    return (Long) held(name, NvType.NUMBER, fallback);
  }

  /**
   * A BOOL.
   *
   * @param name of the pair
   * @param fallback what is given when there is no such pair
   * @return the value, or the fallback
   */
  public boolean bool(CharSequence name, boolean fallback) {
    return (Boolean) held(name, NvType.BOOL, fallback);
  }

  /**
   * A STRING; bytes that are no UTF-8 are replaced.
   *
   * @param name of the pair
   * @param fallback what is given when there is no such pair
   * @return the text, or the fallback
   */
  public String string(CharSequence name, String fallback) {
    Object text = held(name, NvType.STRING, null);
    return text == null ? fallback : text.toString();
  }

  /**
   * The exact bytes of a STRING.
   *
   * @param name of the pair
   * @param fallback what is given when there is no such pair
   * @return its bytes, or the fallback
   */
  public NvText text(CharSequence name, NvText fallback) {
    return (NvText) held(name, NvType.STRING, fallback);
  }

  /**
   * An NVLIST.
   *
   * @param name of the pair
   * @param fallback what is given when there is no such pair
   * @return the list, or the fallback
   */
  public NvList list(CharSequence name, NvList fallback) {
    return (NvList) held(name, NvType.NVLIST, fallback);
  }

  /**
   * A DESCRIPTOR.
   *
   * @param name of the pair
   * @param fallback what is given when there is no such pair
   * @return the number, or the fallback
   */
  public int descriptor(CharSequence name, int fallback) {
    return (Integer) held(name, NvType.DESCRIPTOR, fallback);
  }

  /**
   * A copy of a BINARY, or the fallback itself.
   *
   * @param name of the pair
   * @param fallback what is given when there is no such pair
   * @return its bytes
   */
  public byte[] binary(CharSequence name, byte[] fallback) {
    byte[] bytes = (byte[]) held(name, NvType.BINARY, null);
    return bytes == null ? fallback : bytes.clone();
  }

  /**
   * The elements of a BOOL ARRAY; none when there is no such array.
   *
   * @param name of the pair
   * @return a copy
   */
  public boolean[] bools(CharSequence name) {
    return ((boolean[]) held(name, NvType.BOOL_ARRAY, new boolean[0])).clone();
  }

  /**
   * The elements of a NUMBER ARRAY; none when there is no such array.
   *
   * @param name of the pair
   * @return a copy
   */
  public long[] numbers(CharSequence name) {
    return ((long[]) held(name, NvType.NUMBER_ARRAY, new long[0])).clone();
  }

  /**
   * The elements of a STRING ARRAY; none when there is no such array.
   *
   * @param name of the pair
   * @return which cannot be changed
   */
  @SuppressWarnings("unchecked")
  public List<String> strings(CharSequence name) {
    NvPair pair = find(name, NvType.STRING_ARRAY);
    return pair == null ? List.of() : (List<String>) pair.value();
  }

  /**
   * The elements of an NVLIST ARRAY; none when there is no such array.
   *
   * @param name of the pair
   * @return which cannot be changed
   */
  public List<NvList> lists(CharSequence name) {
    return List.of((NvList[]) held(name, NvType.NVLIST_ARRAY, NONE));
  }

  /**
   * The elements of a DESCRIPTOR ARRAY; none when there is no such array.
   *
   * @param name of the pair
   * @return a copy
   */
  public int[] descriptors(CharSequence name) {
    return ((int[]) held(name, NvType.DESCRIPTOR_ARRAY, NO_DESCRIPTORS)).clone();
  }

  /**
   * Whether there is a pair of this name, of whatever type.
   *
   * @param name of the pair
   * @return whether there is
   */
  public boolean exists(CharSequence name) {
    return find(name, null) != null;
  }

  /**
   * The type of the first pair of this name, or null when there is none.
   *
   * @param name of the pair
   * @return its type or null
   */
  public NvType typeOf(CharSequence name) {
    NvPair pair = find(name, null);
    return pair == null ? null : pair.type();
  }

  private Object held(CharSequence name, NvType type, Object fallback) {
    NvPair pair = find(name, type);
    return pair == null ? fallback : pair.held();
  }

  /** The first pair of this name, and of this type if one is given. */
  private NvPair find(CharSequence name, NvType type) {
    boolean folding = (flags & IGNORE_CASE) != 0;
    for (int i = firstOf(name, folding); i < pairs.size(); i++) {
      NvPair pair = pairs.get(i);
      if ((type == null || type == pair.type()) && pair.nameText().matches(name, folding)) {
        return pair;
      }
    }
    return null;
  }

  private int firstOf(CharSequence name, boolean folding) {
    if (index == null) {
      return 0;
    }
    NvText text = NvText.of(name);
    return index.getOrDefault(folding ? text.folded() : text, pairs.size());
  }

  // ---- the whole

  /** {@return all pairs in order} */
  public List<NvPair> pairs() {
    return pairs;
  }

  /**
   * {@link #IGNORE_CASE}, {@link #NO_UNIQUE}.
   *
   * @return either, both or 0
   */
  public int flags() {
    return flags;
  }

  /**
   * Whether there is no pair.
   *
   * @return whether it has no pairs
   */
  public boolean isEmpty() {
    return pairs.isEmpty();
  }

  /**
   * All descriptors in it, depth first, lists in it included: in the order of their indexes.
   *
   * @return a copy
   */
  public int[] descriptors() {
    int[] all = new int[descriptorCount];
    Walk.through(
        this,
        new Walk.Visitor<RuntimeException>() {
          private int next;

          @Override
          public void value(NvPair pair) {
            for (int descriptor : pair.heldDescriptors()) {
              all[next++] = descriptor;
            }
          }

          @Override
          public void begin(NvPair pair, int index, int count, NvList list) {}

          @Override
          public void end(NvPair pair, int index, int count) {}
        });
    return all;
  }

  // ---- bytes

  /**
   * Length of the packet in bytes.
   *
   * @return bytes
   */
  public int packedSize() {
    return packedSize;
  }

  /**
   * Writes the packet in little endian at the target's position, and advances that. Descriptors are
   * replaced by their indexes, in the order of {@link #descriptors()}.
   *
   * @param target from whose position on it is written; its position is moved
   * @throws java.nio.BufferOverflowException when the target has less than {@link #packedSize} left
   */
  public void pack(ByteBuffer target) {
    pack(target, ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * As {@link #pack(ByteBuffer)}, in this order of bytes.
   *
   * @param target from whose position on it is written; its position is moved
   * @param order of the numbers
   */
  public void pack(ByteBuffer target, ByteOrder order) {
    NvWriter writer = new NvWriter().wrap(target, target.position(), flags, order);
    Walk.through(this, new Packing(writer));
    target.position(target.position() + writer.end());
  }

  /** {@return the packet in little endian} */
  public byte[] pack() {
    byte[] packet = new byte[packedSize];
    pack(ByteBuffer.wrap(packet).order(ByteOrder.LITTLE_ENDIAN));
    return packet;
  }

  private record Packing(NvWriter writer) implements Walk.Visitor<RuntimeException> {
    @Override
    public void value(NvPair pair) {
      NvText name = pair.nameText();
      Object value = pair.held();
      switch (pair.type()) {
        case NULL -> writer.nul(name);
        case BOOL -> writer.bool(name, (Boolean) value);
        case NUMBER -> writer.number(name, (Long) value);
        case STRING -> writer.string(name, (NvText) value);
        case DESCRIPTOR -> writer.descriptor(name);
        case BINARY -> writer.binary(name, (byte[]) value, 0, ((byte[]) value).length);
        case BOOL_ARRAY -> writer.bools(name, (boolean[]) value);
        case NUMBER_ARRAY -> writer.numbers(name, (long[]) value);
        case STRING_ARRAY -> writer.strings(name, (NvText[]) value);
        case DESCRIPTOR_ARRAY -> writer.descriptors(name, ((int[]) value).length);
        case NVLIST, NVLIST_ARRAY -> throw new IllegalStateException(pair + " is no plain value");
      }
    }

    @Override
    public void begin(NvPair pair, int index, int count, NvList list) {
      if (pair.type() == NvType.NVLIST) {
        writer.beginList(pair.nameText(), list.flags);
      } else if (index == 0) {
        writer.beginLists(pair.nameText(), count, list.flags);
      } else {
        writer.nextList(list.flags);
      }
    }

    @Override
    public void end(NvPair pair, int index, int count) {
      if (pair.type() == NvType.NVLIST) {
        writer.endList();
      } else if (index == count - 1) {
        writer.endLists();
      }
    }
  }

  /**
   * Reads a packet beside which no descriptors came, with whatever flags its header has.
   *
   * @param source the packet is from its position to its limit
   * @param limits what is refused as too large
   * @return the list
   * @throws NvException when the packet is not well-formed or over a limit
   */
  public static NvList unpack(ByteBuffer source, NvLimits limits) throws NvException {
    return unpack(source, NO_DESCRIPTORS, ANY_FLAGS, limits);
  }

  /**
   * As {@link #unpack(ByteBuffer, int[], int, NvLimits)} without descriptors.
   *
   * @param source the packet is from its position to its limit
   * @param expectedFlags the flags that the header has to have
   * @param limits what is refused as too large
   * @return the list
   * @throws NvException when the packet is not well-formed or over a limit
   */
  public static NvList unpack(ByteBuffer source, int expectedFlags, NvLimits limits)
      throws NvException {
    return unpack(source, NO_DESCRIPTORS, expectedFlags, limits);
  }

  /**
   * As {@link #unpack(ByteBuffer, int[], int, NvLimits)} with any flags.
   *
   * @param source the packet is from its position to its limit
   * @param received the descriptors that came beside the packet, in their order
   * @param limits what is refused as too large
   * @return the list
   * @throws NvException when the packet is not well-formed or over a limit
   */
  public static NvList unpack(ByteBuffer source, int[] received, NvLimits limits)
      throws NvException {
    return unpack(source, received, ANY_FLAGS, limits);
  }

  /**
   * Reads the packet that the source's remaining bytes are, and advances its position past them.
   *
   * @param source the packet is from its position to its limit
   * @param received the descriptors that came beside the packet; the list does not close them
   * @param expectedFlags the flags that the root must have, or {@link #ANY_FLAGS}
   * @param limits what is refused as too large
   * @return the list
   * @throws NvException when the bytes are no packet; the source is then as it was
   */
  public static NvList unpack(ByteBuffer source, int[] received, int expectedFlags, NvLimits limits)
      throws NvException {
    if (received.length > limits.maxDescriptors()) {
      throw new NvException(Wire.LIST_DESCRIPTORS, "more descriptors than the limit");
    }
    NvReader reader = new NvReader(limits, false);
    reader.wrap(source, source.position(), source.remaining(), received.length);
    if (expectedFlags != ANY_FLAGS && reader.flags() != expectedFlags) {
      throw new NvException(
          Wire.LIST_FLAGS, "flags are " + reader.flags() + ", expected " + expectedFlags);
    }
    NvList list = new Unpacking(reader, received).list();
    source.position(source.limit());
    return list;
  }

  /** Builds the values that a reader offers, without recursion. */
  private static final class Unpacking {
    private record Frame(NvText name, NvType type, List<NvList> elements, Builder outer) {}

    private final NvReader reader;
    private final int[] received;
    private final ArrayDeque<Frame> open = new ArrayDeque<>();
    private Builder builder;

    Unpacking(NvReader reader, int[] received) {
      this.reader = reader;
      this.received = received;
      this.builder = new Builder(reader.flags());
    }

    NvList list() throws NvException {
      while (true) {
        if (reader.next()) {
          pair();
        } else if (open.isEmpty()) {
          return builder.build();
        } else {
          endOfList(open.peek());
        }
      }
    }

    private void pair() throws NvException {
      NvType type = reader.type();
      NvText name = unique(reader.name());
      if (type == NvType.NVLIST || type == NvType.NVLIST_ARRAY) {
        reader.enter();
        open.push(new Frame(name, type, new ArrayList<>(1), builder));
        builder = new Builder(reader.flags());
      } else {
        builder.add(name, type, value(type));
      }
    }

    private void endOfList(Frame frame) throws NvException {
      frame.elements.add(builder.build());
      if (reader.nextList()) {
        builder = new Builder(reader.flags());
        return;
      }
      reader.leave();
      open.pop();
      builder = frame.outer;
      NvList[] lists = frame.elements.toArray(NONE);
      builder.add(frame.name, frame.type, frame.type == NvType.NVLIST ? lists[0] : lists);
    }

    private NvText unique(NvText name) throws NvException {
      if (builder.isDuplicate(name)) {
        throw reader.refusal("duplicate name");
      }
      return name;
    }

    private Object value(NvType type) {
      return switch (type) {
        case NULL -> null;
        case BOOL -> reader.bool();
        case NUMBER -> reader.number();
        case STRING -> reader.string();
        case DESCRIPTOR -> received[reader.descriptor()];
        case BINARY -> binary();
        case BOOL_ARRAY -> bools();
        case NUMBER_ARRAY -> numbers();
        case STRING_ARRAY -> strings();
        case DESCRIPTOR_ARRAY -> descriptors();
        case NVLIST, NVLIST_ARRAY -> throw new IllegalStateException("a list is no plain value");
      };
    }

    private byte[] binary() {
      byte[] bytes = new byte[reader.valueLength()];
      reader.copyValue(bytes, 0);
      return bytes;
    }

    private boolean[] bools() {
      boolean[] values = new boolean[reader.count()];
      for (int i = 0; i < values.length; i++) {
        values[i] = reader.bool(i);
      }
      return values;
    }

    private long[] numbers() {
      long[] values = new long[reader.count()];
      Arrays.setAll(values, reader::number);
      return values;
    }

    private NvText[] strings() {
      NvText[] values = new NvText[reader.count()];
      for (int i = 0; reader.nextString(); i++) {
        values[i] = reader.element();
      }
      return values;
    }

    private int[] descriptors() {
      int[] values = new int[reader.count()];
      Arrays.setAll(values, i -> received[reader.descriptor(i)]);
      return values;
    }
  }

  // ---- value semantics

  /** Two lists are equal when they have the same packet and the same descriptors. */
  @Override
  public boolean equals(Object other) {
    return other == this
        || other instanceof NvList list
            && packedSize == list.packedSize
            && Arrays.equals(pack(), list.pack())
            && Arrays.equals(descriptors(), list.descriptors());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(pack());
  }

  /** The dump's text. */
  @Override
  public String toString() {
    return NvDump.text(this);
  }

  /**
   * Makes a list pair by pair. Every method throws {@link IllegalArgumentException} for what the
   * format cannot carry: a name that the list already has (without {@link #NO_UNIQUE}), a name of
   * more than 2047 bytes, a NUL in a name or string, an empty array or binary, a negative
   * descriptor, more than 2 GiB. Values are copied. Not safe for use by several threads.
   */
  public static final class Builder {
    /** Up to here a list has no index of names. */
    private static final int SMALL = 16;

    private final int flags;
    private final List<NvPair> pairs = new ArrayList<>();
    private Map<NvText, Integer> index;
    private int packedSize = Wire.HEADER;
    private int descriptorCount;

    private Builder(int flags) {
      if ((flags & ~Wire.FLAG_PUBLIC) != 0) {
        throw new IllegalArgumentException("unknown flags 0x" + Integer.toHexString(flags));
      }
      this.flags = flags;
    }

    /**
     * Adds a NULL: a name without a value.
     *
     * @param name of the pair
     * @return this
     */
    public Builder nul(CharSequence name) {
      return checked(name, NvType.NULL, null);
    }

    /**
     * Adds a BOOL.
     *
     * @param name of the pair
     * @param value of the pair
     * @return this
     */
    public Builder bool(CharSequence name, boolean value) {
      return checked(name, NvType.BOOL, value);
    }

    /**
     * A number of 64 bits, which readers take as unsigned.
     *
     * @param name of the pair
     * @param value of the pair
     * @return this
     */
    public Builder number(CharSequence name, long value) {
      return checked(name, NvType.NUMBER, value);
    }

    /**
     * Adds a STRING.
     *
     * @param name of the pair
     * @param value of the pair
     * @return this
     */
    public Builder string(CharSequence name, CharSequence value) {
      return checked(name, NvType.STRING, NvText.of(value));
    }

    /**
     * Adds an NVLIST.
     *
     * @param name of the pair
     * @param value of the pair
     * @return this
     */
    public Builder list(CharSequence name, NvList value) {
      return checked(name, NvType.NVLIST, Objects.requireNonNull(value));
    }

    /**
     * Adds a DESCRIPTOR, which stays the caller's.
     *
     * @param name of the pair
     * @param value of the pair
     * @return this
     */
    public Builder descriptor(CharSequence name, int value) {
      notNegative(name, value);
      return checked(name, NvType.DESCRIPTOR, value);
    }

    /**
     * Adds a BINARY.
     *
     * @param name of the pair
     * @param value of the pair
     * @return this
     */
    public Builder binary(CharSequence name, byte[] value) {
      return array(name, NvType.BINARY, value.length, value.clone());
    }

    /**
     * Adds a BOOL ARRAY.
     *
     * @param name of the pair
     * @param values at least one, which are copied
     * @return this
     */
    public Builder bools(CharSequence name, boolean... values) {
      return array(name, NvType.BOOL_ARRAY, values.length, values.clone());
    }

    /**
     * Adds a NUMBER ARRAY.
     *
     * @param name of the pair
     * @param values at least one, which are copied
     * @return this
     */
    public Builder numbers(CharSequence name, long... values) {
      return array(name, NvType.NUMBER_ARRAY, values.length, values.clone());
    }

    /**
     * Adds a STRING ARRAY.
     *
     * @param name of the pair
     * @param values at least one
     * @return this
     */
    public Builder strings(CharSequence name, Collection<? extends CharSequence> values) {
      NvText[] texts = values.stream().map(NvText::of).toArray(NvText[]::new);
      return array(name, NvType.STRING_ARRAY, texts.length, texts);
    }

    /**
     * Adds an NVLIST ARRAY.
     *
     * @param name of the pair
     * @param values at least one
     * @return this
     */
    public Builder lists(CharSequence name, Collection<NvList> values) {
      NvList[] lists = List.copyOf(values).toArray(NONE);
      return array(name, NvType.NVLIST_ARRAY, lists.length, lists);
    }

    /**
     * Adds a DESCRIPTOR ARRAY. The descriptors stay the caller's.
     *
     * @param name of the pair
     * @param values at least one, which are copied
     * @return this
     */
    public Builder descriptors(CharSequence name, int... values) {
      for (int value : values) {
        notNegative(name, value);
      }
      return array(name, NvType.DESCRIPTOR_ARRAY, values.length, values.clone());
    }

    /**
     * A pair of another list.
     *
     * @param pair a pair, whatever its type
     * @return this
     */
    public Builder add(NvPair pair) {
      return checked(pair.nameText(), pair.type(), pair.held());
    }

    /** {@return the list of what has been added so far} */
    public NvList build() {
      return new NvList(this);
    }

    private Builder array(CharSequence name, NvType type, int length, Object values) {
      if (length == 0) {
        throw new IllegalArgumentException("'" + name + "' is empty: the format has no such value");
      }
      return checked(name, type, values);
    }

    private static void notNegative(CharSequence name, int descriptor) {
      if (descriptor < 0) {
        throw new IllegalArgumentException("'" + name + "' is no descriptor: " + descriptor);
      }
    }

    private Builder checked(CharSequence name, NvType type, Object value) {
      NvText text = NvText.of(name);
      if (text.size() >= Wire.NAMESIZE_MAX) {
        throw new IllegalArgumentException("a name of " + text.size() + " bytes; 2047 are allowed");
      }
      if (isDuplicate(text)) {
        throw new IllegalArgumentException("'" + name + "' is in the list already");
      }
      return add(text, type, value);
    }

    /** Adds what is known to be sound, and held by nobody else. */
    private Builder add(NvText name, NvType type, Object value) {
      NvPair pair = new NvPair(name, type, value);
      measure(pair);
      if (index != null) {
        index.putIfAbsent(key(name), pairs.size());
      }
      pairs.add(pair);
      if (index == null && pairs.size() > SMALL) {
        index();
      }
      return this;
    }

    private boolean isDuplicate(NvText name) {
      if ((flags & NO_UNIQUE) != 0) {
        return false;
      }
      if (index != null) {
        return index.containsKey(key(name));
      }
      for (int i = 0; i < pairs.size(); i++) {
        if (pairs.get(i).nameText().matches(name, folding())) {
          return true;
        }
      }
      return false;
    }

    private void index() {
      index = new HashMap<>();
      for (int i = 0; i < pairs.size(); i++) {
        index.putIfAbsent(key(pairs.get(i).nameText()), i);
      }
    }

    private NvText key(NvText name) {
      return folding() ? name.folded() : name;
    }

    private boolean folding() {
      return (flags & IGNORE_CASE) != 0;
    }

    private void measure(NvPair pair) {
      long size = packedSize + Wire.HEADER + pair.nameText().size() + 1L + sizeOf(pair);
      if (size > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("the list is longer than 2 GiB");
      }
      packedSize = (int) size;
      descriptorCount += pair.heldDescriptors().length;
      for (NvList list : pair.heldLists()) {
        descriptorCount += list.descriptorCount;
      }
    }

    private static long sizeOf(NvPair pair) {
      Object value = pair.held();
      return switch (pair.type()) {
        case NULL -> 0;
        case BOOL -> 1;
        case NUMBER, DESCRIPTOR -> Long.BYTES;
        case STRING -> ((NvText) value).size() + 1L;
        case BINARY -> ((byte[]) value).length;
        case BOOL_ARRAY -> ((boolean[]) value).length;
        case NUMBER_ARRAY -> (long) Long.BYTES * ((long[]) value).length;
        case DESCRIPTOR_ARRAY -> (long) Long.BYTES * ((int[]) value).length;
        case STRING_ARRAY -> Arrays.stream((NvText[]) value).mapToLong(t -> t.size() + 1L).sum();
        case NVLIST, NVLIST_ARRAY ->
            Arrays.stream(pair.heldLists()).mapToLong(l -> (long) l.packedSize + Wire.MARKER).sum();
      };
    }
  }
}
