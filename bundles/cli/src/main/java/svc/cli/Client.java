package svc.cli;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import svc.ipc.ErrorCode;
import svc.ipc.Message;
import svc.launch.Replacing;
import svc.nv.NvException;
import svc.nv.NvList;
import svc.nv.NvSocket;

/** A conversation with a manager, one request at a time. One thread, but for {@link #close}. */
final class Client implements AutoCloseable {

  /** A manager answers within milliseconds; one that does not in this time hangs. */
  static final int PATIENCE_SECONDS = 20;

  /** For a manager's process to be executed anew: a JVM's start, on a machine that is busy. */
  private static final long REPLACING_NANOS = 30_000_000_000L;

  private static final long PAUSE_NANOS = 10_000_000L;

  /** In place of a limit: services take their time. */
  static final int FOREVER = 0;

  /** Messages that answer nothing we asked; a manager sends none of them. */
  private static final int STRAY_LIMIT = 1_000;

  private final String path;
  private final SocketChannel channel;
  private final ChannelStream stream;
  private final NvSocket socket;
  private long lastId;
  private volatile boolean late;

  private Client(String path, SocketChannel channel) {
    this.path = path;
    this.channel = channel;
    this.stream = new ChannelStream(channel);
    this.socket = new NvSocket(stream);
  }

  static Client connect(Path path) throws Failure {
    try {
      return new Client(path.toString(), SocketChannel.open(UnixDomainSocketAddress.of(path)));
    } catch (IOException | IllegalArgumentException e) {
      throw Failure.unreachable("cannot reach the manager at " + path + ": " + reason(e));
    }
  }

  /** As {@link #connect(Path)}, but waits while the manager's process is being executed anew. */
  static Client connect(Places places) throws Failure {
    long end = System.nanoTime() + REPLACING_NANOS;
    while (true) {
      try {
        return connect(places.socket());
      } catch (Failure nobodyListens) {
        if (System.nanoTime() > end || !Replacing.isGoingOn(places.run())) throw nobodyListens;
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private static String reason(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : Text.line(e.getMessage());
  }

  /** Starts a request; the caller adds its body. */
  NvList.Builder request(String method) {
    return Message.request(++lastId, method);
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @param seconds how long, or {@link #FOREVER}
   * @throws Failure also when the request is refused
   */
  Message ask(NvList.Builder request, int seconds) throws Failure {
    Message answer = exchange(request, seconds);
    if (!answer.ok()) throw Failure.refused(answer.error(), answer.errorText());
    return answer;
  }

  /** As {@link #ask}, but a refusal is an answer too. */
  Message exchange(NvList.Builder request, int seconds) throws Failure {
    CountDownLatch answered = new CountDownLatch(1);
    if (seconds != FOREVER) watch(answered, seconds);
    try {
      send(request.build());
      Message answer = next();
      if (answer == null) throw lost("closed the connection without an answer");
      return answer;
    } finally {
      answered.countDown();
    }
  }

  /** A blocking channel knows no time limit, but closing it ends its calls. */
  private void watch(CountDownLatch answered, int seconds) {
    Thread watch = new Thread(() -> closeUnless(answered, seconds), "patience");
    watch.setDaemon(true);
    watch.start();
  }

  private void closeUnless(CountDownLatch answered, int seconds) {
    try {
      if (answered.await(seconds, TimeUnit.SECONDS)) return;
      late = true;
      close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(NvList list) throws Failure {
    try {
      socket.send(list);
    } catch (IOException e) {
      throw lost("does not take the request: " + reason(e));
    }
  }

  /** The next message for our last request, or null when the manager has ended the conversation. */
  Message next() throws Failure {
    for (int stray = 0; stray < STRAY_LIMIT; stray++) {
      NvList list = receive();
      if (list == null) return null;
      Message message = Message.of(list);
      if (message.error() == ErrorCode.INVALID && !list.exists("ipc:error_code"))
        throw Failure.failed("what the manager at " + path + " sent is no message");
      if (message.reply() && message.id() == lastId) return message;
    }
    throw Failure.failed("the manager at " + path + " answers what nobody asked");
  }

  /** Waits until the manager has ended the conversation. */
  void drain() throws Failure {
    Message message;
    do message = next();
    while (message != null);
  }

  private NvList receive() throws Failure {
    long before = stream.bytesRead();
    try {
      return socket.receive();
    } catch (NvException e) {
      throw Failure.failed("what the manager at " + path + " sent is no list: " + e.getMessage());
    } catch (IOException e) {
      if (late) throw lost("does not answer");
      if (stream.bytesRead() == before && e instanceof EOFException) return null;
      throw lost("broke off: " + reason(e));
    }
  }

  private Failure lost(String what) {
    return Failure.unreachable("the manager at " + path + " " + what);
  }

  /** Any thread; a call that waits ends. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // nothing more was to be said
    }
  }
}
