package svc.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import svc.ipc.ErrorCode;
import svc.ipc.Message;
import svc.ipc.Peer;
import svc.ipc.Responder;
import svc.nv.NvException;
import svc.nv.NvLimits;
import svc.nv.NvList;

/**
 * One peer. It is <em>open</em>, then <em>ending</em> while what was said last is still on its way,
 * then <em>closed</em>. Reading happens on the loop; any thread may send, and writes at once what
 * the socket takes.
 */
final class Conversation implements Peer, Loop.Handler {

  private enum State {
    OPEN,
    ENDING,
    CLOSED
  }

  /** Differs between the bundles that may serve in one process after each other, and over time. */
  private static final String IDS =
      ProcessHandle.current().pid()
          + "-"
          + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX)
          + Long.toString(System.nanoTime(), Character.MAX_RADIX)
          + "-";

  private static final AtomicLong LAST = new AtomicLong();

  private final String id = IDS + LAST.incrementAndGet();
  private final Loop loop;
  private final SocketChannel channel;
  private final Responder responder;
  private final Consumer<Conversation> whenClosed;
  private final Inbound inbound;
  private final Outbound outbound = new Outbound();
  private final SelectionKey key;
  private final CountDownLatch closed = new CountDownLatch(1);
  private State state = State.OPEN;

  /**
   * @param whenClosed is run once, on the loop
   */
  Conversation(
      Loop loop,
      SocketChannel channel,
      NvLimits limits,
      Responder responder,
      Consumer<Conversation> whenClosed)
      throws IOException {
    this.loop = loop;
    this.channel = channel;
    this.responder = responder;
    this.whenClosed = whenClosed;
    this.inbound = new Inbound(limits);
    this.key = loop.register(channel, 0, this);
  }

  /** From now on what the peer says is heard. */
  void begin() {
    key.interestOpsOr(SelectionKey.OP_READ);
    loop.wakeup();
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public boolean send(NvList message) {
    ByteBuffer packet = ByteBuffer.wrap(message.pack());
    synchronized (this) {
      if (state != State.OPEN) return false;
      boolean taken = outbound.add(packet) && write();
      if (!taken) state = State.ENDING;
      if (taken) return true;
    }
    loop.execute(this::closeNow);
    return false;
  }

  /** Says why, as far as the peer still reads, and ends. */
  void refuse(ErrorCode code, String text) {
    send(new Message(0, "", true, ErrorCode.OK, NvList.EMPTY).refusal(code, text));
    close();
  }

  @Override
  public void close() {
    boolean flushed;
    synchronized (this) {
      if (state != State.OPEN) return;
      state = State.ENDING;
      flushed = outbound.isEmpty();
    }
    if (flushed) loop.execute(this::closeNow);
    else loop.executeWithin(Limits.FLUSH_NANOS, this::closeNow);
  }

  /** Waits until nothing more comes or goes. Not on the loop. */
  void awaitClosed(long deadlineNanos) throws InterruptedException {
    closed.await(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void ready() {
    if (key.isValid() && key.isWritable()) flush();
    if (key.isValid() && key.isReadable()) read();
  }

  private void flush() {
    boolean done;
    synchronized (this) {
      done = !write() || (state == State.ENDING && outbound.isEmpty());
    }
    if (done) closeNow();
  }

  private synchronized boolean isOpen() {
    return state == State.OPEN;
  }

  private void read() {
    try {
      if (!inbound.read(channel, this::deliver)) closeNow();
    } catch (NvException e) {
      refuse(ErrorCode.INVALID, "not a list: " + e.getMessage());
    } catch (IOException gone) {
      closeNow();
    }
  }

  /** What was already on its way when the conversation ended is not for the responder. */
  private void deliver(NvList message) {
    if (isOpen()) responder.received(this, message);
  }

  /**
   * Writes what is taken and asks to be told when there is room for the rest; holds the lock.
   *
   * @return false when the peer is gone
   */
  private boolean write() {
    try {
      outbound.write(channel);
      if (outbound.isEmpty()) {
        key.interestOpsAnd(~SelectionKey.OP_WRITE);
      } else if ((key.interestOpsOr(SelectionKey.OP_WRITE) & SelectionKey.OP_WRITE) == 0) {
        loop.wakeup();
      }
      return true;
    } catch (IOException | CancelledKeyException gone) {
      return false;
    }
  }

  /** On the loop. */
  void closeNow() {
    synchronized (this) {
      if (state == State.CLOSED) return;
      state = State.CLOSED;
    }
    Loop.close(channel);
    whenClosed.accept(this);
    closed.countDown();
    responder.closed(this);
  }
}
