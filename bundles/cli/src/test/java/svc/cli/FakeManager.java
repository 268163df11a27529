package svc.cli;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import svc.ipc.Bodies;
import svc.ipc.ErrorCode;
import svc.ipc.Message;
import svc.nv.NvException;
import svc.nv.NvList;
import svc.nv.NvSocket;
import svc.os.ExitStatus;
import svc.service.ServiceState;
import svc.service.Status;

/** Answers on a real socket as a test tells it, one conversation after the other. */
final class FakeManager implements AutoCloseable {

  /** Answers one request; gives false to end the conversation. */
  interface Script {
    boolean answer(Message request, Conversation conversation) throws IOException;
  }

  /** The client's other end. */
  static final class Conversation {
    private final SocketChannel channel;
    private final NvSocket socket;

    Conversation(SocketChannel channel) {
      this.channel = channel;
      this.socket = new NvSocket(new ChannelStream(channel));
    }

    void send(NvList list) throws IOException {
      socket.send(list);
    }

    void raw(byte[] bytes) throws IOException {
      channel.write(ByteBuffer.wrap(bytes));
    }
  }

  private final ServerSocketChannel server;
  private final Thread thread;
  private final Script script;

  /** All requests that came. */
  final List<Message> requests = new CopyOnWriteArrayList<>();

  FakeManager(Path socket, Script script) throws IOException {
    this.script = script;
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    thread = new Thread(this::accept, "fake manager");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (server.isOpen()) {
      try (SocketChannel channel = server.accept()) {
        converse(new Conversation(channel));
      } catch (IOException | NvException end) {
        // of this conversation, or of the test
      }
    }
  }

  private void converse(Conversation conversation) throws IOException, NvException {
    boolean more = true;
    while (more) {
      Message request = Message.of(conversation.socket.receive());
      requests.add(request);
      more = script.answer(request, conversation);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static NvList service(String name, ServiceState state, int pid, long since, String reason) {
    ExitStatus exit = state == ServiceState.FAILED ? ExitStatus.exited(1) : null;
    Status status =
        new Status(
            name, "daemon", state, state != ServiceState.DOWN, pid, since, 0, exit, reason, false);
    return Bodies.status(status).string("supervisor", "main").build();
  }

  /** The reply to a request for the status. */
  static NvList status(Message request, NvList... services) {
    NvList.Builder answer =
        request
            .answer()
            .string("target", "default")
            .string("directory", "/d")
            .strings("directories", List.of("/d"))
            .number("pid", 7);
    return (services.length == 0 ? answer : answer.lists("services", List.of(services))).build();
  }

  static Script refusing(ErrorCode code, String text) {
    return (request, conversation) -> {
      conversation.send(request.refusal(code, text));
      return true;
    };
  }
}
