package svc.nv;

/** What a pair's value is, in the order of the codes on the wire: {@code nv(9)}. */
public enum NvType {
  /** A name without a value. */
  NULL,
  /** True or false. */
  BOOL,
  /** 64 bits. */
  NUMBER,
  /** Bytes without a NUL, mostly UTF-8. */
  STRING,
  /** A list. */
  NVLIST,
  /** A file descriptor, which travels beside the packet. */
  DESCRIPTOR,
  /** One byte or more. */
  BINARY,
  /** One truth value or more. */
  BOOL_ARRAY,
  /** One number or more. */
  NUMBER_ARRAY,
  /** One text or more. */
  STRING_ARRAY,
  /** One list or more. */
  NVLIST_ARRAY,
  /** One descriptor or more. */
  DESCRIPTOR_ARRAY;

  private static final NvType[] BY_ORDINAL = values();

  private final String text = name().replace('_', ' ');

  /** {@return the type's byte in a pair's header, from 1 on} */
  public int code() {
    return ordinal() + 1;
  }

  /** {@return the type's name in a dump: {@code BOOL ARRAY}} */
  public String text() {
    return text;
  }

  /**
   * The type with this code, or null when there is none (the markers 254 and 255 are no types).
   *
   * @param code as in the packet
   * @return its type or null
   */
  public static NvType of(int code) {
    return code < 1 || code > BY_ORDINAL.length ? null : BY_ORDINAL[code - 1];
  }
}
