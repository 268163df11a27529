package svc.socket;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import svc.ipc.Message;
import svc.ipc.Peer;
import svc.ipc.Responder;
import svc.nv.NvList;

/** A responder that answers when the test says so. */
class Role implements Responder {

  record Heard(Peer peer, Message message) {
    boolean answer() {
      return peer.send(message.answer().build());
    }
  }

  private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
  final BlockingQueue<Peer> closed = new LinkedBlockingQueue<>();

  @Override
  public void received(Peer peer, NvList message) {
    heard.add(new Heard(peer, Message.of(message)));
  }

  @Override
  public void closed(Peer peer) {
    closed.add(peer);
  }

  Heard next() throws InterruptedException {
    Heard next = heard.poll(30, TimeUnit.SECONDS);
    if (next == null) throw new AssertionError("waited in vain");
    return next;
  }

  /** Waits for a request that has to be of this id. */
  Heard next(long id) throws InterruptedException {
    Heard next = next();
    if (next.message.id() != id) throw new AssertionError(next.message.id() + " in place of " + id);
    return next;
  }

  boolean heardNothingMore() {
    return heard.isEmpty();
  }
}
