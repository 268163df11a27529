package svc.posix;

/** Where a Unix socket is (unix(7)), as C wants it: struct sockaddr_un. */
final class UnixName {

  static final int AF_UNIX = 1;

  /** What it may be long: the family, then 108 bytes. */
  static final int SIZE = 110;

  private static final int FAMILY_SIZE = 2;

  private UnixName() {}

  /**
   * A path with its NUL, or an abstract name with a NUL in front.
   *
   * @param path of a file, or {@code @NAME} for an abstract one
   * @return which may be too long, see {@link #SIZE}
   */
  static byte[] of(String path) {
    byte[] text = Arena.bytes(path.startsWith("@") ? "\0" + path.substring(1) : path + "\0");
    byte[] name = new byte[FAMILY_SIZE + text.length];
    name[0] = AF_UNIX; // both architectures are little-endian
    System.arraycopy(text, 0, name, FAMILY_SIZE, text.length);
    return name;
  }
}
