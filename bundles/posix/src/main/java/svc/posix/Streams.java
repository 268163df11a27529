package svc.posix;

import com.kenai.jffi.Function;
import com.kenai.jffi.MemoryIO;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import svc.os.Errno;
import svc.os.Kernel;

/**
 * Conversations that this process was started with: connected sockets (unix(7)) that it inherited.
 * What was not taken of what came is kept here, for whoever serves it next. Loop thread.
 */
final class Streams {

  private static final Function RECV = Libc.function("recv", 4);
  private static final Function SEND = Libc.function("send", 4);

  private static final MemoryIO MEMORY = Arena.MEMORY;

  private static final int MSG_PEEK = 0x02;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;

  private static final int PIECE = 16 << 10;

  /** Of what came and nobody took: one message, and those behind it. */
  private static final int MOST = 2 << 20;

  private static final class Conversation {
    Kernel.Listener listener;
    byte[] bytes = new byte[0];
  }

  private final Poll poll;
  private final Map<Integer, Conversation> open = new HashMap<>();
  private final long piece = MEMORY.allocateMemory(PIECE, false);

  Streams(Poll poll) {
    this.poll = poll;
  }

  Errno open(int descriptor, Kernel.Listener listener) {
    Conversation conversation = open.get(descriptor);
    if (conversation == null) {
      Errno errno = begin(descriptor);
      if (!errno.ok()) return errno;
      conversation = new Conversation();
      open.put(descriptor, conversation);
    }
    conversation.listener = listener;
    deliver(descriptor, conversation);
    return Errno.OK;
  }

  /** Anything but a connected stream is refused here. */
  private Errno begin(int descriptor) {
    int flags = MSG_PEEK | MSG_DONTWAIT;
    boolean fails = Libc.call(RECV, descriptor, piece, 1, flags) < 0;
    Errno errno = fails ? Libc.of(Libc.errno()) : Errno.OK;
    if (!errno.ok() && !errno.equals(Errno.EAGAIN)) return errno;
    int watched = poll.watchInlet(descriptor);
    return watched < 0 ? Libc.of(-watched) : Errno.OK;
  }

  /**
   * Reads what is there.
   *
   * @return false when it is no conversation's
   */
  boolean read(int descriptor) {
    Conversation conversation = open.get(descriptor);
    if (conversation == null) return false;
    int got = Libc.call(RECV, descriptor, piece, PIECE, MSG_DONTWAIT);
    if (got < 0 && (Libc.errno() == Libc.EINTR || Libc.of(Libc.errno()).equals(Errno.EAGAIN)))
      return true;
    if (got <= 0 || conversation.bytes.length + got > MOST) {
      end(descriptor, conversation);
      return true;
    }
    int before = conversation.bytes.length;
    conversation.bytes = Arrays.copyOf(conversation.bytes, before + got);
    MEMORY.getByteArray(piece, conversation.bytes, before, got);
    deliver(descriptor, conversation);
    return true;
  }

  private void deliver(int descriptor, Conversation conversation) {
    while (open.get(descriptor) == conversation && conversation.bytes.length > 0) {
      byte[] all = conversation.bytes;
      int taken = conversation.listener.arrived(all.clone());
      if (taken <= 0 || conversation.bytes != all) return;
      conversation.bytes = Arrays.copyOfRange(all, taken, all.length);
    }
  }

  private void end(int descriptor, Conversation conversation) {
    close(descriptor);
    conversation.listener.ended();
  }

  /** A peer that does not read is not waited for. */
  Errno send(int descriptor, byte[] bytes) {
    if (!open.containsKey(descriptor)) return Libc.of(Libc.EBADF);
    long memory = MEMORY.allocateMemory(Math.max(1, bytes.length), false);
    MEMORY.putByteArray(memory, bytes, 0, bytes.length);
    int sent = Libc.call(SEND, descriptor, memory, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL);
    Errno errno = sent < 0 ? Libc.of(Libc.errno()) : Errno.OK;
    MEMORY.freeMemory(memory);
    if (errno.ok() && sent < bytes.length) errno = Errno.EAGAIN;
    return errno;
  }

  void close(int descriptor) {
    if (open.remove(descriptor) != null) Libc.close(descriptor);
  }

  /** Descriptors that we inherited stay for whoever comes after us in this process. */
  void close() {
    MEMORY.freeMemory(piece);
  }
}
