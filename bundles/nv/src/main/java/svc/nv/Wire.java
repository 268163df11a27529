package svc.nv;

/**
 * Where everything lies in a packet. A packet is the root's list header and then pairs; nothing is
 * aligned or padded, and there is no trailer.
 *
 * <pre>
 *   list header, 19 bytes: at the root and in front of every embedded list
 *
 *    0       1         2       3                     11                    19
 *   +-------+---------+-------+---------------------+---------------------+
 *   | magic | version | flags | descriptors         | size                | pairs ...
 *   +-------+---------+-------+---------------------+---------------------+
 *
 *   pair header, 19 bytes, then the name with its NUL, then the value
 *
 *    0      1          3                     11                    19
 *   +------+----------+---------------------+---------------------+---------+-----------+
 *   | type | namesize | datasize            | nitems              | name  0 | value ... |
 *   +------+----------+---------------------+---------------------+---------+-----------+
 * </pre>
 *
 * <p>{@code descriptors} and {@code size} of an embedded list count to the <em>end of the
 * packet</em>, not to the list's own end: whatever follows it in its ancestors is part of them. A
 * list ends with a marker, which is a pair header with an empty name: UP after an embedded list,
 * NEXT after each element of a list array.
 */
final class Wire {
  static final int MAGIC = 0x6c;
  static final int VERSION = 0;

  static final int FLAG_PUBLIC = 0x03;
  static final int FLAG_BIG_ENDIAN = 0x80;
  static final int FLAG_KNOWN = FLAG_PUBLIC | FLAG_BIG_ENDIAN;

  /** Length of a list's header and of a pair's. */
  static final int HEADER = 19;

  static final int LIST_FLAGS = 2;
  static final int LIST_DESCRIPTORS = 3;
  static final int LIST_SIZE = 11;

  static final int PAIR_NAMESIZE = 1;
  static final int PAIR_DATASIZE = 3;
  static final int PAIR_NITEMS = 11;

  /** The longest name with its NUL. */
  static final int NAMESIZE_MAX = 2048;

  static final int MARKER_NEXT = 254;
  static final int MARKER_UP = 255;

  /** Length of a marker: a pair header and the NUL of an empty name. */
  static final int MARKER = HEADER + 1;

  private Wire() {}

  /**
   * A letter of ASCII in lower case, and any other byte as it is: strcasecmp(3) in the C locale.
   */
  static int fold(int b) {
    return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
  }
}
