package svc.init.logic;

/**
 * Finds requests in what comes out of the FIFO. Each is written in one piece, since it is shorter
 * than PIPE_BUF (fifo(7)); what is not is a writer's mistake, or malice. Whatever does not begin
 * with the magic number is skipped to where one does, a beginning that another request interrupts
 * is dropped, and so is one that is not continued in time: nobody can keep the requests of others
 * from being read.
 */
public final class ControlStream {

  /** How long the rest of a request may take. */
  private static final long PATIENCE = 1_000_000_000L;

  private static final int MAGIC_SIZE = Integer.BYTES;

  /** Never more than one request that is not complete. */
  private final byte[] bytes = new byte[ControlRequest.SIZE];

  private int length;
  private int refused;
  private long giveUp = Lifecycle.NEVER;

  /** What came of some bytes. */
  public interface Found {
    void request(ControlRequest request);

    /** Something was dropped. */
    void refused(String why);
  }

  public void take(byte[] piece, long now, Found found) {
    for (byte next : piece) {
      bytes[length++] = next;
      align();
      if (length == ControlRequest.SIZE) complete(found);
    }
    giveUp = length == 0 ? Lifecycle.NEVER : now + PATIENCE;
    if (refused > 0) found.refused(refused + " bytes that are no request");
    refused = 0;
  }

  /** Drops what cannot be the beginning of a request, or is one that another interrupts. */
  private void align() {
    int last = length - MAGIC_SIZE;
    if (last > 0 && ControlRequest.begins(bytes, last, length)) drop(last);
    while (length <= MAGIC_SIZE && !ControlRequest.begins(bytes, 0, length)) drop(1);
  }

  private void drop(int count) {
    for (int i = count; i < length; i++) bytes[i - count] = bytes[i];
    length -= count;
    refused += count;
  }

  /** The last bytes may be another's first, when these are a request that was cut short. */
  private void complete(Found found) {
    ControlRequest request = ControlRequest.read(bytes, 0);
    int kept = MAGIC_SIZE - 1;
    while (!ControlRequest.begins(bytes, length - kept, length)) kept--;
    for (int i = 0; i < kept; i++) bytes[i] = bytes[length - kept + i];
    length = kept;
    if (request == null) found.refused("a request that means nothing");
    else found.request(request);
  }

  public long deadline() {
    return giveUp;
  }

  public void woken(long now, Found found) {
    if (now < giveUp) return;
    found.refused("the first " + length + " bytes of a request without the rest");
    giveUp = Lifecycle.NEVER;
    length = 0;
  }
}
