package svc.socket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import svc.ipc.Message;
import svc.ipc.Peer;
import svc.ipc.Responder;
import svc.nv.NvList;
import svc.os.Errno;
import svc.posix.PosixKernel;
import svc.posix.PosixLocalSockets;

/**
 * Listens on a socket, answers with the number of its life, and is executed anew (execve(2)) when
 * it is asked to, as a runtime is.
 */
final class Reborn implements Responder {

  private final List<String> words;
  private final int life;
  private final Path path;
  private final PosixKernel kernel = PosixKernel.start(Throwable::printStackTrace);
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final Worker worker = new Worker();
  private final Sockets sockets;

  /**
   * @param arguments the path, and something for each life that was
   */
  public static void main(String[] arguments) throws IOException {
    new Reborn(arguments).listen();
  }

  private Reborn(String[] arguments) throws IOException {
    words = new ArrayList<>(List.of(commandLine()));
    life = arguments.length;
    path = Path.of(arguments[0]);
    sockets =
        new Sockets(
            new PosixLocalSockets(),
            System::exit,
            stopping::get,
            new ConcurrentHashMap<>(),
            Limits.GRACE_NANOS);
  }

  private static String[] commandLine() throws IOException {
    String[] words = Files.readString(Path.of("/proc/self/cmdline")).split("\0");
    words[0] = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return words;
  }

  private void listen() {
    sockets.bindResponder(this, Map.of(Responder.SOCKET, path.toString()));
  }

  @Override
  public void received(Peer peer, NvList message) {
    Message request = Message.of(message);
    switch (request.method()) {
      case "life" -> peer.send(request.answer().number("life", life).build());
      case "again" -> again(peer, request);
      case "end" -> System.exit(0);
      default -> worker.received(peer, message);
    }
  }

  @Override
  public void closed(Peer peer) {}

  private void again(Peer peer, Message request) {
    peer.send(request.answer().build());
    List<String> next = new ArrayList<>(words);
    next.add("again");
    kernel.execute(
        () -> {
          Supplier<Errno> exec = kernel.exec(next, List.of("PATH=/usr/bin:/bin"));
          new Thread(() -> become(exec), "stop").start();
        });
  }

  /** As a framework stops: who answers leaves first, then who listens, then the kernel. */
  private void become(Supplier<Errno> next) {
    try {
      stopping.set(true);
      sockets.unbindResponder(this);
      worker.close();
      sockets.deactivate();
      kernel.close();
      System.err.println(next.get());
    } catch (IOException | InterruptedException e) {
      e.printStackTrace();
    }
    System.exit(1);
  }
}
