package svc.socket;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import svc.ipc.Message;
import svc.ipc.Peer;
import svc.ipc.Responder;
import svc.nv.NvList;

/**
 * A responder as the roles are: a thread of its own, and what it had not begun when it left is
 * lost.
 */
final class Worker implements Responder {

  final AtomicInteger closed = new AtomicInteger();
  private final ExecutorService loop = Executors.newSingleThreadExecutor();

  @Override
  public void received(Peer peer, NvList message) {
    try {
      loop.execute(() -> peer.send(Message.of(message).answer().build()));
    } catch (RejectedExecutionException left) {
      // whoever comes next is given it
    }
  }

  @Override
  public void closed(Peer peer) {
    closed.incrementAndGet();
  }

  void close() throws InterruptedException {
    loop.shutdownNow();
    loop.awaitTermination(30, TimeUnit.SECONDS);
  }
}
