package svc.installed;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.nv.NvException;
import svc.nv.NvList;

/**
 * Clients that wait for an answer and never ask twice: one connects for each question, one asks all
 * of them on the same connection, one hears events on a third.
 */
public final class Patient implements AutoCloseable {

  private final Path socket;
  private final AtomicBoolean over = new AtomicBoolean();
  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private final List<CompletableFuture<Integer>> answered = new ArrayList<>();
  private final SocketChannel events;

  /** Begins. */
  public Patient(Path socket) throws IOException, NvException {
    this.socket = socket;
    events = connect();
    ask(events, Method.EVENTS);
    answered.add(CompletableFuture.supplyAsync(() -> count(this::once), threads));
    SocketChannel channel = connect();
    answered.add(CompletableFuture.supplyAsync(() -> count(() -> on(channel)), threads));
  }

  private interface Question {
    void ask() throws IOException, NvException;
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(socket));
  }

  private static Message ask(SocketChannel channel, String method) throws IOException, NvException {
    channel.write(ByteBuffer.wrap(Message.request(1, method).build().pack()));
    return Asked.answer(channel);
  }

  private void once() throws IOException, NvException {
    try (SocketChannel channel = connect()) {
      on(channel);
    }
  }

  private void on(SocketChannel channel) throws IOException, NvException {
    Message answer = ask(channel, Method.STATUS);
    if (!answer.ok()) throw new IOException(answer.errorText());
  }

  private int count(Question question) {
    int answers = 0;
    try {
      for (; !over.get(); answers++) question.ask();
    } catch (IOException | NvException e) {
      System.out.println("DEBUG EOF " + System.nanoTime());
      throw new AssertionError("after " + answers + " answers: " + e, e);
    }
    return answers;
  }

  /**
   * Ends.
   *
   * @return how many answers there were
   * @throws AssertionError when a question had none
   */
  public int stop() {
    over.set(true);
    return answered.stream().mapToInt(CompletableFuture::join).sum();
  }

  /** Waits for an event of a service, on the connection that was there from the beginning. */
  public void awaitEventOf(String service) throws IOException, NvException {
    Message event;
    do event = Asked.answer(events);
    while (!event.list().list("service", NvList.EMPTY).string("service", "").equals(service));
  }

  @Override
  public void close() throws IOException {
    over.set(true);
    threads.shutdownNow();
    events.close();
  }
}
