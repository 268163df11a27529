package svc.posix;

import com.kenai.jffi.Function;
import com.kenai.jffi.MemoryIO;
import java.io.IOException;
import svc.nv.DescriptorStream;

/**
 * One byte and the descriptors that come with it (recvmsg(2), cmsg(3), SCM_RIGHTS in unix(7)), in
 * memory laid out as
 *
 * <pre>
 *   0  struct msghdr   name, its length, iov, 1, control, its length, flags
 *  56  struct iovec    byte, 1
 *  72  the byte
 *  80  control: struct cmsghdr (length 8, level 4, type 4), then 4 bytes a descriptor
 * </pre>
 */
final class RightsMessage {

  private static final Function RECVMSG = Libc.function("recvmsg", 3);
  private static final MemoryIO MEMORY = Arena.MEMORY;

  private static final int IOV = 56;
  private static final int BYTE = 72;
  private static final int CONTROL = 80;
  private static final int CMSG_HEADER = 16;
  private static final int CONTROL_SIZE =
      CMSG_HEADER + (Integer.BYTES * DescriptorStream.MAX_DESCRIPTORS_PER_MESSAGE + 7 & -8);

  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int MSG_CTRUNC = 0x8;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;

  private RightsMessage() {}

  /** As {@link DescriptorStream#receiveDescriptors}, from this socket. */
  static int receive(int socket, int[] target, int from, int count) throws IOException {
    long message = MEMORY.allocateMemory(CONTROL + CONTROL_SIZE, true);
    try {
      MEMORY.putLong(message + 16, message + IOV);
      MEMORY.putLong(message + 24, 1);
      MEMORY.putLong(message + 32, message + CONTROL);
      MEMORY.putLong(message + 40, CONTROL_SIZE);
      MEMORY.putLong(message + IOV, message + BYTE);
      MEMORY.putLong(message + IOV + 8, 1);
      return receive(socket, message) == 0 ? -1 : take(message, target, from, count);
    } finally {
      MEMORY.freeMemory(message);
    }
  }

  private static int receive(int socket, long message) throws IOException {
    int got;
    do {
      got = Libc.call(RECVMSG, socket, message, MSG_CMSG_CLOEXEC);
    } while (got < 0 && Libc.errno() == Libc.EINTR);
    if (got < 0) throw new IOException("recvmsg: " + Libc.of(Libc.errno()));
    return got;
  }

  private static int take(long message, int[] target, int from, int count) throws IOException {
    int came = count(message);
    long first = message + CONTROL + CMSG_HEADER;
    boolean cut = (MEMORY.getInt(message + 48) & MSG_CTRUNC) != 0;
    if (came <= count && !cut) {
      MEMORY.getIntArray(first, target, from, came);
      return came;
    }
    for (int i = 0; i < came; i++) Libc.close(MEMORY.getInt(first + (long) Integer.BYTES * i));
    throw new IOException(came + (cut ? " or more" : "") + " descriptors came; room for " + count);
  }

  /** Linux puts all that came with one message into one control message. */
  private static int count(long message) {
    if (MEMORY.getLong(message + 40) < CMSG_HEADER) return 0;
    long control = message + CONTROL;
    boolean rights =
        MEMORY.getInt(control + 8) == SOL_SOCKET && MEMORY.getInt(control + 12) == SCM_RIGHTS;
    return rights ? (int) (MEMORY.getLong(control) - CMSG_HEADER) / Integer.BYTES : 0;
  }
}
