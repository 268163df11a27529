package svc.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import svc.ipc.ErrorCode;
import svc.ipc.Message;
import svc.ipc.Peer;
import svc.nv.NvException;
import svc.nv.NvLimits;
import svc.nv.NvList;
import svc.os.LocalSockets;

/**
 * One peer. It is <em>open</em>, then <em>ending</em> while what was said last is still on its way,
 * then <em>closed</em>; or it goes on in another component's hands. Reading happens on the loop;
 * any thread may send, and writes at once what the socket takes.
 *
 * <p>Several responders may serve it one after the other; each sees it as a {@link Peer} of its
 * own. When the one that has its turn has left nothing is read, and what it still sends leaves; the
 * next begins with the requests that are {@link Unanswered}, and from then on only what the next
 * one sends counts. So a request has one answer, whoever was asked for it.
 */
final class Conversation implements Loop.Handler {

  private enum State {
    OPEN,
    ENDING,
    CLOSED,
    HANDED_OVER
  }

  /** Differs between the bundles that may serve in one process after each other, and over time. */
  private static final String IDS =
      ProcessHandle.current().pid()
          + "-"
          + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX)
          + Long.toString(System.nanoTime(), Character.MAX_RADIX)
          + "-";

  private static final AtomicLong LAST = new AtomicLong();

  /** The conversation as one responder sees it. */
  private final class Turn implements Peer {
    private final Attendant attendant;

    Turn(Attendant attendant) {
      this.attendant = attendant;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public boolean send(NvList message) {
      return Conversation.this.send(this, message);
    }

    @Override
    public void close() {
      if (isNow(this)) Conversation.this.close();
    }

    /** A responder's mistake is not the peers', nor that of the others that wait for it. */
    void give(NvList message) {
      if (attendant.hasLeft() || !mayHear(this)) return;
      try {
        attendant.responder.received(this, message);
      } catch (RuntimeException e) {
        System.err.println("svc.socket: " + e);
        e.printStackTrace();
      }
    }

    void tellClosed() {
      if (!attendant.hasLeft()) attendant.responder.closed(this);
    }
  }

  private final String id;
  private final Loop loop;
  private final LocalSockets.Socket socket;
  private final Consumer<Conversation> whenClosed;
  private final Inbound inbound;
  private final Outbound outbound = new Outbound();
  private final Unanswered unanswered = new Unanswered();
  private final Loop.Watch watch;
  private final CountDownLatch closed = new CountDownLatch(1);
  private State state = State.OPEN;

  /** Where what it holds is counted together with others, or null. */
  private final Holdings holdings;

  /** As it was counted last. */
  private volatile long held;

  /** When it began or the last message came, as System.nanoTime(). */
  private volatile long heardAt = System.nanoTime();

  /** Nothing is read until it has read what waits for it. */
  private boolean choked;

  /** It will be looked whether a message takes too long. */
  private boolean timed;

  /** Whose turn it is, or was last; null before the first. */
  private Turn turn;

  /** The last turns of others that may still be there: they hear of the end too. */
  private final List<Turn> earlier = new ArrayList<>();

  /**
   * @param holdings where what it holds is counted, or null
   * @param whenClosed is run once, on the loop
   */
  Conversation(
      Loop loop,
      LocalSockets.Socket socket,
      NvLimits limits,
      Holdings holdings,
      Consumer<Conversation> whenClosed) {
    this(IDS + LAST.incrementAndGet(), loop, socket, limits, holdings, whenClosed);
  }

  private Conversation(
      String id,
      Loop loop,
      LocalSockets.Socket socket,
      NvLimits limits,
      Holdings holdings,
      Consumer<Conversation> whenClosed) {
    this.id = id;
    this.holdings = holdings;
    this.loop = loop;
    this.socket = socket;
    this.whenClosed = whenClosed;
    this.inbound = new Inbound(limits);
    this.watch = loop.watch(socket, this);
  }

  /**
   * Goes on with what another component began.
   *
   * @param socket what was left of it is open
   * @param holdings where what it holds is counted, or null
   * @param whenClosed is run once, on the loop
   */
  static Conversation takeOver(
      Loop loop,
      LocalSockets.Socket socket,
      Handover.Connection left,
      NvLimits limits,
      Holdings holdings,
      Consumer<Conversation> whenClosed) {
    Conversation conversation =
        new Conversation(left.id(), loop, socket, limits, holdings, whenClosed);
    conversation.inbound.begin(left.read(), System.nanoTime());
    left.unanswered().forEach(conversation.unanswered::add);
    if (left.unwritten().length > 0) conversation.goOnWriting(left.unwritten());
    conversation.timePartial();
    return conversation;
  }

  private void goOnWriting(byte[] unwritten) {
    outbound.add(ByteBuffer.wrap(unwritten));
    count();
    watch.begin(LocalSockets.WRITE);
  }

  /**
   * Leaves it to another component; nothing is done or told here any more. After the loop's end.
   *
   * @return null when it has ended
   */
  synchronized Handover.Connection handOver() {
    if (state == State.CLOSED) return null;
    boolean ending = state == State.ENDING;
    state = State.HANDED_OVER;
    watch.cancel();
    closed.countDown();
    return new Handover.Connection(
        id, socket.descriptor(), inbound.rest(), outbound.rest(), unanswered.lists(), ending);
  }

  /**
   * Gives a responder the turn: it is given what is unanswered, then what the peer says from now
   * on. On the loop, or before anybody else knows this conversation.
   *
   * @return the peer as the responder sees it
   */
  Peer serve(Attendant attendant) {
    Turn next = new Turn(attendant);
    begin(next).forEach(next::give);
    watch.begin(LocalSockets.READ);
    return next;
  }

  private synchronized List<NvList> begin(Turn next) {
    if (state != State.OPEN) return List.of();
    if (turn != null) earlier.add(turn);
    earlier.removeIf(each -> each.attendant == next.attendant || each.attendant.hasLeft());
    turn = next;
    return unanswered.lists();
  }

  /** Nothing is read until the next responder is here. On the loop. */
  void pause() {
    watch.end(LocalSockets.READ);
  }

  private boolean send(Turn from, NvList message) {
    boolean queued;
    synchronized (this) {
      if (state != State.OPEN || from != turn) return false;
      unanswered.answered(message);
      queued = queue(message);
      if (!queued) state = State.ENDING;
      count();
    }
    if (holdings != null) holdings.relieve();
    if (!queued) loop.execute(this::closeNow);
    return queued;
  }

  /** Holds the lock. */
  private boolean queue(NvList message) {
    return outbound.add(ByteBuffer.wrap(message.pack())) && write();
  }

  /** Says why, as far as the peer still reads, and ends. On the loop. */
  void refuse(ErrorCode code, String text) {
    Message nothing = new Message(0, "", true, ErrorCode.OK, NvList.EMPTY);
    boolean gone;
    synchronized (this) {
      gone = state == State.OPEN && !queue(nothing.refusal(code, text));
    }
    if (gone) closeNow();
    else close();
  }

  private synchronized boolean isNow(Turn one) {
    return turn == one;
  }

  private synchronized boolean mayHear(Turn one) {
    return state == State.OPEN && turn == one;
  }

  /** Any thread. */
  void close() {
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
  public void ready(int what) {
    if ((what & LocalSockets.WRITE) != 0) flush();
    if ((what & LocalSockets.READ) != 0 && !watch.isOver()) read();
  }

  private void flush() {
    boolean done;
    synchronized (this) {
      done = !write() || (state == State.ENDING && outbound.isEmpty());
      count();
    }
    if (done) closeNow();
  }

  private void read() {
    try {
      boolean more = inbound.read(socket, System.nanoTime(), this::deliver);
      if (!more) {
        closeNow();
      } else {
        timePartial();
        choke();
        if (holdings != null) holdings.relieve();
      }
    } catch (NvException e) {
      refuse(ErrorCode.INVALID, "not a list: " + e.getMessage());
    } catch (IOException gone) {
      closeNow();
    }
  }

  /** Who does not read its answers is asked for no more requests: others wait for us too. */
  private synchronized void choke() {
    count();
    if (state != State.OPEN || outbound.isEmpty()) return;
    choked = true;
    watch.end(LocalSockets.READ);
  }

  /** Holds the lock. */
  private void unchoke() {
    if (!choked) return;
    choked = false;
    if (turn != null && !turn.attendant.hasLeft()) watch.begin(LocalSockets.READ);
  }

  /** A message that has begun has to come to its end. On the loop, or before others know us. */
  private void timePartial() {
    if (!inbound.isPartial() || timed) return;
    timed = true;
    loop.executeWithin(loop.messageNanos() - since(), this::lookAtPartial);
  }

  private long since() {
    return System.nanoTime() - inbound.begun();
  }

  private void lookAtPartial() {
    timed = false;
    if (watch.isOver() || !inbound.isPartial()) return;
    if (!mayRead()) inbound.beginAgain(System.nanoTime());
    if (since() < loop.messageNanos()) timePartial();
    else refuse(ErrorCode.INVALID, "a message that does not come to its end");
  }

  /** While nobody serves it nothing is read, and that is not the peer's fault. */
  private boolean mayRead() {
    return watch.isFor(LocalSockets.READ);
  }

  /** Holds the lock. */
  private void count() {
    if (holdings == null || state == State.CLOSED) return;
    long now = inbound.held() + outbound.held() + unanswered.held();
    long difference = now - held;
    held = now;
    holdings.change(difference);
  }

  /** Bytes that the peer makes us hold. Any thread. */
  long held() {
    return held;
  }

  /** It waits for nothing from us. Any thread. */
  synchronized boolean isIdle() {
    return state == State.OPEN && unanswered.isEmpty();
  }

  /** It is on its way out. Any thread. */
  synchronized boolean isEnding() {
    return state != State.OPEN;
  }

  /** As {@link #isIdle} needs to be sorted by: System.nanoTime() of its last message. */
  long heardAt() {
    return heardAt;
  }

  /** What was already on its way when the conversation ended is not for the responder. */
  private void deliver(NvList message) {
    Turn to;
    boolean kept;
    heardAt = System.nanoTime();
    synchronized (this) {
      if (state != State.OPEN) return;
      kept = unanswered.add(message);
      to = turn;
    }
    if (kept) to.give(message);
    else refuse(ErrorCode.INVALID, "too many requests wait for an answer");
  }

  /**
   * Writes what is taken and asks to be told when there is room for the rest; holds the lock.
   *
   * @return false when the peer is gone
   */
  private boolean write() {
    try {
      outbound.write(socket);
      if (outbound.isEmpty()) {
        watch.end(LocalSockets.WRITE);
        unchoke();
      } else {
        watch.begin(LocalSockets.WRITE);
      }
      return true;
    } catch (IOException gone) {
      return false;
    }
  }

  /** On the loop. */
  void closeNow() {
    if (letGo()) bury();
  }

  /** Nothing is held for it from now on; the rest of its end is the loop's. Any thread. */
  void cutOff() {
    if (letGo()) loop.execute(this::bury);
  }

  /**
   * @return false when it has been done, or is another's
   */
  private synchronized boolean letGo() {
    if (state == State.CLOSED || state == State.HANDED_OVER) return false;
    state = State.CLOSED;
    outbound.clear();
    unanswered.clear();
    if (holdings != null) holdings.change(-held);
    held = 0;
    return true;
  }

  private void bury() {
    List<Turn> told = new ArrayList<>(earlier);
    if (turn != null) told.add(turn);
    watch.cancel();
    socket.close();
    whenClosed.accept(this);
    closed.countDown();
    told.forEach(Turn::tellClosed);
  }
}
