package svc.socket;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import svc.ipc.Message;

/**
 * Clients that ask one thing after the other, and each of them on a new connection now and then.
 */
final class Hammer {

  private static final int PER_CONNECTION = 50;
  private static final int AT_ONCE = 3;

  private final Path path;
  private final AtomicLong answered = new AtomicLong();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<?>> clients = new ArrayList<>();
  private volatile boolean ended;

  Hammer(Path path, int count) {
    this.path = path;
    for (int i = 0; i < count; i++) clients.add(threads.submit(this::hammer));
  }

  private Void hammer() throws Exception {
    while (!ended) {
      try (Client client = Client.to(path)) {
        for (int i = 0; i < PER_CONNECTION && !ended; i++) ask(client, i * AT_ONCE);
      }
    }
    return null;
  }

  /** Answers come in the order of the requests, each once: one too many would be the next's. */
  private void ask(Client client, long first) throws Exception {
    for (int i = 0; i < AT_ONCE; i++) {
      client.write(Message.request(first + i, "status").build().pack());
    }
    for (int i = 0; i < AT_ONCE; i++) {
      Message reply = client.read();
      if (reply.id() != first + i || !reply.ok() || !reply.reply())
        throw new AssertionError("in place of the answer to " + (first + i) + ": " + reply);
      answered.incrementAndGet();
    }
  }

  /** Waits until so many more are answered, or a client failed. */
  void await(int more) throws Exception {
    long until = answered.get() + more;
    while (answered.get() < until) {
      for (Future<?> client : clients) if (client.isDone()) client.get();
      Thread.onSpinWait();
      Thread.yield();
    }
  }

  /**
   * @return how many were answered
   */
  long end() throws Exception {
    ended = true;
    threads.shutdown();
    for (Future<?> client : clients) client.get();
    return answered.get();
  }
}
