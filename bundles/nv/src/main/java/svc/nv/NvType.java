package svc.nv;

/** What a pair's value is, in the order of the codes on the wire: {@code nv(9)}. */
public enum NvType {
  NULL,
  BOOL,
  NUMBER,
  STRING,
  NVLIST,
  DESCRIPTOR,
  BINARY,
  BOOL_ARRAY,
  NUMBER_ARRAY,
  STRING_ARRAY,
  NVLIST_ARRAY,
  DESCRIPTOR_ARRAY;

  private static final NvType[] BY_ORDINAL = values();

  private final String text = name().replace('_', ' ');

  /** The type's byte in a pair's header, from 1 on. */
  public int code() {
    return ordinal() + 1;
  }

  /** The type's name in a dump: {@code BOOL ARRAY}. */
  public String text() {
    return text;
  }

  /** The type with this code, or null when there is none (the markers 254 and 255 are no types). */
  public static NvType of(int code) {
    return code < 1 || code > BY_ORDINAL.length ? null : BY_ORDINAL[code - 1];
  }
}
