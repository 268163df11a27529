package svc.nv;

/**
 * Bytes that are no packet, or one beyond the limits: where in the packet, and why. It is the only
 * thing that hostile bytes can cause.
 */
public final class NvException extends Exception {
  private static final long serialVersionUID = 1L;

  private final long offset;
  private final String reason;

  /**
   * A packet that is refused.
   *
   * @param offset bytes from the start of the packet to the field
   * @param reason what is wrong with it
   */
  public NvException(long offset, String reason) {
    super("offset " + offset + ": " + reason);
    this.offset = offset;
    this.reason = reason;
  }

  /**
   * Bytes from the start of the packet to the field that was refused.
   *
   * @return bytes
   */
  public long offset() {
    return offset;
  }

  /** {@return what was found and what was expected} */
  public String reason() {
    return reason;
  }
}
